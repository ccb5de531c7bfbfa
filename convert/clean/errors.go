package clean

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

var (
	// ErrInvalidUTF8 is what every [*UTF8Error] is.
	ErrInvalidUTF8 = errors.New("invalid UTF-8")
	// ErrDrop reports a value to leave out, as Options.Invalid asked.
	ErrDrop = errors.New("value dropped: invalid UTF-8")
)

// UTF8Error reports the first place at which a value is not valid UTF-8.
type UTF8Error struct {
	Offset int  // in bytes, from the start of the value
	Byte   byte // the byte at Offset
}

// Error says which byte is wrong and where.
func (e *UTF8Error) Error() string {
	return fmt.Sprintf("invalid UTF-8: byte 0x%02x at offset %d", e.Byte, e.Offset)
}

// Unwrap returns [ErrInvalidUTF8].
func (e *UTF8Error) Unwrap() error { return ErrInvalidUTF8 }

// newUTF8Error describes the first fault of s, which must have one.
func newUTF8Error(s string) *UTF8Error {
	for i, r := range s {
		if r != utf8.RuneError {
			continue
		}
		if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
			return &UTF8Error{Offset: i, Byte: s[i]}
		}
	}
	panic("clean: internal error: newUTF8Error of valid text")
}
