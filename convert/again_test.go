package convert_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/clean"
)

// TestRun_again: prompts that were converted once come out as they are when they are converted again, whatever is cleaned,
// redacted and left out.
func TestRun_again(t *testing.T) {
	text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{
		"a", "B", "é", "e\u0301", " ", "\n", "\r\n", "\t", "\x1b[1m", "\x00", "\u200b", "\u2028", "\ufeff", "\u202e", "â€™", "Ã©", "ðŸ˜€", "\xff",
		"x@y.org", "8.8.8.8", "https://u:p@h/", "12", "13", "\\", `"`, "中",
	}), 1, 10), func(list []string) string { return strings.Join(list, "") })
	rows := rapid.SliceOfN(rapid.Map(text, func(s string) qa { return pair(s, s) }), 1, 20)
	rapid.Check(t, func(rt *rapid.T) {
		on := func(name string) bool { return rapid.Bool().Draw(rt, name) }
		o := convert.Options{
			AllowEmptyExpected: true,
			Clean: clean.Options{
				Invalid:  rapid.SampledFrom([]clean.Invalid{clean.InvalidReplace, clean.InvalidDrop}).Draw(rt, "invalid"),
				Mojibake: rapid.SampledFrom([]clean.Mojibake{clean.MojibakeSafe, clean.MojibakeFull, clean.MojibakeOff}).Draw(rt, "mojibake"),
				Lines:    on("lines"), TrimLines: on("trim lines"), Redact: on("redact"), KeepBOM: on("bom"), KeepNewlines: on("newlines"),
				KeepControls: on("controls"), KeepForm: on("form"), KeepZeroWidth: on("zero width"), KeepOuterSpace: on("outer space"),
			},
			Filter: convert.Filter{
				MinChars: rapid.Int64Range(0, 3).Draw(rt, "min"), MaxBytes: rapid.SampledFrom([]int64{0, 9, 30}).Draw(rt, "max"),
				Dedupe: on("dedupe"), NearDedupe: rapid.SampledFrom([]float64{0, 0.3, 0.7}).Draw(rt, "near"),
			},
		}
		if on("drop") {
			o.Filter.Drop = expressions("B")
		}
		if on("keep") {
			o.Filter.Keep = expressions("a|é|12")
		}
		var once, twice bytes.Buffer
		if _, err := convert.Run(t.Context(), source(write(t, rows.Draw(rt, "rows"))), &once, o); errors.Is(err, convert.ErrNoRows) {
			return
		} else if err != nil {
			rt.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "once.jsonl")
		if err := os.WriteFile(path, once.Bytes(), 0o600); err != nil {
			rt.Fatal(err)
		}
		if _, err := convert.Run(t.Context(), source(path), &twice, o); err != nil || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			rt.Fatalf("once  %q\ntwice %q, %v", once.Bytes(), twice.Bytes(), err)
		}
	})
}
