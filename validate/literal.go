package validate

import "encoding/binary"

// A literal is text that lines are compared with.
type literal struct {
	text string
	head uint64 // its first eight bytes, where it has so many
	tail uint64 // its last eight
}

func newLiteral(text string) literal {
	l := literal{text: text}
	if b := []byte(text); len(b) >= 8 {
		l.head, l.tail = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[len(b)-8:])
	}
	return l
}

// begins reports that b begins with the literal. Most are compared as two numbers.
func (l *literal) begins(b []byte) bool {
	n := len(l.text)
	if n < 8 || n > 16 || len(b) < n {
		return hasPrefix(b, l.text)
	}
	return binary.LittleEndian.Uint64(b) == l.head && binary.LittleEndian.Uint64(b[n-8:]) == l.tail
}
