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
	scanner
	depth int               // of the value at hand
	names [acceptNames]span // keys that no schema names, of the objects that are open
	named int               // how many of them are in use
}

// A scanner reads a line from its beginning to its end. It is all that a line of the usual
// look needs: to clear the rest of an acceptor takes a good part of the time of a short one.
type scanner struct {
	line []byte // and maybe what follows its line feed, which is no part of any value
	pos  int
	left int  // how many values may still come, counted as the parser does, or stricter
	odd  bool // text that may deserve a warning has been seen

	written []jsontext.Span // strings of line that need not be read
	known   int             // how many of them are behind
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
	return s.acceptRest(scanner{line: text, left: maxValues})
}

// acceptRest is [shape.accept] for what has not been read yet.
func (s *shape) acceptRest(line scanner) (n int, odd bool) {
	if !line.usual(s) {
		a := acceptor{scanner: line}
		if !a.value(s) {
			return -1, true
		}
		line = a.scanner
	}
	if c := line.next(); line.left >= 0 && (c == '\n' || line.pos == len(line.line)) {
		return line.pos, line.odd
	}
	return -1, true
}

func (s *scanner) space() {
	for s.pos < len(s.line) && (s.line[s.pos] == ' ' || s.line[s.pos] == '\t') {
		s.pos++
	}
}

// next steps over white space and returns the byte after it, or 0 at the end.
func (s *scanner) next() byte {
	s.space()
	return s.peek()
}

// peek returns the byte at hand, or 0 at the end.
func (s *scanner) peek() byte {
	if s.pos == len(s.line) {
		return 0
	}
	return s.line[s.pos]
}

// usual accepts an object that looks as most do; if it does not, nothing has been read.
func (s *scanner) usual(one *shape) bool {
	if one.composed || one.kinds&kindObject == 0 || s.next() != '{' || !s.members(one.object) {
		return false
	}
	s.left--
	return true
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
