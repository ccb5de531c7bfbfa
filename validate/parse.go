package validate

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	// maxDepth is how deep values may nest: deeper than any prompt, and shallow enough
	// for every reader.
	maxDepth = 128
	// maxValues bounds the memory that a line takes in the full check, in which an
	// object takes as much as several other values. It is enough for every chat that fits
	// into a line of the usual limit.
	maxValues    = 1 << 21
	objectValues = 4
)

// A node is a value of a line and where it stands.
type node struct {
	at      int      // offset of its first byte
	value   any      // as encoding/json decodes it, with numbers as json.Number
	members []member // of an object, in the order of the line
	elems   []*node  // of an array
}

// inside returns the node for a value inside of n; nil if n is.
func (n *node) inside() *node {
	if n == nil {
		return nil
	}
	return new(node)
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

// A parser reads one line of JSON strictly as RFC 8259 has it, and tells apart what
// other parsers let pass: duplicate keys, halves of surrogate pairs, numbers out of
// every range.
//
// Text that is not UTF-8 is a problem, whose place and message are the caller's to
// find.
type parser struct {
	line  []byte
	pos   int
	depth int
	count int
	texts strings.Builder // all texts of the line, one after the other: one allocation
	probs *problems
}

// parse returns the value of the line with the places of all that is in it, or nil
// after reporting what is no JSON.
func parse(line []byte, from int, p *problems) *node {
	n := new(node)
	ps := parser{line: line, pos: from, probs: p}
	if _, err := ps.only(n); err != nil {
		p.add(err.at, err.rule, err.fix, "%s", err.msg)
		return nil
	}
	return n
}

// decode returns the value of the line if nothing is wrong with it as UTF-8 and JSON.
func decode(line []byte) (v any, ok bool) {
	if bytes.IndexByte(line, '\r') >= 0 {
		return nil, false
	}
	var p problems
	ps := parser{line: line, probs: &p}
	v, err := ps.only(nil)
	return v, err == nil && p.errors == 0
}

// only reads a value that nothing follows.
func (p *parser) only(n *node) (any, *syntaxError) {
	p.texts.Grow(len(p.line)) // no text is longer than what it is written as
	v, err := p.value(n)
	if err != nil {
		return nil, err
	}
	if p.space(); p.pos < len(p.line) {
		fix := "put every value on a line of its own"
		if p.line[p.pos] == ',' && isBlank(p.line[p.pos+1:]) {
			fix = "remove the comma: nothing stands between lines"
		}
		return nil, &syntaxError{at: p.pos, rule: RuleTrailing, fix: fix, msg: "text after the end of the value"}
	}
	return v, nil
}

// fail is a syntax error at the current place.
func (p *parser) fail(format string, args ...any) *syntaxError {
	e := &syntaxError{at: p.pos, rule: RuleSyntax, msg: "not valid JSON: " + fmt.Sprintf(format, args...)}
	if p.pos == len(p.line) {
		e.fix = "one line must hold one whole value: a file that is one big array or indented is not JSON Lines"
	}
	return e
}

// lastComma is what to do about an object or array that ends after a comma.
const lastComma = "remove the comma before it"

// mended returns e with what to do about it.
func (e *syntaxError) mended(fix string) *syntaxError {
	e.fix = fix
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

// value reads a value. Where it stands goes into n, unless that is nil.
func (p *parser) value(n *node) (v any, err *syntaxError) {
	b := p.peek()
	if p.count++; b == '{' {
		p.count += objectValues - 1
	}
	if p.count > maxValues {
		return nil, &syntaxError{at: p.pos, rule: RuleSize, msg: fmt.Sprintf("more than %d values in one line", maxValues)}
	}
	at := p.pos
	switch {
	case b == '{' || b == '[':
		v, err = p.nested(b, n)
	case b == '"':
		v, err = p.text()
	case b == '-' || '0' <= b && b <= '9':
		v, err = p.number()
	default:
		v, err = p.literal()
	}
	if n != nil {
		n.at, n.value = at, v
	}
	return v, err
}

func (p *parser) nested(b byte, n *node) (v any, err *syntaxError) {
	if p.depth++; p.depth > maxDepth {
		return nil, &syntaxError{at: p.pos, rule: RuleDepth, msg: fmt.Sprintf("values nested deeper than %d", maxDepth)}
	}
	p.pos++
	if b == '{' {
		v, err = p.object(n)
	} else {
		v, err = p.array(n)
	}
	p.depth--
	return v, err
}

func (p *parser) object(n *node) (any, *syntaxError) {
	values := map[string]any{}
	if p.peek() == '}' {
		p.pos++
		return values, nil
	}
	for {
		if err := p.member(n, values); err != nil {
			return nil, err
		}
		switch p.peek() {
		case ',':
			p.pos++
		case '}':
			p.pos++
			return values, nil
		default:
			return nil, p.fail(`want "," or "}" after a value of an object, %s`, p.found())
		}
	}
}

// member reads a key and its value. values is what the object has so far.
func (p *parser) member(n *node, values map[string]any) *syntaxError {
	switch p.peek() {
	case '"':
	case '}':
		return p.fail("want a key in double quotes, %s", p.found()).mended(lastComma)
	default:
		return p.fail("want a key in double quotes, %s", p.found())
	}
	at := p.pos
	name, err := p.text()
	if err != nil {
		return err
	}
	if _, twice := values[name]; twice {
		p.probs.add(at, RuleDuplicateKey, "keep one of them", "duplicate key %s: readers differ in which one they take", quote(name))
	}
	if p.peek() != ':' {
		return p.fail(`want ":" after a key, %s`, p.found())
	}
	p.pos++
	of := n.inside()
	v, err := p.value(of)
	if values[name] = v; n != nil {
		n.members = append(n.members, member{name: name, at: at, node: of})
	}
	return err
}

func (p *parser) array(n *node) (any, *syntaxError) {
	values := []any{}
	if p.peek() == ']' {
		p.pos++
		return values, nil
	}
	for {
		if len(values) > 0 && p.peek() == ']' {
			return nil, p.fail("want a value, %s", p.found()).mended(lastComma)
		}
		of := n.inside()
		v, err := p.value(of)
		if err != nil {
			return nil, err
		}
		if values = append(values, v); n != nil {
			n.elems = append(n.elems, of)
		}
		switch p.peek() {
		case ',':
			p.pos++
		case ']':
			p.pos++
			return values, nil
		default:
			return nil, p.fail(`want "," or "]" after a value of an array, %s`, p.found())
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
