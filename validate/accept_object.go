package validate

import "math/bits"

// object accepts an object of o; nil is any object.
func (a *acceptor) object(o *objectShape) bool {
	if a.members(o) {
		return true
	}
	if a.depth++; a.depth > acceptDepth {
		return false
	}
	a.left -= objectValues - 1
	a.pos++
	outer := a.named // names[outer:named] belong to this object
	var seen uint64
	var matched uint32
	if a.next() != '}' {
		for next, more := 0, true; more; {
			if a.next() != '"' {
				return false
			}
			if i := o.find(a.line[a.pos:], next); i >= 0 {
				k := &o.keys[i]
				if (seen|o.banned)&(1<<i) != 0 || !a.member(len(k.quoted.text), k.shape) {
					return false
				}
				seen |= 1 << i
				matched |= k.matches
				next = i + 1
			} else {
				m, ok := a.other(o, outer)
				if !ok {
					return false
				}
				matched |= m
			}
			if more = a.next() == ','; more {
				a.pos++
			}
		}
	}
	members := bits.OnesCount64(seen) + a.named - outer
	a.named = outer
	a.depth--
	return a.word("}") && o.complete(seen, matched, members)
}

// members accepts an object whose members come without white space and in the usual
// order; if it does not, nothing has been read.
func (s *scanner) members(o *objectShape) bool {
	if o == nil || len(o.usual) == 0 {
		return false
	}
	from := s.pos
	for i := range o.usual {
		before := &o.usual[i]
		if !before.begins(s.line[s.pos:]) {
			s.pos = from
			return false
		}
		s.pos += len(before.text) - 1
		if !s.text(o.keys[i].shape.text) {
			s.pos = from
			return false
		}
	}
	if s.peek() != '}' {
		s.pos = from
		return false
	}
	s.pos++
	s.left -= objectValues - 1 + len(o.usual)
	return s.left >= 0
}

// member accepts a key of n bytes with its quotes and a value of s.
func (a *acceptor) member(n int, s *shape) bool {
	a.pos += n
	if rest := a.line[a.pos:]; len(rest) > 1 && rest[0] == ':' && rest[1] == '"' && s.kinds&kindString != 0 {
		a.pos++
		a.left--
		return a.text(s.text) // by far the most common member
	}
	if a.next() != ':' {
		return false
	}
	a.pos++
	return a.value(s)
}

// other accepts a member whose key has no shape of its own. It returns which of the
// patterns the key matches.
func (a *acceptor) other(o *objectShape, outer int) (matched uint32, ok bool) {
	from := a.pos
	escaped, ok := a.quoted()
	if !ok || escaped || a.named == len(a.names) || o != nil && o.rest == nil {
		return 0, false
	}
	name := a.line[from+1 : a.pos-1]
	for _, s := range a.names[outer:a.named] {
		if string(a.line[s.from:s.to]) == string(name) {
			return 0, false
		}
	}
	a.names[a.named] = span{int32(from + 1), int32(a.pos - 1)}
	a.named++
	s := anything
	if o != nil {
		if matched = o.matches(name); matched == 0 {
			s = o.rest
		} else if s = o.patternShape(matched); s == nil {
			return 0, false
		}
	}
	return matched, a.member(0, s)
}

// find returns the index of the key that b begins with, or -1. It looks at the key
// with index next first.
func (o *objectShape) find(b []byte, next int) int {
	if o == nil {
		return -1
	}
	if next < len(o.keys) && o.keys[next].quoted.begins(b) {
		return next
	}
	for i := range o.keys {
		if o.keys[i].quoted.begins(b) {
			return i
		}
	}
	return -1
}

// complete reports that an object surely has the keys that it must have, and none
// that it must not have.
func (o *objectShape) complete(seen uint64, matched uint32, members int) bool {
	if o == nil {
		return true
	}
	if seen&o.required != o.required || matched&o.mustMatch != o.mustMatch || members < o.min || members > o.max {
		return false
	}
	for _, keys := range o.never {
		if seen&keys == keys {
			return false
		}
	}
	for _, choice := range o.choices {
		if !contained(choice, seen) {
			return false
		}
	}
	return true
}

// contained reports that all keys of one of the sets have been seen.
func contained(sets []uint64, seen uint64) bool {
	for _, keys := range sets {
		if seen&keys == keys {
			return true
		}
	}
	return false
}
