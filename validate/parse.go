package validate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

const (
	// maxDepth is how deep values may nest: deeper than any prompt, and shallow enough
	// for every reader.
	maxDepth = 128
	// maxValues bounds the memory that a line takes in the full check.
	maxValues = 1 << 18
)

// A node is a value of a line and where it stands.
type node struct {
	at      int      // offset of its first byte
	value   any      // as encoding/json decodes it, with numbers as json.Number
	members []member // of an object, in the order of the line
	elems   []*node  // of an array
}

// A member is a key of an object with its value.
type member struct {
	name string
	at   int // offset of the key
	node *node
}

// A syntaxError ends the parsing of a line.
type syntaxError struct {
	at   int
	rule string
	fix  string
	msg  string
}

func (e *syntaxError) Error() string { return e.msg }

// A parser reads one line of JSON strictly as RFC 8259 has it, and tells apart what
// other parsers let pass: duplicate keys, halves of surrogate pairs, numbers out of
// every range.
//
// It takes valid UTF-8 only.
type parser struct {
	line  []byte
	pos   int
	depth int
	count int
	probs *problems
}

// parse returns the value of the line, or nil after reporting what is no JSON.
func parse(line []byte, from int, p *problems) *node {
	ps := parser{line: line, pos: from, probs: p}
	n, err := ps.value()
	if err == nil {
		if ps.space(); ps.pos < len(line) {
			err = &syntaxError{at: ps.pos, rule: RuleTrailing, fix: "put every value on a line of its own", msg: "text after the end of the value"}
		}
	}
	if err != nil {
		p.add(err.at, err.rule, err.fix, "%s", err.msg)
		return nil
	}
	return n
}

// fail is a syntax error at the current place.
func (p *parser) fail(format string, args ...any) *syntaxError {
	e := &syntaxError{at: p.pos, rule: RuleSyntax, msg: "not valid JSON: " + fmt.Sprintf(format, args...)}
	if p.pos == len(p.line) {
		e.fix = "one line must hold one whole value: a file that is one big array or indented is not JSON Lines"
	}
	return e
}

// found describes the character at the current place.
func (p *parser) found() string {
	if p.pos == len(p.line) {
		return "the line ends"
	}
	r, n := utf8.DecodeRune(p.line[p.pos:])
	return "found " + quote(string(p.line[p.pos:p.pos+n])) + code(r)
}

// code names characters that do not show.
func code(r rune) string {
	if r > ' ' && r < 0x7F {
		return ""
	}
	return fmt.Sprintf(" (%U)", r)
}

func (p *parser) space() {
	for p.pos < len(p.line) {
		switch p.line[p.pos] {
		case ' ', '\t', '\r':
			p.pos++
		default:
			return
		}
	}
}

// peek returns the next byte that is no white space, or 0 at the end.
func (p *parser) peek() byte {
	p.space()
	if p.pos == len(p.line) {
		return 0
	}
	return p.line[p.pos]
}

func (p *parser) value() (*node, *syntaxError) {
	if p.count++; p.count > maxValues {
		return nil, &syntaxError{at: p.pos, rule: RuleSize, msg: fmt.Sprintf("more than %d values in one line", maxValues)}
	}
	b := p.peek()
	n := &node{at: p.pos}
	var err *syntaxError
	switch {
	case b == '{':
		err = p.nested(n, (*parser).object)
	case b == '[':
		err = p.nested(n, (*parser).array)
	case b == '"':
		n.value, err = p.text()
	case b == '-' || '0' <= b && b <= '9':
		n.value, err = p.number()
	default:
		n.value, err = p.literal()
	}
	return n, err
}

func (p *parser) nested(n *node, read func(*parser, *node) *syntaxError) *syntaxError {
	if p.depth++; p.depth > maxDepth {
		return &syntaxError{at: p.pos, rule: RuleDepth, msg: fmt.Sprintf("values nested deeper than %d", maxDepth)}
	}
	p.pos++
	err := read(p, n)
	p.depth--
	return err
}

func (p *parser) object(n *node) *syntaxError {
	values := map[string]any{}
	n.value = values
	if p.peek() == '}' {
		p.pos++
		return nil
	}
	for {
		m, err := p.member(values)
		if err != nil {
			return err
		}
		n.members = append(n.members, m)
		values[m.name] = m.node.value
		switch p.peek() {
		case ',':
			p.pos++
		case '}':
			p.pos++
			return nil
		default:
			return p.fail(`want "," or "}" after a value of an object, %s`, p.found())
		}
	}
}

// member reads a key and its value. have is what the object has so far.
func (p *parser) member(have map[string]any) (m member, err *syntaxError) {
	if p.peek() != '"' {
		return m, p.fail("want a key in double quotes, %s", p.found())
	}
	m.at = p.pos
	if m.name, err = p.text(); err != nil {
		return m, err
	}
	if _, twice := have[m.name]; twice {
		p.probs.add(m.at, RuleDuplicateKey, "keep one of them", "duplicate key %s: readers differ in which one they take", quote(m.name))
	}
	if p.peek() != ':' {
		return m, p.fail(`want ":" after a key, %s`, p.found())
	}
	p.pos++
	m.node, err = p.value()
	return m, err
}

func (p *parser) array(n *node) *syntaxError {
	values := []any{}
	if p.peek() == ']' {
		p.pos++
		n.value = values
		return nil
	}
	for {
		e, err := p.value()
		if err != nil {
			return err
		}
		n.elems = append(n.elems, e)
		values = append(values, e.value)
		switch p.peek() {
		case ',':
			p.pos++
		case ']':
			p.pos++
			n.value = values
			return nil
		default:
			return p.fail(`want "," or "]" after a value of an array, %s`, p.found())
		}
	}
}

func (p *parser) literal() (any, *syntaxError) {
	rest := p.line[p.pos:]
	for _, l := range literals {
		if bytes.HasPrefix(rest, l.word) {
			p.pos += len(l.word)
			return l.value, nil
		}
	}
	return nil, p.fail("want a value, %s", p.found())
}

var literals = []struct {
	word  []byte
	value any
}{{[]byte("true"), true}, {[]byte("false"), false}, {[]byte("null"), nil}}

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
