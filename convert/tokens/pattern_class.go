package tokens

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// class reads what follows a bracket.
func (p *patternParser) class(depth int) (ranges []runeRange, err error) {
	if depth > maxDepth {
		return nil, p.refuse("classes in classes")
	}
	not := p.eat("^")
	for p.more() && p.text[p.at] != ']' {
		r, err := p.member(depth)
		if err != nil {
			return nil, err
		}
		ranges = append(ranges, r...)
	}
	if !p.eat("]") {
		return nil, p.refuse("a [ without ]")
	}
	if len(ranges) == 0 {
		return nil, p.refuse("an empty class")
	}
	ranges = p.cased(ranges)
	if not {
		ranges = complement(ranges)
	}
	return ranges, nil
}

// member reads a character, a range, or a class within a class.
func (p *patternParser) member(depth int) ([]runeRange, error) {
	if strings.HasPrefix(p.text[p.at:], "&&") || strings.HasPrefix(p.text[p.at:], "[:") {
		return nil, p.refuse("an operator in a class")
	}
	if p.eat("[") {
		return p.class(depth + 1)
	}
	from, err := p.end()
	rest := p.text[p.at:]
	if err != nil || len(rest) < 2 || rest[0] != '-' || rest[1] == ']' {
		return from, err
	}
	p.at++
	to, err := p.end()
	if err != nil {
		return nil, err
	}
	if len(from) != 1 || len(to) != 1 || from[0].lo != from[0].hi || to[0].lo != to[0].hi || from[0].lo > to[0].lo {
		return nil, p.refuse("a range that goes nowhere")
	}
	return []runeRange{{from[0].lo, to[0].lo}}, nil
}

// end reads what may stand at either end of a range.
func (p *patternParser) end() ([]runeRange, error) {
	if p.eat(`\`) {
		return p.escape()
	}
	if !p.more() {
		return nil, p.refuse("a [ without ]")
	}
	return p.literal(), nil
}

var white = rangesOf(unicode.White_Space)

// escape reads what follows a backslash.
func (p *patternParser) escape() ([]runeRange, error) {
	if !p.more() {
		return nil, p.refuse(`a \ at the end`)
	}
	c := p.text[p.at]
	if c == 'p' || c == 'P' {
		p.at++
		return p.property(c == 'P')
	}
	if at := strings.IndexByte("nrtfv", c); at >= 0 {
		p.at++
		r := rune("\n\r\t\f\v"[at])
		return []runeRange{{r, r}}, nil
	}
	switch c {
	case 's':
		p.at++
		return white, nil
	case 'S':
		p.at++
		return complement(white), nil
	case 'd':
		p.at++
		return rangesOf(unicode.Nd), nil
	case 'u':
		return p.hex(1, 4)
	}
	if c >= utf8.RuneSelf || c == '_' || unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)) {
		return nil, p.refuse(`\` + string(rune(c)))
	}
	return p.literal(), nil
}

// hex reads so many digits after skip bytes.
func (p *patternParser) hex(skip, digits int) ([]runeRange, error) {
	from := p.at + skip
	to := from + digits
	if to > len(p.text) {
		return nil, p.refuse("a short number of a character")
	}
	n, err := strconv.ParseUint(p.text[from:to], 16, 32)
	if err != nil {
		return nil, p.refuse("a number of a character that is none")
	}
	p.at = to
	return []runeRange{{rune(n), rune(n)}}, nil
}

// property reads the name after \p or \P.
func (p *patternParser) property(not bool) ([]runeRange, error) {
	name := ""
	switch {
	case p.eat("{"):
		var ok bool
		if name, _, ok = strings.Cut(p.text[p.at:], "}"); !ok {
			return nil, p.refuse("a { without }")
		}
		p.at += len(name) + 1
		name, ok = strings.CutPrefix(name, "^")
		not = not != ok
	case p.more() && p.flavour == rust:
		name = p.text[p.at : p.at+1]
		p.at++
	}
	table := unicode.Categories[name]
	if table == nil {
		table = unicode.Scripts[name]
	}
	if table == nil {
		return nil, p.refuse(fmt.Sprintf(`\p{%s}`, name))
	}
	ranges := append(rangesOf(table), newerOf(name)...)
	if not {
		ranges = complement(ranges)
	}
	return ranges, nil
}
