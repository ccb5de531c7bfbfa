package clean

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// long is more than is looked at together.
const long = "the quick brown fox jumps over the lazy dog, and nothing of that needs to be touched"

// TestGates checks the shortcuts against what they cut short, for every character.
func TestGates(t *testing.T) {
	c := New(Options{Lines: true})
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		s := string(r)
		inert := norm.NFC.IsNormalString(s) && norm.NFC.PropertiesString(s).BoundaryBefore()
		if !mayCompose(s) && !inert {
			t.Errorf("mayCompose(%+q) = false, but normalization can touch it", s)
		}
		if !mayStrip[s[0]] && c.stepFor(r) != numSteps {
			t.Errorf("mayStrip misses %+q", s)
		}
		want := 0x202A <= r && r <= 0x202E || 0x2066 <= r && r <= 0x2069
		if got := hasBidiControl("é" + s + "é"); got != want {
			t.Errorf("hasBidiControl(%+q) = %v", s, got)
		}
		for _, s := range []string{s, "a" + s, s + "a", "é" + s + "e", s + "中", "… " + s + s, long + s + long, "é" + long + s + "é" + s + long} {
			checkSettled(t, c, s)
		}
		if isPlain(s) && s != "\t" && s != "\n" {
			if got := c.text(s, new(steps)); got != s {
				t.Errorf("isPlain(%+q), but the steps give %+q", s, got)
			}
		}
	}
}

// checkSettled checks that the steps leave text alone that is said to be settled, and count nothing.
func checkSettled(t *testing.T, c *Cleaner, s string) {
	t.Helper()
	if !isSettled(s) {
		return
	}
	var seen steps
	if !utf8.ValidString(s) {
		t.Errorf("isSettled(%+q), but it is not valid", s)
	} else if got := c.text(s, &seen); got != s || seen != 0 {
		t.Errorf("isSettled(%+q), but the steps give %+q and count %b", s, got, seen)
	}
}

// TestIsSettled has texts that must not take the long way.
func TestIsSettled(t *testing.T) {
	for _, s := range []string{
		"Où est la bibliothèque ? Près de l’hôtel, à côté", "Привет, мир", "图书馆在哪里？就在酒店旁边。", "ここはどこですか。カタカナ",
		"한국어 문장", "Γειά σου Κόσμε", "שלום עולם", "مرحبا بالعالم", "x ≤ 5 → y ✓ “so” — 5 € 👍 🎉", "é", "ñ", "中",
	} {
		if !isSettled(s) {
			t.Errorf("isSettled(%+q) = false", s)
		}
	}
	for _, s := range []string{
		"a\u0085b", "a\u2028b", "a\ufeffb", "a\u200bb", "e\u0301", "â€™", "a\u202eb", "é ", "\u3000a", "a\u00a0", "\xe4\xb8", "a\xc3", "\xf0\x9f\x98",
		"\U0001fffe", "a\rb", "\xe2\x80", "é\xff",
	} {
		if isSettled(s) {
			t.Errorf("isSettled(%+q) = true", s)
		}
	}
}

func FuzzIsSettled(f *testing.F) {
	for _, s := range []string{"é", "Ã©â€™", "中文, 。", "ㅏ각", "a\u0301", "👍🏽", "\xe2\x80\xa8"} {
		f.Add(s)
	}
	c := New(Options{Lines: true})
	f.Fuzz(func(t *testing.T, s string) { checkSettled(t, c, s) })
}

// TestByteOf holds what Windows-1252 is, against its decoder.
func TestByteOf(t *testing.T) {
	for b := 0x80; b <= 0xFF; b++ {
		r := charmap.Windows1252.DecodeByte(byte(b))
		if r == utf8.RuneError {
			r = rune(b)
		}
		for _, r := range []rune{r, rune(b)} {
			if got, ok := byteOf(r); !ok || got != byte(b) {
				t.Errorf("byteOf(%U) = 0x%02x, %v, want 0x%02x", r, got, ok, b)
			}
		}
	}
	for _, r := range []rune{0, 'a', 0x7F, 0x100, 0x20AD, 0xFFFD} {
		if _, ok := byteOf(r); ok {
			t.Errorf("byteOf(%U) is a byte", r)
		}
	}
}

// TestIsPlain puts every byte at every place of a long value.
func TestIsPlain(t *testing.T) {
	for b := range 256 {
		for i := range 27 {
			s := []byte("abcdefghijklmnopqrstuvwxyz!")
			s[i] = byte(b)
			inner := i > 0 && i < len(s)-1
			want := b > ' ' && b < 0x7F || inner && (b == ' ' || b == '\t' || b == '\n')
			if got := isPlain(string(s)); got != want {
				t.Errorf("isPlain(%q) = %v", s, got)
			}
		}
	}
}
