package tokens

import (
	"slices"
	"unicode/utf8"
)

// link joins the parts of a sequence to what follows it.
func link(seq []*part, next *node) *node {
	for _, p := range slices.Backward(seq) {
		next = p.link(next)
	}
	return next
}

func (p *part) link(next *node) *node {
	if p.node != nil {
		p.node.next = next
		if p.node.op == opSet && !p.node.possessive {
			p.node.possessive = needsAll(p.node, next)
		}
		return p.node
	}
	n := &node{op: opAlt}
	for _, seq := range p.alts {
		n.alts = append(n.alts, link(copied(seq), next))
	}
	if p.optional {
		n.alts = append(n.alts, next)
	}
	return n
}

// copied returns parts of their own: what follows them differs.
func copied(seq []*part) []*part {
	out := make([]*part, len(seq))
	for i, p := range seq {
		c := *p
		if p.node != nil {
			n := *p.node
			c.node = &n
		}
		out[i] = &c
	}
	return out
}

// needsAll reports that giving back runes of n cannot make a match of what follows: that begins with a rune which n has not.
func needsAll(n, next *node) bool {
	return n.min == n.max || next.op == opSet && next.min > 0 && n.set.disjoint(next.set)
}

// firstBytes returns with which bytes a match may begin.
func (n *node) firstBytes() (first [256]bool) {
	switch n.op {
	case opSet:
		copy(first[:], n.set.ascii[:])
		for c := utf8.RuneSelf; c < len(first); c++ {
			first[c] = true
		}
		if n.min == 0 {
			first = either(first, n.next.firstBytes())
		}
	case opAlt:
		for _, alt := range n.alts {
			first = either(first, alt.firstBytes())
		}
	case opAhead:
		first = n.next.firstBytes()
	default:
		for c := range first {
			first[c] = true
		}
	}
	return first
}

func either(a, b [256]bool) [256]bool {
	for c := range a {
		a[c] = a[c] || b[c]
	}
	return a
}
