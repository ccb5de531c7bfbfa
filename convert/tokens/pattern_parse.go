package tokens

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A flavour is what differs between the engines whose patterns are read.
type flavour int

const (
	oniguruma flavour = iota // of tokenizer.json
	rust                     // of tiktoken
)

const maxPattern = 4096 // bytes; the longest that is known has 400

var errPattern = errors.New("not of the regular expressions that are read here")

// parsePattern reads an expression. What is not known for sure to mean the same as in the engine of the flavour is refused.
func parsePattern(text string, f flavour) (*pattern, error) {
	p := &patternParser{text: text, flavour: f}
	alts, err := p.alternatives(0)
	if err == nil && p.at < len(text) {
		err = p.refuse("a ) that closes nothing")
	}
	if err == nil && len(text) > maxPattern {
		err = p.refuse(fmt.Sprintf("more than %d bytes", maxPattern))
	}
	if err != nil {
		return nil, err
	}
	end := &node{op: opMatch}
	out := &pattern{start: link([]*part{{alts: alts}}, end)}
	out.first = out.start.firstBytes()
	if out.start.match("", 0) >= 0 {
		return nil, p.refuse("a match of nothing")
	}
	return out, nil
}

// A part is an element of a sequence: a node of its own kind, or a group of alternatives.
type part struct {
	node     *node
	alts     [][]*part
	optional bool
}

type patternParser struct {
	text    string
	at      int
	fold    bool
	flavour flavour
}

func (p *patternParser) refuse(what string) error {
	return fmt.Errorf("pattern %.200q, byte %d: %s: %w", p.text, p.at, what, errPattern)
}

func (p *patternParser) more() bool { return p.at < len(p.text) }

func (p *patternParser) eat(s string) bool {
	if strings.HasPrefix(p.text[p.at:], s) {
		p.at += len(s)
		return true
	}
	return false
}

const maxDepth = 20

func (p *patternParser) alternatives(depth int) (alts [][]*part, err error) {
	if depth > maxDepth {
		return nil, p.refuse("groups in groups")
	}
	for {
		var seq []*part
		for p.more() && p.text[p.at] != '|' && p.text[p.at] != ')' {
			e, err := p.element(depth)
			if err != nil {
				return nil, err
			}
			seq = append(seq, e)
		}
		alts = append(alts, seq)
		if !p.eat("|") {
			return alts, nil
		}
	}
}

// element reads a class, a character, a group or an assertion, with its quantifier.
func (p *patternParser) element(depth int) (*part, error) {
	switch {
	case p.eat("(?!"):
		return p.ahead(true, depth)
	case p.eat("(?="):
		return p.ahead(false, depth)
	case p.eat("(?i:"):
		before := p.fold
		p.fold = true
		e, err := p.group(depth)
		p.fold = before
		return p.quantifiedGroup(e, err)
	case p.eat("(?:"), !strings.HasPrefix(p.text[p.at:], "(?") && p.eat("("):
		return p.quantifiedGroup(p.group(depth))
	case p.eat("$"):
		if p.flavour == oniguruma {
			return &part{node: &node{op: opLine}}, nil
		}
		return &part{node: &node{op: opEnd}}, nil
	}
	ranges, err := p.single()
	if err != nil {
		return nil, err
	}
	n := &node{op: opSet, min: 1, max: 1, set: newRuneSet(ranges...).ready()}
	return &part{node: n}, p.quantifier(n)
}

func (p *patternParser) group(depth int) (*part, error) {
	alts, err := p.alternatives(depth + 1)
	if err != nil {
		return nil, err
	}
	if !p.eat(")") {
		return nil, p.refuse("a ( without )")
	}
	return &part{alts: alts}, nil
}

func (p *patternParser) ahead(not bool, depth int) (*part, error) {
	g, err := p.group(depth)
	if err != nil {
		return nil, err
	}
	return &part{node: &node{op: opAhead, not: not, inner: link([]*part{g}, &node{op: opMatch})}}, nil
}

func (p *patternParser) quantifiedGroup(g *part, err error) (*part, error) {
	if err != nil {
		return nil, err
	}
	g.optional = p.eat("?")
	if p.more() && strings.ContainsRune("?*+{", rune(p.text[p.at])) {
		return nil, p.refuse("a group that is repeated")
	}
	return g, nil
}

func (p *patternParser) quantifier(n *node) error {
	braces := false
	switch {
	case p.eat("?"):
		n.min = 0
	case p.eat("*"):
		n.min, n.max = 0, math.MaxInt
	case p.eat("+"):
		n.max = math.MaxInt
	case p.eat("{"):
		braces = true
		if err := p.counts(n); err != nil {
			return err
		}
	default:
		return nil
	}
	if p.eat("+") {
		switch {
		case !braces || p.flavour == rust:
			n.possessive = true
		case n.min == 1: // Oniguruma reads X{1,3}+ as (X{1,3})+
			n.max = math.MaxInt
		default:
			return p.refuse("a + after {}")
		}
	}
	if p.more() && strings.ContainsRune("?*+{", rune(p.text[p.at])) {
		return p.refuse("a quantifier of a quantifier")
	}
	return nil
}

// counts reads what follows the brace of {n}, {n,} or {n,m}.
func (p *patternParser) counts(n *node) error {
	inside, _, ok := strings.Cut(p.text[p.at:], "}")
	least, most, ranged := strings.Cut(inside, ",")
	var errs [2]error
	n.min, errs[0] = strconv.Atoi(least)
	n.max = n.min
	switch {
	case ranged && most == "":
		n.max = math.MaxInt
	case ranged:
		n.max, errs[1] = strconv.Atoi(most)
	}
	if !ok || errors.Join(errs[:]...) != nil || n.min < 0 || n.max < max(n.min, 1) || n.min > 1000 {
		return p.refuse("a { that is no {n,m}")
	}
	p.at += len(inside) + 1
	return nil
}

// single reads one character or class.
func (p *patternParser) single() ([]runeRange, error) {
	switch {
	case p.eat("["):
		return p.class(0)
	case p.eat("."):
		return complement([]runeRange{{'\n', '\n'}}), nil
	case p.eat(`\`):
		return p.escape()
	}
	if strings.ContainsRune("^*+?{}()", rune(p.text[p.at])) {
		return nil, p.refuse("an unexpected " + p.text[p.at:p.at+1])
	}
	return p.cased(p.literal()), nil
}

func (p *patternParser) literal() []runeRange {
	r, width := utf8.DecodeRuneInString(p.text[p.at:])
	p.at += width
	return []runeRange{{r, r}}
}

func (p *patternParser) cased(ranges []runeRange) []runeRange {
	if p.fold {
		return folded(ranges)
	}
	return ranges
}
