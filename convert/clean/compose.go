package clean

import "golang.org/x/text/unicode/norm"

// compose returns s in Unicode normal form C. It never uses a compatibility form:
// NFKC would turn x² into x2 and ﬁ into fi.
//
// Note: more than 30 combining marks in a row are kept apart by U+034F, as the
// stream-safe text format of UAX #15 has it.
func (c *Cleaner) compose(s string, seen *steps) string {
	if c.opts.KeepForm || !mayCompose(s) {
		return s
	}
	t := norm.NFC.String(s)
	if t != s {
		seen.add(stepForm)
	}
	return t
}

// mayCompose reports whether s, which is valid, has a character that normalization
// could touch. It knows the plain ones of the common scripts; the others are for
// the full check.
func mayCompose(s string) bool {
	for i := range len(s) {
		if mayComposeLead[s[i]] && !isInert(s[i:]) {
			return true
		}
	}
	return false
}

// mayComposeLead says which lead bytes need a look at what follows. Nothing below
// U+0300, whose lead byte is 0xCC, no Cyrillic letter and no CJK ideograph, whose lead
// bytes are 0xE4 to 0xE9, is changed unless a character with one of these follows.
var mayComposeLead = func() (t [256]bool) {
	for b := 0xCC; b < len(t); b++ {
		t[b] = b < 0xE4 || b > 0xE9
	}
	t[0xD0], t[0xD1] = false, false // Cyrillic letters, U+0400 to U+047F
	return t
}()

// isInert reports characters that normal form C leaves alone and that do not combine
// with what comes before: letters of Greek, Hebrew and Arabic, punctuation and signs, CJK punctuation,
// kana, Hangul syllables, full-width forms, emoji. It may miss some.
func isInert(s string) bool {
	switch s[0] {
	case 0xCE:
		return s[1] >= 0x88 // U+0388 to U+03BF
	case 0xCF, 0xDA, 0xEB, 0xEC: // U+03C0 to U+03FF, U+0680 to U+06BF, U+B000 to U+CFFF
		return true
	case 0xD7:
		return s[1] >= 0x90 && s[1] <= 0xAA // U+05D0 to U+05EA
	case 0xD8:
		return s[1] >= 0x9B // U+061B to U+063F
	case 0xD9:
		return s[1] <= 0x8A || 0xA0 <= s[1] && s[1] != 0xB0 // U+0640 to U+067F without the marks
	case 0xDB:
		return s[1] <= 0x94 // U+06C0 to U+06D4
	case 0xEA:
		return s[1] >= 0xB0 // U+AC00 to U+AFFF
	case 0xED:
		return s[1] < 0x9E // U+D000 to U+D77F
	case 0xE2:
		return s[1] == 0x80 && s[2] >= 0x82 || s[1] == 0x81 || s[1] == 0x82 || // U+2002 to U+20BF
			0x86 <= s[1] && s[1] <= 0x8B || 0x90 <= s[1] && s[1] <= 0x9F // U+2180 to U+22FF, U+2400 to U+27FF
	case 0xE3:
		switch s[1] {
		case 0x80:
			return s[2] < 0xAA || s[2] > 0xAF // U+3000 to U+303F without the tone marks
		case 0x82:
			return s[2] < 0x99 || s[2] > 0x9A // kana without the voicing marks
		default:
			return s[1] == 0x81 || s[1] == 0x83
		}
	case 0xEF:
		return s[1] == 0xBC || s[1] == 0xBD // U+FF00 to U+FF7F
	case 0xF0:
		return s[1] == 0x9F // U+1F000 to U+1FFFF
	}
	return false
}
