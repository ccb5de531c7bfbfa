package dataset

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// text moves past a string and returns what is between its quotes, escapes and all.
func (c *cursor) text() ([]byte, error) {
	start := c.i + 1
	for i := start; ; {
		i += verbatim(c.b[i:])
		if i == len(c.b) {
			c.i = i
			return nil, c.wrong("the string does not end; expected \"")
		}
		switch b := c.b[i]; b {
		case '"':
			c.i = i + 1
			return c.b[start:i], nil
		case '\\':
			n := escapeLength(c.b[i:])
			if n == 0 {
				c.i = i
				return nil, c.wrong("an escape that JSON does not have")
			}
			i += n
		default:
			c.i = i
			return nil, c.wrong("a control character in a string; expected it as an escape such as \\n")
		}
	}
}

// verbatim returns how many bytes at the start of b mean themselves in a JSON string: none of them is a quote, a backslash
// or a control character. It looks at eight at a time.
func verbatim(b []byte) (n int) {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; len(b)-n >= 8; n += 8 {
		x := binary.LittleEndian.Uint64(b[n:])
		quote, slash := x^ones*'"', x^ones*'\\'
		// A byte that is zero borrows; so may one above it, but then the lowest set is right.
		odd := ((quote-ones)&^quote | (slash-ones)&^slash | (x-ones*' ')&^x) & tops
		if odd != 0 {
			return n + bits.TrailingZeros64(odd)/8
		}
	}
	for ; n < len(b); n++ {
		if c := b[n]; c == '"' || c == '\\' || c < ' ' {
			break
		}
	}
	return n
}

// escapeLength returns how long the escape at the start of b is, or 0 when it is none.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	if bytes.IndexByte([]byte(`"\/bfnrt`), b[1]) >= 0 {
		return 2
	}
	if _, ok := hex4(b); ok {
		return 6
	}
	return 0
}

// hex4 returns the code unit of an escape like \u0041 at the start of b.
func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	for _, d := range b[2:6] {
		n := bytes.IndexByte([]byte("0123456789abcdef"), d|0x20)
		if n < 0 || d < '0' {
			return 0, false
		}
		r = r<<4 | rune(n)
	}
	return r, true
}

// lone stands for half a surrogate pair, for which there is no UTF-8: a byte that UTF-8 does not have, so that it is told of,
// and treated, as other text that is none.
const lone = 0xff

// appendUnescaped appends the text of a JSON string, without its quotes.
func appendUnescaped(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:i]...)
		raw = raw[i:]
		if raw[1] != 'u' {
			dst = append(dst, unescaped(raw[1]))
			raw = raw[2:]
			continue
		}
		r, _ := hex4(raw)
		raw = raw[6:]
		if low, ok := hex4(raw); ok && r >= 0xd800 && r < 0xdc00 && low >= 0xdc00 && low < 0xe000 {
			r = (r-0xd800)<<10 + (low - 0xdc00) + 0x10000
			raw = raw[6:]
		}
		if r >= 0xd800 && r < 0xe000 {
			dst = append(dst, lone)
			continue
		}
		dst = utf8.AppendRune(dst, r)
	}
}

func unescaped(b byte) byte {
	switch b {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return b
}
