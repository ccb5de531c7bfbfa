package metrics_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

var update = flag.Bool("update", false, "write the table of docs/metrics.md anew")

const page = "../../docs/metrics.md"

// The table of docs/metrics.md is that of the code.
func TestMetrics_docs(t *testing.T) {
	const begin, end = "<!-- definitions: written by go test ./bench/metrics -update -->\n", "<!-- end of definitions -->\n"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := bytes.Cut(text, []byte(begin))
	have, tail, ok2 := bytes.Cut(rest, []byte(end))
	if !ok1 || !ok2 {
		t.Fatalf("%s lacks %q or %q", page, begin, end)
	}
	want := table()
	if string(have) == want {
		return
	}
	if !*update {
		t.Fatalf("the definitions in %s are not those of the code; run go test ./bench/metrics -update", page)
	}
	whole := string(head) + begin + want + end + string(tail)
	if err := os.WriteFile(page, []byte(whole), 0o666); err != nil {
		t.Fatal(err)
	}
}

func table() string {
	var b strings.Builder
	b.WriteString("| Figure | Unit | Definition |\n|---|---|---|\n")
	for _, d := range metrics.Metrics() {
		fmt.Fprintf(&b, "| [`%s`](#%[1]s) | %s | %s |\n", d.Name, d.Unit, cell(d.Definition))
	}
	for _, d := range metrics.Metrics() {
		fmt.Fprintf(&b, "\n### %s\n\n", d.Name)
		if d.Formula != "" {
			fmt.Fprintf(&b, "- Formula: `%s`\n", d.Formula)
		}
		if len(d.Columns) > 0 {
			fmt.Fprintf(&b, "- From: `%s`\n", strings.Join(d.Columns, "`, `"))
		}
		if d.Also != "" {
			fmt.Fprintf(&b, "- Elsewhere: %s\n", d.Also)
		}
		if d.Caveat != "" {
			fmt.Fprintf(&b, "- Caveat: %s\n", d.Caveat)
		}
	}
	b.WriteString("\n")
	return b.String()
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// What a definition says that it comes from is in a results file.
func TestMetrics_columns(t *testing.T) {
	known := map[string]bool{"run.benchmarks": true, "run.benchmarks[].health": true, "run.server_metrics": true}
	for f := range reflect.TypeFor[results.Record]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("parquet"), ",")
		known[name] = true
	}
	for _, d := range metrics.Metrics() {
		for _, column := range d.Columns {
			if !known[column] {
				t.Errorf("%s: no column %q", d.Name, column)
			}
		}
	}
}

// Every figure of a Benchmark has a definition, and nothing else has but the two words about samples.
func TestMetrics_complete(t *testing.T) {
	defined := map[string]bool{}
	for _, d := range metrics.Metrics() {
		if defined[d.Name] || d.Definition == "" || !strings.HasSuffix(d.Definition, ".") {
			t.Errorf("%s: defined twice, or its definition is no sentence: %q", d.Name, d.Definition)
		}
		defined[d.Name] = true
	}
	for f := range reflect.TypeFor[metrics.Benchmark]().Fields() {
		if f.Anonymous || f.Name == "Name" || f.Name == "Repeat" {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !defined[name] {
			t.Errorf("%s has no definition", name)
		}
		delete(defined, name)
	}
	delete(defined, "percentiles")
	delete(defined, "certified")
	for name := range defined {
		t.Errorf("%s is no figure", name)
	}
}

func TestExplain(t *testing.T) {
	for name, want := range map[string]string{
		"ttft":                "ttft (s): First non-empty content",
		"TTFT":                "ttft (s): First non-empty content",
		"requests-per-second": "requests_per_second (requests/s): ",
		"Chunk gap":           "chunk_gap (s): ",
		"e2el":                "latency (s): done - sent",
		"median":              "percentiles: Nearest rank",
	} {
		got, ok := metrics.Explain(name)
		if !ok || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, %v; want %q", name, got, ok, want)
		}
	}
	if got, ok := metrics.Explain("ITL"); !ok || !strings.Contains(got, "chunk_gap (s)") || !strings.Contains(got, "\n\ntpot (s)") {
		t.Errorf("ITL: %q", got)
	}
	for _, name := range []string{"", "nothing"} {
		if got, ok := metrics.Explain(name); ok || got != "" {
			t.Errorf("%q: %q", name, got)
		}
	}
}
