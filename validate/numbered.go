package validate

import (
	"bytes"
	"iter"
	"unicode/utf16"
	"unicode/utf8"
)

// A numberEscape is an escape by number, or a pair of them, and the character from DEL on
// that it stands for.
type numberEscape struct {
	at, len int
	char    rune
}

// numbered returns the escapes by number in text, which is JSON.
func numbered(text []byte) iter.Seq[numberEscape] {
	return func(yield func(numberEscape) bool) {
		for i := 0; ; {
			next := bytes.IndexByte(text[i:], '\\')
			if next < 0 {
				return
			}
			i += next
			e, ok := numberEscapeAt(text, i)
			if !ok {
				i = min(i+2, len(text))
				continue
			}
			if e.char > '~' && !yield(e) {
				return
			}
			i += e.len
		}
	}
}

// numberEscapeAt reads the escape by number that begins at a backslash.
func numberEscapeAt(text []byte, at int) (e numberEscape, ok bool) {
	const one, pair = len(`\u0000`), len(`\ud800\udc00`)
	r, ok := numberAt(text, at)
	if low, isPair := numberAt(text, at+one); ok && isPair && utf16.IsSurrogate(r) {
		if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
			return numberEscape{at, pair, both}, true
		}
	}
	return numberEscape{at, one, r}, ok && !utf16.IsSurrogate(r)
}

func numberAt(text []byte, at int) (r rune, ok bool) {
	if at+2 > len(text) || text[at] != '\\' || text[at+1] != 'u' {
		return 0, false
	}
	return hex4(text[at+2:])
}

// unescaped returns text with the characters from DEL on as they are that it holds as
// escapes, and the function that returns where what stands at an offset of the result is
// in text.
func unescaped(text []byte) (plain []byte, origin func(at int) int) {
	var all []numberEscape
	done := 0
	for e := range numbered(text) {
		plain = utf8.AppendRune(append(plain, text[done:e.at]...), e.char)
		all = append(all, e)
		done = e.at + e.len
	}
	return append(plain, text[done:]...), func(at int) int {
		shorter := 0 // by how much the text is up to there
		for _, e := range all {
			if at < e.at-shorter+utf8.RuneLen(e.char) {
				return min(at+shorter, e.at)
			}
			shorter += e.len - utf8.RuneLen(e.char)
		}
		return at + shorter
	}
}
