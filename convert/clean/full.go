package clean

import "unicode/utf8"

// maxMends bounds how many layers of mojibake are taken off a text.
const maxMends = 12

// full is the profile with whole-text repair: everything of safe, and whatever mend repairs, again and again until
// nothing does. Every mend makes the text shorter or takes C1 controls away, so it ends; a text that needs more than
// maxMends layers is no mojibake, and gets what safe gives.
func (c *Cleaner) full(s string, seen *steps) string {
	tried := *seen
	raw, _ := c.strip(s, false, &tried)
	if t, ok := c.mendAll(raw, &tried); ok {
		*seen = tried
		return t
	}
	base := c.safe(s, seen)
	tried = *seen
	if t, ok := c.mendAll(base, &tried); ok {
		*seen = tried
		return t
	}
	return base
}

// mendAll cleans and mends s until neither changes it. It gives up after maxMends rounds.
func (c *Cleaner) mendAll(s string, seen *steps) (t string, ok bool) {
	for range maxMends {
		m, ok := mendLayers(s)
		if !ok {
			break
		}
		if m != s {
			seen.add(stepMojibake)
		}
		if t = c.safe(m, seen); t == s {
			return t, true
		}
		s = t
	}
	return "", false
}

// mendLayers mends s until that changes nothing. Between two layers nothing else is done, because what looks like a
// finished character may be a byte of the next layer.
func mendLayers(s string) (t string, ok bool) {
	for range maxMends {
		if t = mend(s); t == s {
			return t, true
		}
		s = t
	}
	return "", false
}

// mend takes one layer of mojibake off s: what the text as a whole is in one code page, else those pieces that are
// mojibake for themselves, else C1 controls that Windows-1252 has characters for.
func mend(s string) string {
	if isASCII(s) {
		return s
	}
	runes := []rune(s)
	for _, p := range codePages() {
		b, all := p.encode(runes)
		if !all {
			continue
		}
		if w := newReading(runes, b, p); w.strays == 0 && w.convincing() {
			return w.text(func(*sequence) bool { return true })
		}
	}
	p := codePages()[0]
	b, _ := p.encode(runes)
	if w := newReading(runes, b, p); w.convincingInPart() {
		return w.text(w.isPiece)
	}
	return controlsTo1252(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// controlsTo1252 gives the C1 controls the characters that they are in Windows-1252, where they have one.
func controlsTo1252(s string) string {
	out := []rune(nil)
	for i, r := range []rune(s) {
		if m := meant(r); m != r {
			if out == nil {
				out = []rune(s)
			}
			out[i] = m
		}
	}
	if out == nil {
		return s
	}
	return string(out)
}

// meant is the character of Windows-1252 where r is a C1 control, else r.
func meant(r rune) rune {
	if 0x80 <= r && r <= 0x9F {
		return codePages()[0].names[r-0x80]
	}
	return r
}
