package dataset

import (
	"bytes"
	"strconv"
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

// next skips white space and returns the byte that follows, which it leaves there; 0 at the end, and where a NUL follows.
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

// ended reports that nothing but white space follows.
func (c *cursor) ended() bool { return c.next() == 0 && c.i == len(c.b) }

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

// plain moves past a number or a word and returns it with its kind. NaN and the infinities, which Python writes, are null.
func (c *cursor) plain() (Kind, []byte, error) {
	rest := c.b[c.i:]
	n, kind := numberLength(rest)
	if n == 0 {
		n, kind = wordLength(rest)
	}
	if n == 0 {
		return 0, nil, c.wrong("expected a JSON value")
	}
	c.i += n
	return kind, rest[:n], nil
}

// wordLength returns how long the word at the start of b is, 0 when it is none that stands for a value.
func wordLength(b []byte) (int, Kind) {
	for _, w := range []struct {
		word string
		kind Kind
	}{{"null", Null}, {"true", Bool}, {"false", Bool}, {"NaN", Null}, {"Infinity", Null}, {"-Infinity", Null}} {
		if len(b) > 0 && b[0] == w.word[0] && bytes.HasPrefix(b, []byte(w.word)) {
			return len(w.word), w.kind
		}
	}
	return 0, Null
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
