package validate

import (
	"encoding/json"
	"strconv"
	"strings"
)

const (
	// maxNumber bounds the digits of a number, and maxExponent those of its exponent: far
	// beyond what a 64-bit float holds, and little work for exact arithmetic.
	maxNumber   = 1000
	maxExponent = 3

	// outOfRange stands for a number that has been refused. No number is written so.
	outOfRange = json.Number("00")
)

func (p *parser) number() (any, *syntaxError) {
	from := p.pos
	p.accept("-")
	if !p.accept("0") && !p.digits() {
		return nil, p.fail("want a digit, %s", p.found())
	}
	if p.accept(".") && !p.digits() {
		return nil, p.fail("want a digit after the point, %s", p.found())
	}
	exp := p.pos
	if p.accept("eE") {
		p.accept("+-")
		if !p.digits() {
			return nil, p.fail("want a digit in the exponent, %s", p.found())
		}
	}
	n := json.Number(p.line[from:p.pos])
	if !inRange(string(n), exp-from) {
		p.probs.add(from, RuleNumber, "", "the number is out of every reader's range")
		return outOfRange, nil
	}
	return n, nil
}

// inRange reports whether a number, whose exponent begins at exp, is one that a 64-bit
// float can be near to.
func inRange(n string, exp int) bool {
	const surely = 300 // digits
	if exp == len(n) && exp <= surely {
		return true
	}
	if exp > maxNumber || len(n)-exp > maxNumber || len(strings.TrimLeft(n[exp:], "eE+-0")) > maxExponent {
		return false
	}
	_, err := strconv.ParseFloat(n, 64)
	return err == nil
}

// accept steps over one byte if it is one of set.
func (p *parser) accept(set string) bool {
	for i := range len(set) {
		if p.pos < len(p.line) && p.line[p.pos] == set[i] {
			p.pos++
			return true
		}
	}
	return false
}

func (p *parser) digits() bool {
	from := p.pos
	for p.pos < len(p.line) && p.line[p.pos]-'0' <= 9 {
		p.pos++
	}
	return p.pos > from
}
