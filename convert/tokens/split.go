package tokens

import (
	"strings"
	"sync"
	"unicode"
)

// A matcher finds the first match at or after i: -1, -1 where there is none. No match is empty.
type matcher interface {
	find(s string, i int) (start, end int)
}

// literal is a matcher of a text that is not empty.
type literal string

func (l literal) find(s string, i int) (start, end int) {
	if at := strings.Index(s[i:], string(l)); at >= 0 {
		return i + at, i + at + len(l)
	}
	return -1, -1
}

// A splitter takes a piece apart. The parts come in order; there may be empty ones.
type splitter interface {
	split(p piece, track bool, emit func(piece))
}

// splitAll applies one splitter to the parts of the other.
func splitAll(list []splitter, p piece, track bool, emit func(piece)) {
	switch len(list) {
	case 0:
		emit(p)
	case 1:
		list[0].split(p, track, emit)
	default:
		list[0].split(p, track, func(q piece) {
			if q.text != "" {
				splitAll(list[1:], q, track, emit)
			}
		})
	}
}

// behaviour says what becomes of the matches.
type behaviour string

const (
	isolated   behaviour = "Isolated"
	removed    behaviour = "Removed"
	toPrevious behaviour = "MergedWithPrevious"
	toNext     behaviour = "MergedWithNext"
	contiguous behaviour = "Contiguous"
)

// matchSplitter splits at matches.
type matchSplitter struct {
	matcher   matcher
	behaviour behaviour
	invert    bool // what is between the matches counts as them
}

func (s matchSplitter) split(p piece, _ bool, emit func(piece)) {
	switch s.behaviour {
	case toPrevious:
		s.merged(p, emit, func(_, match, before bool) bool { return match && !before })
		return
	case toNext:
		s.merged(p, emit, func(_, match, before bool) bool { return before && !match })
		return
	case contiguous:
		s.merged(p, emit, func(first, match, before bool) bool { return !first && match == before })
		return
	}
	s.spans(p.text, func(i, j int, match bool) {
		if !match || s.behaviour == isolated {
			emit(p.cut(i, j))
		}
	})
}

// spans calls f for all of the text: matches and what is between them.
func (s matchSplitter) spans(text string, f func(i, j int, match bool)) {
	last := 0
	for i, j := s.matcher.find(text, 0); i >= 0; i, j = s.matcher.find(text, j) {
		if i > last {
			f(last, i, s.invert)
		}
		f(i, j, !s.invert)
		last = j
	}
	if last < len(text) {
		f(last, len(text), s.invert)
	}
}

// merged joins a span to those before it where join says so, told whether it is a match and the one before is.
func (s matchSplitter) merged(p piece, emit func(piece), join func(first, match, before bool) bool) {
	from, first, before := 0, true, false
	s.spans(p.text, func(i, _ int, match bool) {
		if i > from && !join(first, match, before) {
			emit(p.cut(from, i))
			from = i
		}
		first, before = false, match
	})
	emit(p.cut(from, len(p.text)))
}

// spacePrefixer puts a space before what begins with none.
type spacePrefixer struct{}

func (spacePrefixer) split(p piece, track bool, emit func(piece)) {
	if !strings.HasPrefix(p.text, " ") {
		p = prepender(" ").normalize(p, track)
	}
	emit(p)
}

// metaspace marks spaces as SentencePiece does.
type metaspace struct {
	mark   string
	prefix prefixScheme
	apart  bool // split before each mark
}

type prefixScheme string

const (
	prefixAlways prefixScheme = "always"
	prefixFirst  prefixScheme = "first"
	prefixNever  prefixScheme = "never"
)

func (m metaspace) split(p piece, track bool, emit func(piece)) {
	p = replacer{literal(" "), m.mark}.normalize(p, track)
	if (m.prefix == prefixAlways || m.prefix == prefixFirst && p.first) && !strings.HasPrefix(p.text, m.mark) {
		p = prepender(m.mark).normalize(p, track)
	}
	if !m.apart {
		emit(p)
		return
	}
	matchSplitter{matcher: literal(m.mark), behaviour: toNext}.split(p, track, emit)
}

// classMatcher matches a rune of a class, or as many as follow each other.
type classMatcher struct {
	class func(rune) bool
	run   bool
}

func (m classMatcher) find(s string, i int) (start, end int) {
	at := strings.IndexFunc(s[i:], m.class)
	if at < 0 {
		return -1, -1
	}
	start = i + at
	for k, r := range s[start:] {
		if k > 0 && (!m.run || !m.class(r)) {
			return start, start + k
		}
	}
	return start, len(s)
}

var numbers = sync.OnceValue(func() *runeSet {
	ranges := append(rangesOf(unicode.N), newerOf("N")...)
	return newRuneSet(append(ranges, runeRange{0x11de0, 0x11de9}, runeRange{0x16ff4, 0x16ff6})...).ready()
})

// numeric is what Rust's standard library calls so, which is at Unicode 17.
func numeric(r rune) bool { return numbers().has(r) }
