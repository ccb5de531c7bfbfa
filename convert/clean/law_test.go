package clean_test

import (
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/clean"
	"pgregory.net/rapid"
)

// pieces are what the steps look at, so that random sequences of them make the
// steps meet: the letters of mojibake whole and in parts, marks, what is removed.
var pieces = []string{
	"a", "s", "S", "Y", "i", " ", "\t", "\n", "\r", "\r\n", "\x1b", "\x1b[31m", "[", "]", "\a", "\\", "m", "\x00", "\x7f",
	"\u0080", "\u0085", "\u0090", "\u0099", "\u009f", "\u00a0",
	"â", "ã", "ï", "ð", "€", "™", "‚", "¬", "„", "¢", "ƒ", "š", "Š", "ª", "Ÿ", "˜", "‹", "»", "¿", "¸", "Ž", "¨", "â€", "âƒ", "ðŸ",
	"\u0300", "\u0302", "\u0303", "\u0308", "\u030c", "\u0321", "\u0323", "\u0338", "\u20d0", "\u20da", "\u20ea", "\u20e3",
	"\u200b", "\u200c", "\u200d", "\u2028", "\u202e", "\u2060", "\u2066", "\ufeff", "\ufe0f", "\ufffd", "\ufffe", "\ufff9",
	"â€‹", "â€¨", "ï»¿", "âƒš", "â\u0086\u0090", "←", "\u212b", "\u2126", "\u2000", "中", "\uf900", "가", "\u1100", "\u1161", "\u11a8",
	"bob", "@", "a://", "://", "/", "u:p@", "[USER]", "64:ff9b::", "x.org", "a@b.com", ".", ":", "::", "8.8.8.8", "2001:4860::8888", "2001:", "4860::", "10.0.0.1", "-", "1", "é", "\u064b",
	"Ã", "Â", "Ă", "Ä", "Å", "©", "³", "Ã©", "Ð", "Ñ", "°", "à¸", "í", "½", "Р", "С", "Ђ", "в", "√", "╨", "╤", "?", "É", "…",
	"\xff", "\xe2\x80", "\xed\xa0\x80", "plain text",
}

func TestCleaner_laws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkLaws(t, drawOptions(t), strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 24).Draw(t, "text"), ""))
	})
}

func drawOptions(t *rapid.T) clean.Options {
	on := func(name string) bool { return rapid.IntRange(0, 3).Draw(t, name) == 0 }
	return clean.Options{
		Invalid:        rapid.SampledFrom([]clean.Invalid{clean.InvalidError, clean.InvalidReplace, clean.InvalidDrop}).Draw(t, "invalid"),
		Mojibake:       rapid.SampledFrom([]clean.Mojibake{clean.MojibakeSafe, clean.MojibakeFull, clean.MojibakeOff}).Draw(t, "mojibake"),
		Lines:          on("lines"),
		TrimLines:      on("trim lines"),
		Redact:         on("redact"),
		KeepBOM:        on("bom"),
		KeepNewlines:   on("newlines"),
		KeepControls:   on("controls"),
		KeepForm:       on("form"),
		KeepZeroWidth:  on("zero width"),
		KeepOuterSpace: on("outer space"),
	}
}

func FuzzCleaner(f *testing.F) {
	for i, p := range pieces {
		f.Add(p+pieces[(i*7+3)%len(pieces)]+p, uint16(i))
	}
	f.Add("a"+"â€‹"+"\u0302â€š¬™", uint16(0))
	f.Fuzz(func(t *testing.T, s string, bits uint16) {
		on := func(i int) bool { return bits>>i&1 != 0 }
		checkLaws(t, clean.Options{
			Invalid:        clean.Invalid(bits >> 8 % 3),
			Mojibake:       clean.Mojibake(bits >> 12 % 3),
			Lines:          on(0),
			KeepBOM:        on(1),
			KeepNewlines:   on(2),
			KeepControls:   on(3),
			KeepForm:       on(4),
			KeepZeroWidth:  on(5),
			KeepOuterSpace: on(6),
			TrimLines:      on(7),
			Redact:         on(11),
		}, s)
	})
}
