package jsontext

import (
	"unsafe"

	"github.com/segmentio/asm/utf8"
)

// Valid reports whether b is UTF-8.
func Valid(b []byte) bool { return utf8.Valid(b) }

func valid(s string) bool { return utf8.Valid(unsafe.Slice(unsafe.StringData(s), len(s))) }
