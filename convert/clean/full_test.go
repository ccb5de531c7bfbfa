package clean_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/convert/clean"
)

// sentences are correct texts whose letters go wrong in every code page.
var sentences = []string{
	"Voilà, l’élève a mangé une crêpe à Nîmes – très bonne !", "Die Straße führt über die Brücke nach Köln.",
	"¿Dónde está el niño? Mañana será otro día.", "Příliš žluťoučký kůň úpěl ďábelské ódy.", "Zażółć gęślą jaźń.",
	"Съешь ещё этих мягких французских булок.", "Η γρήγορη καφέ αλεπού πηδάει.", "שלום עולם, מה שלומך?", "مرحبا بالعالم، كيف حالك؟",
	"日本語の文章を書いてください。", "请用中文回答这个问题。", "한국어로 대답해 주세요.", "नमस्ते दुनिया", "สวัสดีชาวโลก", "Tiếng Việt rất đẹp",
	"It costs 5 € — “really” 😀", "naïve café", "İstanbul’da hava güzel", "Gà ở Việt Nam",
}

// misread returns what becomes of the UTF-8 of s in a code page; ok is false when it does not have all bytes.
func misread(s string, m *charmap.Charmap) (t string, ok bool) {
	var b strings.Builder
	for i := range len(s) {
		r := m.DecodeByte(s[i])
		if r == '\uFFFD' {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), true
}

var misreadings = map[string]*charmap.Charmap{
	"latin-1": charmap.ISO8859_1, "cp1252": charmap.Windows1252, "cp1250": charmap.Windows1250, "cp1251": charmap.Windows1251,
	"cp1253": charmap.Windows1253, "cp1254": charmap.Windows1254, "cp1257": charmap.Windows1257, "macroman": charmap.Macintosh,
	"cp437": charmap.CodePage437,
}

// TestMojibakeFull_misread: whole sentences come back from every code page, also when it happened twice.
func TestMojibakeFull_misread(t *testing.T) {
	c := clean.New(clean.Options{Mojibake: clean.MojibakeFull})
	tried := 0
	for _, s := range sentences {
		for name, m := range misreadings {
			bad, ok := misread(s, m)
			if !ok || bad == s {
				continue
			}
			tried++
			if got, err := c.String(bad); got != s || err != nil {
				t.Errorf("%s: %q becomes %q, %v, want %q", name, bad, got, err, s)
			}
			if twice, ok := misread(bad, m); ok && (name == "cp1252" || name == "latin-1") {
				if got, err := c.String(twice); got != s || err != nil {
					t.Errorf("%s twice: %q becomes %q, %v, want %q", name, twice, got, err, s)
				}
			}
		}
	}
	if tried < 80 {
		t.Errorf("only %d texts were tried", tried)
	}
}

// TestMojibakeFull_piece: a sentence comes back from between two characters that no code page in question has.
func TestMojibakeFull_piece(t *testing.T) {
	c := clean.New(clean.Options{Mojibake: clean.MojibakeFull})
	for _, s := range sentences {
		if bad, ok := misread(s, charmap.ISO8859_1); ok && bad != s {
			if got, err := c.String("→ " + bad + " ←"); got != "→ "+s+" ←" || err != nil {
				t.Errorf("%q becomes %q, %v, want %q", bad, got, err, s)
			}
		}
	}
}

// TestMojibakeFull has what is harder than a whole text in one code page, and what is no mojibake.
func TestMojibakeFull(t *testing.T) {
	same := ""
	tests := []struct{ name, in, want string }{
		{"a space was a no-break space", "dÃ©jÃ  vu Ã Paris", "déjà vu à Paris"},
		{"às and àquele", "vou Ã s trÃªs, Ã quela hora nÃ£o", "vou às três, àquela hora não"},
		{"a byte was lost", "Un cafÃ\uFFFD s’il vous plaÃ®t", "Un caf\uFFFD s’il vous plaît"},
		{"pieces in correct text", "Grüße an FranÃ§ois und RenÃ©e", "Grüße an François und Renée"},
		{"surrogates", "ok \u00ed\u00a0\u00bd\u00ed\u00b8\u0080", "ok 😀"},
		{"Windows controls", "\u0093so\u0094 sagt’s Jörg\u0085", "“so” sagt’s Jörg…"},
		{"an accent of its own", "5Ì¶ 6Ì¶", "5̶ 6̶"},

		{"a letter in two encodings", "Bremer/Mccoy – DrÃ¥ber", same},
		{"the same letter, more than once", "pÃ¥ – sÃ¥", "på – så"},

		{"changed in letter case", "ãƒâ ã†â ã‚â", same},

		{"capitals before marks", "CAFÉ… TÉ® PARÉ™ MARÍA’S", same},
		{"Portuguese", "SÃO PAULO, AMANHÃ… AS MAÇÃS", same},
		{"Finnish with no-break space", "HYVÄ\u00a0ETTÄ", same},
		{"German", "„Größe“ – ÄÖÜ… ß", same},
		{"maths", "√π ≈ 1,77; 2×£5; ∆° ¬a", same},
		{"line art", "┌──┬──┐ ├┤ │┼│ └──┴──┘", same},
		{"quotes of acute accents", "´´ça va´´ olá´´", same},
		{"Russian", "Москва — столица РОССИИ", same},
		{"Ukrainian capitals", "НАРОДНІ ВІКІ ЇЖАК", same},
		{"Greek", "ΑΘΗΝΑ ΕΛΛΆΔΑ ά·έ", same},
		{"Turkish", "IĞDIR ŞIRNAK ÇÖŞ", same},
		{"Norwegian capitals", "BLÅØYD RÅ Æ", same},
		{"French quotes", "à « la carte » déjà", same},
		{"code", "x := \"é\" // “naïve” → ok", same},
	}
	for _, tt := range tests {
		want := tt.want
		if want == same {
			want = tt.in
		}
		if got, err := clean.New(clean.Options{Mojibake: clean.MojibakeFull}).String(tt.in); got != want || err != nil {
			t.Errorf("%s: %q becomes %q, %v, want %q", tt.name, tt.in, got, err, want)
		}
		checkLaws(t, clean.Options{Mojibake: clean.MojibakeFull}, tt.in)
	}
}

// TestMojibakeFull_damagesNothing: correct sentences, and what of them stands side by side, stay as they are.
func TestMojibakeFull_damagesNothing(t *testing.T) {
	c := clean.New(clean.Options{Mojibake: clean.MojibakeFull})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(sentences), 1, 4).Draw(t, "sentences"), rapid.SampledFrom([]string{" ", "\n", ". "}).Draw(t, "between"))
		for _, s := range []string{s, strings.ToUpper(s)} {
			want, _ := clean.New(clean.Options{}).String(s)
			if got, err := c.String(s); got != want || err != nil {
				t.Fatalf("%q becomes %q, %v", s, got, err)
			}
		}
	})
}

// TestMojibakeFull_long: layers without end do not take time without end.
func TestMojibakeFull_long(t *testing.T) {
	for name, s := range map[string]string{
		"nested": strings.Repeat("Ã", 20_000) + "\u0083" + strings.Repeat("Â", 20_000) + "©",
		"layers": strings.Repeat("Ãƒâ€šÃ‚Â", 5_000), "pieces": strings.Repeat("Ã©é", 20_000), "leads": strings.Repeat("Ã", 50_000),
	} {
		t.Run(name, func(t *testing.T) { checkLaws(t, clean.Options{Mojibake: clean.MojibakeFull}, s) })
	}
}
