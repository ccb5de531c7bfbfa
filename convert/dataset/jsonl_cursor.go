package dataset

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// maxSyntax bounds how deep lists and objects in JSON may lie in each other.
const maxSyntax = 512

// cursor reads JSON text. Its methods move it past what they read.
type cursor struct {
	b []byte
	i int
}

// syntaxError says what JSON text should have at a place.
type syntaxError struct {
	at   int // offset in the text
	want string
}

func (e *syntaxError) Error() string { return e.want }

func (c *cursor) wrong(want string) error { return &syntaxError{c.i, want} }

// next skips white space and returns the byte that follows, which it leaves there; 0 at the end.
func (c *cursor) next() byte {
	for c.i < len(c.b) {
		switch b := c.b[c.i]; b {
		case ' ', '\t', '\n', '\r':
			c.i++
		default:
			return b
		}
	}
	return 0
}

// skip moves past a value of any type at this depth.
func (c *cursor) skip(depth int) error {
	switch b := c.next(); {
	case depth > maxSyntax:
		return c.wrong("lists and objects lie deeper in each other than " + strconv.Itoa(maxSyntax))
	case b == '{':
		return c.object(func([]byte) error { return c.skip(depth + 1) })
	case b == '[':
		return c.list(func() error { return c.skip(depth + 1) })
	case b == '"':
		_, err := c.text()
		return err
	default:
		_, _, err := c.plain()
		return err
	}
}

// object moves past an object and calls value at each of its values, which it has to move past, with the key before it.
// The key is raw, as [cursor.text] returns it.
func (c *cursor) object(value func(key []byte) error) error {
	c.i++
	if c.next() == '}' {
		c.i++
		return nil
	}
	for {
		if c.next() != '"' {
			return c.wrong("expected a key in quotes")
		}
		key, err := c.text()
		if err != nil {
			return err
		}
		if c.next() != ':' {
			return c.wrong("expected : after the key")
		}
		c.i++
		if err := value(key); err != nil {
			return err
		}
		switch c.next() {
		case ',':
			c.i++
		case '}':
			c.i++
			return nil
		default:
			return c.wrong("expected , or } after the value")
		}
	}
}

// list moves past a list and calls element at each of its elements, which it has to move past.
func (c *cursor) list(element func() error) error {
	c.i++
	if c.next() == ']' {
		c.i++
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		switch c.next() {
		case ',':
			c.i++
		case ']':
			c.i++
			return nil
		default:
			return c.wrong("expected , or ] after the element")
		}
	}
}

// text moves past a string and returns what is between its quotes, escapes and all.
func (c *cursor) text() ([]byte, error) {
	start := c.i + 1
	for i := start; i < len(c.b); i++ {
		switch b := c.b[i]; {
		case b == '"':
			c.i = i + 1
			return c.b[start:i], nil
		case b < ' ':
			c.i = i
			return nil, c.wrong("a control character in a string; expected it as an escape such as \\n")
		case b == '\\':
			c.i = i
			n := escapeLength(c.b[i:])
			if n == 0 {
				return nil, c.wrong("an escape that JSON does not have")
			}
			i += n - 1
		}
	}
	c.i = len(c.b)
	return nil, c.wrong("the string does not end; expected \"")
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

// plain moves past a number or a word and returns it with its kind. NaN and the infinities, which Python writes, are null.
func (c *cursor) plain() (Kind, []byte, error) {
	rest := c.b[c.i:]
	for _, w := range []struct {
		word string
		kind Kind
	}{{"null", Null}, {"true", Bool}, {"false", Bool}, {"NaN", Null}, {"Infinity", Null}, {"-Infinity", Null}} {
		if bytes.HasPrefix(rest, []byte(w.word)) {
			c.i += len(w.word)
			return w.kind, rest[:len(w.word)], nil
		}
	}
	n, kind := numberLength(rest)
	if n == 0 {
		return 0, nil, c.wrong("expected a JSON value")
	}
	c.i += n
	return kind, rest[:n], nil
}

// numberLength returns how long the JSON number at the start of b is, 0 when there is none, and whether it is whole.
func numberLength(b []byte) (int, Kind) {
	i, kind := 0, Int
	digits := func() int {
		start := i
		for i < len(b) && b[i]-'0' < 10 {
			i++
		}
		return i - start
	}
	if i < len(b) && b[i] == '-' {
		i++
	}
	first := i
	if n := digits(); n == 0 || n > 1 && b[first] == '0' {
		return 0, kind
	}
	if i < len(b) && b[i] == '.' {
		i++
		kind = Float
		if digits() == 0 {
			return 0, kind
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		kind = Float
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if digits() == 0 {
			return 0, kind
		}
	}
	return i, kind
}

// appendUnescaped appends the text of a JSON string, without its quotes. Halves of surrogate pairs become U+FFFD.
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
		dst = utf8.AppendRune(dst, r) // U+FFFD for a surrogate
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

// parseInt reads a literal; ok is false when it is no whole number of 64 bits.
func parseInt(s string) (n int64, ok bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// parseFloat reads a literal of a Float.
func parseFloat(v Value) (x float64, ok bool) {
	if v.Kind() != Float {
		return 0, false
	}
	x, err := strconv.ParseFloat(v.view.literal.Value(v.i), 64)
	return x, err == nil
}

// appendLiteral appends the text of a literal: what is in a string, and all else as it is.
func appendLiteral(dst []byte, s string) []byte {
	if len(s) >= 2 && s[0] == '"' {
		return appendUnescaped(dst, []byte(s[1:len(s)-1]))
	}
	return append(dst, s...)
}
