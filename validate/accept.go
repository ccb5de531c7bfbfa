package validate

import (
	"math"
	"slices"

	"github.com/promptmill/promptmill/convert/jsontext"
)

const (
	// acceptDepth is how deep values may nest before the acceptor doubts them.
	acceptDepth = 32
	// acceptNames is how many keys that no schema names, in objects that are open at
	// once, the acceptor compares with each other.
	acceptNames = 24
)

// An acceptor proves that a line is valid. What it accepts surely is; what it does
// not accept is only in doubt, and the full check decides. It reads every byte about
// once and allocates nothing.
//
// It knows less than the full check, never more: keys are compared as they are
// written, and a surrogate escape, a repeated key or anything it has no rule for is
// a doubt.
type acceptor struct {
	line  []byte // and maybe what follows its line feed, which is no part of any value
	pos   int
	left  int  // how many values may still come, counted as the parser does, or stricter
	depth int  // of the value at hand
	odd   bool // text that may deserve a warning has been seen

	written []jsontext.Span // strings of line that need not be read
	known   int             // how many of them are behind

	names [acceptNames]span // keys that no schema names, of the objects that are open
	named int               // how many of them are in use
}

// A span is a part of a line.
type span struct{ from, to int32 }

// accept returns the length of the line that text begins with, without its line feed,
// if the line surely is valid: one value of the shape s, without anything that a check
// of the file's text refuses. Else it returns -1. It also reports whether the line may
// hold what [suspect] warns of, as all may that are in doubt.
func (s *shape) accept(text []byte) (n int, odd bool) {
	if s == nil || len(text) > math.MaxInt32 {
		return -1, true
	}
	a := acceptor{line: text, left: maxValues}
	return a.accept(s)
}

// accept is [shape.accept] from pos on.
func (a *acceptor) accept(s *shape) (n int, odd bool) {
	if !a.value(s) || a.left < 0 {
		return -1, true
	}
	if c := a.next(); c == '\n' || a.pos == len(a.line) {
		return a.pos, a.odd
	}
	return -1, true
}

func (a *acceptor) space() {
	for a.pos < len(a.line) && (a.line[a.pos] == ' ' || a.line[a.pos] == '\t') {
		a.pos++
	}
}

// next steps over white space and returns the byte after it, or 0 at the end.
func (a *acceptor) next() byte {
	a.space()
	return a.peek()
}

// peek returns the byte at hand, or 0 at the end.
func (a *acceptor) peek() byte {
	if a.pos == len(a.line) {
		return 0
	}
	return a.line[a.pos]
}

func (a *acceptor) value(s *shape) bool {
	c := a.next()
	if a.left--; a.left < 0 {
		return false
	}
	if s.composed {
		return a.composed(s)
	}
	switch {
	case c == '"':
		return s.kinds&kindString != 0 && a.text(s.text)
	case c == '{':
		return s.kinds&kindObject != 0 && a.object(s.object)
	case c == '[':
		return s.kinds&kindArray != 0 && a.array(s)
	case c == '-' || c-'0' <= 9:
		return a.number(s)
	case c == 'n':
		return s.kinds&kindNull != 0 && a.word("null")
	case c == 't':
		return s.kinds&kindBoolean != 0 && a.word("true")
	case c == 'f':
		return s.kinds&kindBoolean != 0 && a.word("false")
	}
	return false
}

func (a *acceptor) word(w string) bool {
	if !hasPrefix(a.line[a.pos:], w) {
		return false
	}
	a.pos += len(w)
	return true
}

func hasPrefix(b []byte, s string) bool {
	return len(b) >= len(s) && string(b[:len(s)]) == s
}

// composed accepts a value that must be one of a list, or that several shapes, or one
// of several, must accept.
func (a *acceptor) composed(s *shape) bool {
	if a.depth++; a.depth > acceptDepth {
		return false
	}
	defer func() { a.depth-- }()
	switch {
	case len(s.enum) > 0:
		return slices.ContainsFunc(s.enum, a.word)
	case len(s.any) > 0:
		return slices.ContainsFunc(s.any, func(one *shape) bool { return a.again(one) })
	}
	last := len(s.all) - 1
	for _, one := range s.all[:last] {
		from := a.pos
		if !a.again(one) {
			return false
		}
		a.pos = from
	}
	return a.value(s.all[last])
}

// again is value for one that is read several times; if it is not accepted, nothing
// of it has been read.
func (a *acceptor) again(s *shape) bool {
	pos, depth, named, known := a.pos, a.depth, a.named, a.known
	if a.value(s) {
		return true
	}
	a.pos, a.depth, a.named, a.known = pos, depth, named, known
	return false
}

// array accepts an array of s.
func (a *acceptor) array(s *shape) bool {
	if a.depth++; a.depth > acceptDepth {
		return false
	}
	a.pos++
	n, found := 0, s.contains == nil
	if a.next() != ']' {
		for more := true; more; n++ {
			if from := a.pos; !found {
				found = a.again(s.contains)
				a.pos = from
			}
			if !a.value(s.items) {
				return false
			}
			if more = a.next() == ','; more {
				a.pos++
			}
		}
	}
	a.depth--
	return found && n >= s.minItems && n <= s.maxItems && a.word("]")
}
