package tokens

import "unicode/utf8"

// A pattern is one of the regular expressions by which tokenizers split text into words: alternatives of repeated
// character classes, groups and lookaheads, with the meaning that backtracking engines give them. Package regexp knows
// no lookahead, and its leftmost-first matching is what is wanted otherwise.
type pattern struct {
	start *node
	// first says of each byte that a match may begin with it.
	first [256]bool
}

type op uint8

const (
	opSet   op = iota // runes of set, min to max times
	opAlt             // one of alts, each of which leads to what follows
	opAhead           // inner matches here, or does not
	opEnd             // the text ends here
	opLine            // the text or a line ends here
	opMatch           // all of the pattern matched
)

// A node is a part of a pattern and, through next, all that follows it.
type node struct {
	op         op
	possessive bool // a repetition that gives nothing back
	not        bool // of opAhead
	min, max   int
	set        *runeSet
	alts       []*node
	inner      *node
	next       *node
}

// match returns where the match that begins at i ends, -1 where there is none.
func (n *node) match(s string, i int) int {
	for {
		switch n.op {
		case opMatch:
			return i
		case opSet:
			end := n.repeat(s, i)
			if end < 0 || n.possessive || n.next.op == opMatch {
				if end < 0 || n.next.op == opMatch {
					return end
				}
				i, n = end, n.next
				continue
			}
			return n.giveBack(s, i, end)
		case opAlt:
			for _, alt := range n.alts {
				if end := alt.match(s, i); end >= 0 {
					return end
				}
			}
			return -1
		case opAhead:
			if n.inner.match(s, i) >= 0 == n.not {
				return -1
			}
		case opEnd, opLine:
			if i < len(s) && (n.op == opEnd || s[i] != '\n') {
				return -1
			}
		}
		n = n.next
	}
}

// repeat returns where the most runes of the set that may follow i end, -1 where there are too few.
func (n *node) repeat(s string, i int) int {
	count := 0
	for count < n.max && i < len(s) {
		width := 1
		if c := s[i]; c < utf8.RuneSelf {
			if !n.set.ascii[c] {
				break
			}
		} else {
			var r rune
			if r, width = utf8.DecodeRuneInString(s[i:]); !n.set.has(r) {
				break
			}
		}
		i += width
		count++
	}
	if count < n.min {
		return -1
	}
	return i
}

// giveBack tries what follows a repetition from start to end, and gives back one rune after the other.
func (n *node) giveBack(s string, start, end int) int {
	least := start
	for range n.min {
		_, width := utf8.DecodeRuneInString(s[least:])
		least += width
	}
	for {
		if stop := n.next.match(s, end); stop >= 0 {
			return stop
		}
		if end <= least {
			return -1
		}
		_, width := utf8.DecodeLastRuneInString(s[:end])
		end -= width
	}
}

// find returns the first match at or after i that is not empty, -1, -1 where there is none.
func (p *pattern) find(s string, i int) (start, end int) {
	for i < len(s) {
		if p.first[s[i]] {
			if end := p.start.match(s, i); end > i {
				return i, end
			}
		}
		_, width := utf8.DecodeRuneInString(s[i:])
		i += width
	}
	return -1, -1
}
