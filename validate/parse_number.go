package validate

import "encoding/json"

// maxNumber bounds the digits and the exponent of a number: far beyond what a
// 64-bit float holds, and little work for exact arithmetic.
const maxNumber = 1000

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
	if exp-from > maxNumber || p.pos-exp > len("e+999") {
		p.probs.add(from, RuleNumber, "", "the number is out of every reader's range")
		return json.Number("0"), nil
	}
	return json.Number(p.line[from:p.pos]), nil
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
