package validate

import "bytes"

// suspect warns of text that is allowed but likely not meant, at its first place in
// the line.
func suspect(text []byte, p *problems) {
	if i := indexBidi(text); i >= 0 {
		p.warn(i, RuleBidi, "remove it unless it is meant", "direction control %U: the text shows in another order than it has", firstRune(text[i:]))
	}
	if i := indexMojibake(text); i >= 0 {
		p.warn(i, RuleMojibake, "decode the source as UTF-8, or repair it when converting", "%s looks like text decoded with the wrong encoding", quote(start(text[i:], 3)))
	}
}

// suspectJSON is suspect for a line of JSON, whose strings may hold such text as escapes.
func suspectJSON(line []byte, p *problems) {
	if !bytes.Contains(line, []byte(`\u`)) {
		suspect(line, p)
		return
	}
	plain, origin := unescaped(line)
	before := len(p.list)
	suspect(plain, p)
	for i := before; i < len(p.list); i++ {
		p.list[i].at = origin(p.list[i].at)
	}
}

// start returns the first n characters of text.
func start(text []byte, n int) string {
	s := string(text[:min(len(text), 4*n)])
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// indexBidi returns the offset of the first of U+202A to U+202E and U+2066 to
// U+2069, or -1.
func indexBidi(text []byte) int {
	for off := 0; ; off++ {
		i := bytes.IndexByte(text[off:], 0xE2)
		if i < 0 || off+i+3 > len(text) {
			return -1
		}
		off += i
		switch b := text[off+2]; text[off+1] {
		case 0x80:
			if 0xAA <= b && b <= 0xAE {
				return off
			}
		case 0x81:
			if 0xA6 <= b && b <= 0xA9 {
				return off
			}
		}
	}
}

// mojibake is what follows the byte 0xC3 where UTF-8 was read as Windows-1252: the
// beginnings of punctuation and symbols (â€), emoji (ðŸ), the byte order mark (ï»¿).
var mojibake = [][]byte{[]byte("\xa2€"), []byte("\xb0Ÿ"), []byte("\xaf»¿")}

// indexMojibake returns the offset of the first characters that are hardly ever
// meant, or -1: those above, and Ã or Â before a character of U+00A0 to U+00BF.
func indexMojibake(text []byte) int {
	for off := 0; ; off++ {
		i := bytes.IndexByte(text[off:], 0xC3)
		if i < 0 {
			return -1
		}
		off += i
		rest := text[off+1:]
		for _, m := range mojibake {
			if bytes.HasPrefix(rest, m) {
				return off
			}
		}
		if len(rest) >= 3 && (rest[0] == 0x82 || rest[0] == 0x83) && rest[1] == 0xC2 && rest[2] >= 0xA0 {
			return off
		}
	}
}
