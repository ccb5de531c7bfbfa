package convert_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/mapping"
)

// TestRun_strayJSON: JSON that the first rows did not foretell is told of, where it is and what became of it, and is lost
// in no row in silence.
func TestRun_strayJSON(t *testing.T) {
	type row struct {
		Messages []string `parquet:"messages,list"`
		Question string   `parquet:"question"`
		Answer   string   `parquet:"answer"`
	}
	const features = `{"messages":{"feature":{"_type":"Json"},"_type":"List"},"question":{"_type":"Json"},"answer":{"_type":"Json"}}`
	usual := row{[]string{`{"role":"user","content":"` + strings.Repeat("x", 1<<20) + `","calls":null}`, `{"role":"assistant","content":"a"}`}, `"q"`, `["a"]`}
	rows := slices.Repeat([]row{usual}, 12)
	rows = append(rows,
		row{[]string{`{"role":"user","content":"u","more":null}`, `{"role":"assistant","content":"v","calls":[1],"more":2}`}, `["r"]`, `["b"]`},
		row{[]string{`{"role":"user","content":["w"]}`, `7`}, "\"s\"\x00", `"c"`},
		usual)
	path := labelled(t, "a.parquet", features, rows...)
	big := fmt.Sprintf(`{"prompt":%q,"expected":"a"}`+"\n", strings.Repeat("x", 1<<20))
	for _, tt := range []struct {
		name          string
		options       convert.Options
		want          string // lines after the first twelve, but the last
		notices       []string
		dropped, read int64
	}{
		{"chat", convert.Options{}, `{"prompt":"u","expected":"v"}` + "\n", []string{
			"column messages, which is JSON: values with parts that the first rows do not have, and that were left out: 1; the first is in row 12 of a.parquet",
			"column messages, which is JSON: values of another type than in the first rows, and read as null: 2; the first is in row 13 of a.parquet",
			"column answer, which is JSON: values of another type than in the first rows, and read as null: 1; the first is in row 13 of a.parquet",
		}, 1, 15},
		{"a limit before", convert.Options{Limit: 13}, `{"prompt":"u","expected":"v"}` + "\n", []string{
			"column messages, which is JSON: values with parts that the first rows do not have, and that were left out: 1; the first is in row 12 of a.parquet",
		}, 0, 13},
		{"texts", convert.Options{Layout: convert.VLLM, Mapping: mapping.Options{PromptColumn: "question"}}, `{"prompt":"[\"r\"]"}` + "\n" + `{"prompt":"\"s\""}` + "\n", []string{
			"column question, which is JSON: values of another type than in the first rows, which are texts, and read as the text of their JSON: 1; the first is in row 12 of a.parquet",
		}, 0, 15},
	} {
		for _, workers := range []int{1, 3} {
			tt.options.Workers = workers
			out, report := run(t, source(path), tt.options)
			var notices []string
			for _, n := range report.Notices {
				if strings.Contains(n, "which is JSON") {
					notices = append(notices, n)
				}
			}
			if !slices.Equal(notices, tt.notices) {
				t.Errorf("%s: told %q, want %q", tt.name, notices, tt.notices)
			}
			if l := report.Manifest.Rows; l.Read != tt.read || l.DroppedTotal() != tt.dropped {
				t.Errorf("%s: ledger %+v", tt.name, l)
			}
			if !strings.Contains(string(out), tt.want) || strings.Contains(tt.want, `"u"`) && !strings.HasPrefix(string(out), big) {
				t.Errorf("%s: got %.200s ... want %s", tt.name, out[max(0, len(out)-300):], tt.want)
			}
		}
	}
}
