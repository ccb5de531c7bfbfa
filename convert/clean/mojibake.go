package clean

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// repair undoes mojibake whose meaning is beyond doubt: three or four characters
// that are the bytes of one UTF-8 character read as Windows-1252 or Latin-1, where
// that character is a punctuation mark, symbol, emoji or byte order mark. Repaired
// characters can complete further mojibake (text that was wrongly decoded twice);
// no such sequence is left in the result.
//
// Two-character sequences (é read as Ã©) are left alone: too many of them are
// words.
func (c *Cleaner) repair(s string, seen *steps) string {
	i := firstMojibake(s)
	if i < 0 {
		return s
	}
	r := repair{c: c, out: append(make([]byte, 0, len(s)), s[:i]...)}
	for i < len(s) {
		n := 1
		if s[i] >= utf8.RuneSelf {
			_, n = utf8.DecodeRuneInString(s[i:])
		}
		r.out = append(r.out, s[i:i+n]...)
		i += n
		if n > 1 {
			r.reduce(s[i:])
		}
	}
	*seen |= r.seen
	return string(r.out)
}

// firstMojibake returns the offset of the first sequence in s that a repair could
// start with, or -1.
func firstMojibake(s string) int {
	for off := 0; ; {
		i := strings.IndexByte(s[off:], 0xC3) // the first byte of â, ã, ï and ð
		if i < 0 {
			return -1
		}
		off += i
		if decodesStrong(s[off:]) {
			return off
		}
		off += 2
	}
}

// decodesStrong reports whether s begins with a sequence that repair replaces.
func decodesStrong(s string) bool {
	var seq [utf8.UTFMax]byte
	for n := range len(seq) {
		r, size := utf8.DecodeRuneInString(s)
		b, ok := byteOf(r)
		if !ok {
			return false
		}
		seq[n] = b
		s = s[size:]
		if utf8.FullRune(seq[:n+1]) {
			m, size := utf8.DecodeRune(seq[:n+1])
			return size == n+1 && isStrong(m)
		}
	}
	return false
}

// A repair is a text under repair. out never holds a sequence that could still be
// reduced, except one that must stay because of what follows it: whenever a
// character is added, the sequences that end with it are looked at, so every
// character is added once and removed at most once.
type repair struct {
	c    *Cleaner
	out  []byte
	seen steps
}

// reduce replaces the mojibake that out ends with, again and again. rest is what
// will be added to out next.
func (r *repair) reduce(rest string) {
	for {
		m, start := r.tail()
		if start < 0 || !r.emit(m, start, rest) {
			return
		}
	}
}

// tail decodes the sequence that out ends with. start is its offset in out, or -1
// when there is none.
func (r *repair) tail() (m rune, start int) {
	var seq [utf8.UTFMax]byte
	end := len(r.out)
	for k := len(seq) - 1; k >= 0; k-- {
		ch, size := utf8.DecodeLastRune(r.out[:end])
		b, ok := byteOf(ch)
		if !ok {
			return 0, -1
		}
		seq[k] = b
		end -= size
		if !utf8.RuneStart(b) {
			continue
		}
		m, size := utf8.DecodeRune(seq[k:])
		if size != len(seq)-k || !isStrong(m) {
			return 0, -1
		}
		return m, end
	}
	return 0, -1
}

// emit replaces the end of out, from start, by m, and reports whether it did.
//
// A character that the profile removes (a zero-width space) disappears at once,
// unless a combining mark follows: joining that mark to what comes before could
// complete another sequence in normalization, and that another, without a bound on
// the number of passes that a text needs.
func (r *repair) emit(m rune, start int, rest string) bool {
	t := r.c.stepFor(m)
	removed := t == stepBOM || t == stepZeroWidth
	if removed && startsWithMark(rest) {
		return false
	}
	r.seen.add(stepMojibake)
	r.out = r.out[:start]
	switch {
	case t == stepLines:
		m = '\n'
		r.seen.add(t)
	case removed:
		r.seen.add(t)
		return true
	}
	r.out = utf8.AppendRune(r.out, m)
	return true
}

func startsWithMark(s string) bool {
	return s != "" && s[0] >= 0xCC && norm.NFC.PropertiesString(s).CCC() != 0
}

// isStrong reports whether m is a character that makes a repair certain. Combining
// marks that normalization reorders are left out, for the reason given at
// [repair.emit].
func isStrong(m rune) bool {
	switch {
	case 0x2000 <= m && m <= 0x2BFF, 0x3000 <= m && m <= 0x303F:
		var buf [utf8.UTFMax]byte
		n := utf8.EncodeRune(buf[:], m)
		return norm.NFC.Properties(buf[:n]).CCC() == 0
	case m == 0xFE0E, m == 0xFE0F, m == 0xFEFF, 0x1F000 <= m && m <= 0x1FAFF:
		return true
	}
	return false
}

// byteOf returns the byte above 0x7F that Latin-1 or Windows-1252 decodes to r. The
// five bytes that Windows-1252 leaves undefined are read as the control characters
// they are in Latin-1, as browsers do.
func byteOf(r rune) (b byte, ok bool) {
	if r <= 0xFF {
		return byte(r), r >= 0x80
	}
	b, ok = windows1252[r]
	return b, ok
}

// windows1252 has the characters beyond Latin-1 with their bytes.
var windows1252 = func() map[rune]byte {
	m := make(map[rune]byte)
	b := byte(0x80)
	for _, r := range "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ" {
		if r > 0xFF {
			m[r] = b
		}
		b++
	}
	return m
}()
