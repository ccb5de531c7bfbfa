package convert_test

import (
	"io"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert"
)

// BenchmarkRun converts 20,000 rows of about 1 KB, one in sixteen of them not ASCII.
func BenchmarkRun(b *testing.B) {
	ask := strings.Repeat("What is 6 times 7? Show \"every\" step,\nthen answer. ", 10) + "Now."
	say := strings.Repeat("Six times seven is forty-two, so that is the answer. ", 8) + "Done."
	rows := make([]qa, 20_000)
	for i := range rows {
		q := ask
		if i%16 == 0 {
			q += "Déjà vu — 日本語"
		}
		rows[i] = pair(q, say)
	}
	src := source(write(b, rows))
	src.Files[0].SHA256 = "known"
	for name, o := range map[string]convert.Options{
		"strict": {}, "txt": {Format: convert.TXT}, "messages": {Layout: convert.Chat},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				report, err := convert.Run(b.Context(), src, io.Discard, o)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(report.Manifest.Output.Bytes)
			}
		})
	}
}
