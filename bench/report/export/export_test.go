package export_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/report/export"
	"github.com/promptmill/promptmill/bench/results"
)

// Every format takes every run, whatever text it holds; only a run without a benchmark may have no files.
func TestFormats(t *testing.T) {
	for _, format := range export.Formats() {
		for name, make := range fixtures {
			t.Run(format.Name+"/"+name, func(t *testing.T) {
				f := make()
				files, err := format.Files(f.source(t))
				if format.Several && len(f.run.Benchmarks) == 0 {
					if !errors.Is(err, export.ErrEmpty) {
						t.Errorf("%d files, %v; want ErrEmpty", len(files), err)
					}
					return
				}
				if err != nil || len(files) == 0 {
					t.Fatalf("%d files, %v", len(files), err)
				}
				first := written(t, format.Name, f)
				if d := cmp.Diff(first, written(t, format.Name, f)); d != "" {
					t.Errorf("two exports differ:\n%s", d)
				}
				for file, text := range first {
					checkText(t, file, text)
				}
			})
		}
	}
}

// checkText holds what every file must be: UTF-8 without a character that does something, and of its kind.
func checkText(t *testing.T, name, text string) {
	t.Helper()
	if strings.ContainsAny(name, `\: "`) || strings.HasPrefix(name, "/") || strings.Contains(name, "..") {
		t.Errorf("file name %q", name)
	}
	if !utf8.ValidString(text) {
		t.Errorf("%s is not UTF-8", name)
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("%s has an unprintable at %d: %q", name, i, text[i:min(i+20, len(text))])
	}
	switch path.Ext(name) {
	case ".json":
		if !json.Valid([]byte(text)) {
			t.Errorf("%s is no JSON:\n%s", name, text)
		}
	case ".jsonl":
		for line := range strings.Lines(text) {
			if !json.Valid([]byte(line)) {
				t.Errorf("%s: no JSON: %s", name, line)
			}
		}
	case ".csv":
		rd := csv.NewReader(strings.NewReader(text))
		rd.FieldsPerRecord = -1
		if _, err := rd.ReadAll(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An export fails as the disk does, and as the results do.
func TestFormats_errors(t *testing.T) {
	for _, format := range export.Formats() {
		s := mixed().source(t)
		files, err := format.Files(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if err := file.Write(&fullDisk{}); !errors.Is(err, io.ErrShortWrite) {
				t.Errorf("%s %s: error of a full disk = %v", format.Name, file.Name, err)
			}
		}
		if slices.Contains([]string{"csv", "openmetrics", "llm-d"}, format.Name) {
			continue // they have figures only
		}
		corrupt := errors.New("corrupt page")
		s.Records = func() iter.Seq2[*results.Record, error] {
			return func(yield func(*results.Record, error) bool) { yield(nil, corrupt) }
		}
		for _, file := range files {
			if err := file.Write(io.Discard); !errors.Is(err, corrupt) {
				t.Errorf("%s %s: error of corrupt results = %v", format.Name, file.Name, err)
			}
		}
	}
}

// Counts add up to the requests that were sent, warm-up apart, in the formats that have them.
func TestFormats_counts(t *testing.T) {
	var vllm struct{ Completed, Failed, NumPrompts int }
	text := written(t, "vllm", mixed())["1-constant-10-s.json"]
	if err := json.Unmarshal([]byte(strings.ReplaceAll(text, "num_prompts", "NumPrompts")), &vllm); err != nil {
		t.Fatal(err)
	}
	if vllm.Completed != 38 || vllm.Failed != 2 || vllm.NumPrompts != 40 {
		t.Errorf("vllm: %+v, want 38 completed and 2 failed of 40", vllm)
	}
	if n := strings.Count(written(t, "aiperf", mixed())["1-constant-10-s/profile_export.jsonl"], "\n"); n != 40 {
		t.Errorf("aiperf: %d lines, want 40", n)
	}
	if prom := written(t, "openmetrics", mixed())["report.prom"]; !strings.Contains(prom, `promptmill_requests{run="r1",benchmark="constant 10/s",index="1",status="unfinished"} 1`) ||
		!strings.HasSuffix(prom, "\n# EOF\n") {
		t.Errorf("openmetrics lacks the unfinished request, or its end:\n%s", prom)
	}
}

// No cell of the table is a formula to a spreadsheet, and all rows are as long as the head.
func TestCSV(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(written(t, "csv", hostile())["report.csv"])).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r|%", rune(cell[0])) {
				t.Errorf("column %s: %q", rows[0][i], cell)
			}
		}
	}
	of := func(f *fixture, name string) string {
		rows, err := csv.NewReader(strings.NewReader(written(t, "csv", f)["report.csv"])).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows[1][slices.Index(rows[0], name)]
	}
	for name, want := range map[string]string{"requests": "40", "ok": "40", "latency_samples": "40", "latency_certified": "50", "target_concurrency": "8", "target_rate": "", "accuracy": ""} {
		if got := of(mixed(), name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if got := of(onlyErrors(), "latency_p99"); got != "" {
		t.Errorf("p99 of no answer = %q, want nothing", got)
	}
}

// benchstat reads a line per answer, and one for the rates.
func TestGobench(t *testing.T) {
	text := written(t, "gobench", mixed())["report.txt"]
	if n := strings.Count(text, "BenchmarkServer/strategy=constant/rate=10 1 "); n != 37 {
		t.Errorf("%d lines of answers, want 37 of 38: one has no token", n)
	}
	for _, want := range []string{"\ngoos: linux\n", "\nUnit ttft-ns better=lower\n", "BenchmarkServer/strategy=concurrent/slots=8 1 50000000 ttft-ns 131000000 latency-ns 10000000 tpot-ns\n", " 2.5 error-%\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	for line := range strings.Lines(written(t, "gobench", hostile())["report.txt"]) {
		if key, _, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, "#") && !slices.Contains([]string{"pkg", "goos", "goarch"}, key) {
			t.Errorf("text became configuration: %s", line)
		}
	}
}
