package openai

// A walker goes over JSON text and is strict: what it accepts, encoding/json accepts.
type walker struct {
	b []byte
	i int
}

// maxDepth of a value that is passed over. encoding/json goes deeper; servers do not.
const maxDepth = 64

func (w *walker) space() {
	for w.i < len(w.b) {
		switch w.b[w.i] {
		case ' ', '\t', '\n', '\r':
			w.i++
		default:
			return
		}
	}
}

// atEnd consumes the space that is next and says whether nothing else is.
func (w *walker) atEnd() bool {
	w.space()
	return w.i == len(w.b)
}

// take consumes c if it is next.
func (w *walker) take(c byte) bool {
	if w.i < len(w.b) && w.b[w.i] == c {
		w.i++
		return true
	}
	return false
}

// open consumes an opening bracket and the space after it.
func (w *walker) open(c byte) bool {
	ok := w.take(c)
	w.space()
	return ok
}

// close consumes a closing bracket and the space before it.
func (w *walker) close(c byte) bool {
	w.space()
	return w.take(c)
}

// object walks an object and calls field at each value, with the name before it; field walks the value. A name that
// encoding/json might fold to another one is doubt.
func (w *walker) object(field func(name []byte) bool) bool {
	if !w.open('{') {
		return false
	}
	if w.close('}') {
		return true
	}
	for {
		name, ok := w.name()
		if !ok || !plain(name) || !field(name) {
			return false
		}
		if w.close('}') {
			return true
		}
		if !w.comma() {
			return false
		}
	}
}

// name walks a name, its colon and the space around that.
func (w *walker) name() ([]byte, bool) {
	name, _, ok := w.str()
	ok = ok && w.close(':')
	w.space()
	return name, ok
}

func (w *walker) comma() bool {
	ok := w.take(',')
	w.space()
	return ok
}

// plain says whether a name has neither capitals nor anything but ASCII nor escapes.
func plain(name []byte) bool {
	for _, c := range name {
		if 'A' <= c && c <= 'Z' || c >= 0x80 || c == '\\' {
			return false
		}
	}
	return true
}

// skip walks any value.
func (w *walker) skip(depth int) bool {
	if w.i >= len(w.b) || depth > maxDepth {
		return false
	}
	switch w.b[w.i] {
	case '"':
		_, _, ok := w.str()
		return ok
	case '{':
		return w.skipObject(depth)
	case '[':
		return w.skipArray(depth)
	case 't':
		return w.literal("true")
	case 'f':
		return w.literal("false")
	case 'n':
		return w.literal("null")
	}
	return w.number()
}

func (w *walker) skipObject(depth int) bool {
	w.open('{')
	if w.close('}') {
		return true
	}
	for {
		if _, ok := w.name(); !ok || !w.skip(depth+1) {
			return false
		}
		if w.close('}') {
			return true
		}
		if !w.comma() {
			return false
		}
	}
}

func (w *walker) skipArray(depth int) bool {
	w.open('[')
	if w.close(']') {
		return true
	}
	for {
		if !w.skip(depth + 1) {
			return false
		}
		if w.close(']') {
			return true
		}
		if !w.comma() {
			return false
		}
	}
}

// null consumes null if it is next.
func (w *walker) null() bool { return w.literal("null") }

func (w *walker) literal(s string) bool {
	if len(w.b)-w.i >= len(s) && string(w.b[w.i:w.i+len(s)]) == s {
		w.i += len(s)
		return true
	}
	return false
}

// str walks a string and returns what is between its quotes.
func (w *walker) str() (inside []byte, escaped, ok bool) {
	if !w.take('"') {
		return nil, false, false
	}
	from := w.i
	for w.i < len(w.b) {
		rest := w.b[w.i:]
		n := 0
		for n < len(rest) && rest[n] >= ' ' && rest[n] != '"' && rest[n] != '\\' {
			n++
		}
		w.i += n
		switch {
		case n == len(rest) || rest[n] < ' ':
			return nil, escaped, false
		case rest[n] == '"':
			w.i++
			return w.b[from : w.i-1], escaped, true
		}
		escaped = true
		if !w.escape() {
			return nil, true, false
		}
	}
	return nil, escaped, false
}

// escape walks an escape sequence.
func (w *walker) escape() bool {
	if len(w.b)-w.i < 2 {
		return false
	}
	c := w.b[w.i+1]
	w.i += 2
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		_, ok := hex4(w.b[w.i:])
		w.i += 4
		return ok
	}
	return false
}

// hex4 is the value of the four hex digits that b begins with.
func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		digit, ok := hexDigit(c)
		if !ok {
			return 0, false
		}
		r = r<<4 | rune(digit)
	}
	return r, true
}

// number walks a number.
func (w *walker) number() bool {
	w.take('-')
	if !w.take('0') && !w.digits() {
		return false
	}
	if w.take('.') && !w.digits() {
		return false
	}
	if w.take('e') || w.take('E') {
		if !w.take('+') {
			w.take('-')
		}
		return w.digits()
	}
	return true
}

// digits walks one digit or more.
func (w *walker) digits() bool {
	from := w.i
	for w.i < len(w.b) && '0' <= w.b[w.i] && w.b[w.i] <= '9' {
		w.i++
	}
	return w.i > from
}
