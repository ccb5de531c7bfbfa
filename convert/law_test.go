package convert_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/clean"
)

var extract = regexp.MustCompile(`#### (.*)`)

// TestRun_laws: whatever the rows and options, the rows add up, every line is one line of the layout, and a
// second run gives the same bytes.
func TestRun_laws(t *testing.T) {
	text := rapid.OneOf(
		rapid.SampledFrom([]string{"q", "#### 7", " ", "", "a\nb", "\ufeffx", "\x1b[1m", "bad \xff", "\u2028", `"\`, "日本"}),
		rapid.String(),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 12), func(b []byte) string { return string(b) }))
	rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) qa {
		return qa{rapid.Ptr(text, true).Draw(t, "question"), rapid.Ptr(text, true).Draw(t, "answer")}
	}), 0, 20)
	rapid.Check(t, func(rt *rapid.T) {
		src := source(write(t, rows.Draw(rt, "rows")), write(t, rows.Draw(rt, "more rows")))
		o := convert.Options{
			Format:             rapid.SampledFrom([]convert.Format{convert.JSONL, convert.TXT}).Draw(rt, "format"),
			Newline:            rapid.SampledFrom([]convert.Newline{convert.Space, convert.Escape, convert.Drop}).Draw(rt, "newline"),
			Limit:              rapid.Int64Range(0, 12).Draw(rt, "limit"),
			AllowEmptyExpected: rapid.Bool().Draw(rt, "allow empty"),
			Clean: clean.Options{
				Invalid:      rapid.SampledFrom([]clean.Invalid{clean.InvalidReplace, clean.InvalidDrop}).Draw(rt, "invalid"),
				KeepControls: rapid.Bool().Draw(rt, "keep controls"), KeepBOM: rapid.Bool().Draw(rt, "keep BOM"),
				KeepNewlines: rapid.Bool().Draw(rt, "keep newlines"), KeepOuterSpace: rapid.Bool().Draw(rt, "keep space"),
			},
		}
		if o.Format == convert.JSONL {
			o.Layout = rapid.SampledFrom([]convert.Layout{convert.Strict, convert.Chat, convert.ShareGPT, convert.VLLM,
				convert.AIPerf, convert.GuideLLM}).Draw(rt, "layout")
		}
		if rapid.Bool().Draw(rt, "extract") {
			o.ExpectedExtract = extract
		}
		var out, again bytes.Buffer
		report, err := convert.Run(t.Context(), src, &out, o)
		if err != nil {
			if !strings.Contains(err.Error(), "no prompts: ") || out.Len() > 0 {
				rt.Fatalf("%d bytes written and %v", out.Len(), err)
			}
			return
		}
		checkReport(t, out.Bytes(), report)
		if o.Limit > 0 && report.Manifest.Rows.Written > o.Limit {
			rt.Fatalf("%d lines, the limit is %d", report.Manifest.Rows.Written, o.Limit)
		}
		checkLines(rt, out.String(), o.Format)
		if _, err := convert.Run(t.Context(), src, &again, o); err != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
			rt.Fatalf("a second run gives %q, %v; the first gave %q", again.Bytes(), err, out.Bytes())
		}
	})
}

func checkLines(t *rapid.T, out string, f convert.Format) {
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if strings.TrimSpace(line) == "" || strings.ContainsAny(line, "\r\u0085\u2028\u2029\ufeff\x00") && f == convert.TXT {
			t.Fatalf("line %q breaks the contract", line)
		}
		if f == convert.JSONL && !json.Valid([]byte(line)) {
			t.Fatalf("line %q is no JSON", line)
		}
	}
}
