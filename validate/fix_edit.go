package validate

import (
	"bytes"
	"cmp"
	"iter"
	"slices"
)

// An edit replaces a part of a line.
type edit struct {
	from, to int
	text     []byte
	keys     int64 // how many keys it removes
}

// apply returns the line with the edits made. Of those that overlap the first counts.
func apply(line []byte, edits []edit) []byte {
	if len(edits) == 0 {
		return line
	}
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	out := make([]byte, 0, len(line))
	pos := 0
	for _, e := range edits {
		if e.from < pos {
			continue
		}
		out = append(append(out, line[pos:e.from]...), e.text...)
		pos = e.to
	}
	return append(out, line[pos:]...)
}

// removals appends the edits that remove the members of n, and of what is in it, whose
// keys stand at one of the offsets, with one comma each.
func removals(line []byte, n *node, unknown map[int]bool, to []edit) []edit {
	for _, e := range n.elems {
		to = removals(line, e, unknown, to)
	}
	end := -1 // of the last member that stays
	for i, m := range n.members {
		if !unknown[m.at] {
			to = removals(line, m.node, unknown, to)
			end = valueEnd(line, m.node.at)
			continue
		}
		if staying(n.members[i+1:], unknown) {
			to = append(to, edit{from: m.at, to: n.members[i+1].at, keys: 1})
			continue
		}
		last := n.members[len(n.members)-1]
		if end < 0 {
			end = m.at
		}
		return append(to, edit{from: end, to: valueEnd(line, last.node.at), keys: int64(len(n.members) - i)})
	}
	return to
}

// staying reports whether one of the members is not unknown.
func staying(members []member, unknown map[int]bool) bool {
	return slices.ContainsFunc(members, func(m member) bool { return !unknown[m.at] })
}

// strings returns n and all values in it that are strings, in the order of the line.
func (n *node) strings() iter.Seq[*node] {
	return func(yield func(*node) bool) { n.walk(yield) }
}

func (n *node) walk(yield func(*node) bool) bool {
	if _, ok := n.value.(string); ok && !yield(n) {
		return false
	}
	for _, e := range n.elems {
		if !e.walk(yield) {
			return false
		}
	}
	for _, m := range n.members {
		if !m.node.walk(yield) {
			return false
		}
	}
	return true
}

// valueEnd returns the offset behind the value that begins at at, of a line that is
// JSON.
func valueEnd(line []byte, at int) int {
	depth := 0
	for i := at; i < len(line); i++ {
		switch line[i] {
		case '"':
			i = stringEnd(line, i) - 1
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		default:
			if depth == 0 && (i+1 == len(line) || bytes.IndexByte([]byte(",]} \t\r"), line[i+1]) >= 0) {
				return i + 1
			}
			continue
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(line)
}

// stringEnd returns the offset behind the string that begins at at.
func stringEnd(line []byte, at int) int {
	for i := at + 1; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(line)
}
