package validate

import (
	"maps"
	"math"
	"regexp"
	"sync/atomic"
)

// kinds is a set of kinds of values.
type kinds uint8

const (
	kindNull kinds = 1 << iota
	kindBoolean
	kindInteger // a number as it is written without point and exponent
	kindNumber
	kindString
	kindArray
	kindObject

	allKinds = 1<<iota - 1
)

// A shape is what an [acceptor] knows of a schema: some of the values that it allows,
// and none that it does not. One without kinds accepts nothing, which leaves every
// value to the full check. It is safe for concurrent use.
type shape struct {
	kinds    kinds
	text     *textShape   // nil: any string
	number   *numberShape // nil: any number
	object   *objectShape // nil: any object
	items    *shape
	contains *shape // of one item at least; nil: of none
	minItems int
	maxItems int

	// A composed shape has one of the following, and nothing of the above.
	composed bool
	enum     []string // the values as they are written
	all      []*shape
	any      []*shape
}

// A textShape accepts strings.
type textShape struct {
	notBlank bool
	min      int // in characters
	max      int // in characters
	tests    []func(string) bool
}

// A numberShape accepts the numbers from min to max.
type numberShape struct{ min, max int64 }

// An objectShape accepts objects. Sets of keys are bits by the index in keys.
type objectShape struct {
	keys     []key
	patterns []keyPattern
	rest     *shape // of keys that neither has; nil: there must be none

	required  uint64
	banned    uint64     // must be missing
	never     []uint64   // of each of these sets one key must be missing
	choices   [][]uint64 // of each of these lists one set must be there
	mustMatch uint32     // patterns that a key must match
	min, max  int        // how many members
	part      *objectPart
	usual     []literal // what is before each value, up to its quote, of an object that has just these members

	// known remembers which patterns keys match that are not in keys.
	known atomic.Pointer[map[string]uint32]
}

// A key is one that a schema names.
type key struct {
	quoted  literal // as it is written
	shape   *shape
	matches uint32 // patterns
}

// A keyPattern is about all keys that match it.
type keyPattern struct {
	source string
	expr   *regexp.Regexp
	shape  *shape
}

// maxKnown bounds the memory for remembered keys.
const maxKnown = 256

// matches returns which patterns the key name matches.
func (o *objectShape) matches(name []byte) uint32 {
	if len(o.patterns) == 0 {
		return 0
	}
	known := o.known.Load()
	if known != nil {
		if m, ok := (*known)[string(name)]; ok {
			return m
		}
	}
	m := o.match(string(name))
	o.remember(known, string(name), m)
	return m
}

func (o *objectShape) match(name string) (m uint32) {
	for i, p := range o.patterns {
		if p.expr.MatchString(name) {
			m |= 1 << i
		}
	}
	return m
}

// remember adds a key to a copy of known; readers of the original are not disturbed,
// and what another goroutine adds at the same time may get lost.
func (o *objectShape) remember(known *map[string]uint32, name string, m uint32) {
	next := map[string]uint32{name: m}
	if known != nil {
		if len(*known) >= maxKnown {
			return
		}
		maps.Copy(next, *known)
	}
	o.known.CompareAndSwap(known, &next)
}

// patternShape returns the shape of a value whose key matches the patterns, or nil if
// that is in doubt.
func (o *objectShape) patternShape(matched uint32) *shape {
	for i, p := range o.patterns {
		if matched == 1<<i {
			return p.shape
		}
	}
	return nil
}

// anything is the shape of a value that a schema says nothing of.
var anything = anyValue()

// anyValue returns a new shape that accepts every value.
func anyValue() *shape {
	s := &shape{kinds: allKinds, maxItems: math.MaxInt}
	s.items = s
	return s
}

// doubtful returns a shape that accepts nothing.
func doubtful() *shape { return &shape{} }
