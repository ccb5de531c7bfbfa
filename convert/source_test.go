package convert_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/mapping"
)

// put writes a file called name and returns its path.
func put(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestCorpus_jsonl: what the authors of gsm8k publish as JSONL converts to the same bytes as what the Hub has as parquet.
func TestCorpus_jsonl(t *testing.T) {
	fromJSONL, _ := run(t, source(corpus(t, "gsm8k/test.jsonl")), convert.Options{})
	fromParquet, _ := run(t, source(corpus(t, "gsm8k/test.parquet")), convert.Options{})
	if !bytes.Equal(fromJSONL, fromParquet) {
		t.Error("gsm8k: JSONL and parquet convert to different bytes")
	}
	_, report := run(t, source(corpus(t, "mtbench/question.jsonl")), convert.Options{})
	if m := report.Manifest.Mapping; m.Rule != "R3" || m.Prompt != "turns" || m.Expected != "reference[0]" {
		t.Errorf("mtbench: mapping %+v, want R3, turns, reference[0]", m)
	}
	_, report = run(t, source(corpus(t, "mtbench/question.jsonl"), corpus(t, "mtbench/vicuna_question.jsonl")), convert.Options{Format: convert.TXT})
	if rows := report.Manifest.Rows; rows.Read != 160 || rows.Written != 160 {
		t.Errorf("mtbench, both files: %+v, want 160 rows", rows)
	}
}

// TestRun_drifting: files of several formats are one dataset with the widest types, and it is said once.
func TestRun_drifting(t *testing.T) {
	src := source(
		put(t, "a.jsonl", `{"question":"q1","answer":1,"context":null}`+"\n"),
		write(t, []qa{pair("q2", "a2")}),
		put(t, "c.csv", "question,answer,extra\nq3,3.50,x\nq4,,y\n"),
		put(t, "d.json", `[{"answer":"four","question":"q5","context":{"a":1}}]`),
	)
	out, report := run(t, src, convert.Options{})
	const want = `{"prompt":"q1","expected":"1"}` + "\n" + `{"prompt":"q2","expected":"a2"}` + "\n" +
		`{"prompt":"q3","expected":"3.50"}` + "\n" + `{"prompt":"q5","expected":"four"}` + "\n"
	if string(out) != want {
		t.Errorf("got %s\nwant %s", out, want)
	}
	said := strings.Join(report.Notices, "\n")
	if n := strings.Count(said, "column answer is a int64, but a string in"); n != 1 {
		t.Errorf("the wider answers are told %d times in\n%s", n, said)
	}
	if !strings.Contains(said, "a.jsonl has no column extra: it is null there") {
		t.Errorf("the missing column is not told in\n%s", said)
	}
}

// TestRun_nestedDrift: what is inside of lists and structs is widened too.
func TestRun_nestedDrift(t *testing.T) {
	src := source(
		put(t, "a.jsonl", `{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"n":[1]}`+"\n"),
		put(t, "b.jsonl", `{"n":["x"],"messages":[{"content":7,"role":"user","id":1.5},{"content":null,"role":"user"},{"content":"q","role":"user"},{"role":"assistant","content":"b"}]}`+"\n"),
	)
	out, _ := run(t, src, convert.Options{Layout: convert.Chat})
	if want := `"content":"7"}`; !strings.Contains(string(out), want) {
		t.Errorf("got %s, want %s in it", out, want)
	}
}

func TestRun_unlike(t *testing.T) {
	a := put(t, "a.jsonl", `{"question":"q","answer":"a","meta":"x"}`+"\n")
	b := put(t, "b.jsonl", `{"question":"q","answer":["a"],"meta":["x"]}`+"\n")
	c := put(t, "c.jsonl", `{"question":"q","answer":"a","meta":["x"]}`+"\n")
	_, err := convert.Run(t.Context(), source(a, b), io.Discard, convert.Options{})
	const want = "the files differ: column answer is a string in a.jsonl, but a list<string> in b.jsonl, and no type holds both"
	if !errors.Is(err, convert.ErrDrift) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if out, _ := run(t, source(a, c), convert.Options{}); bytes.Count(out, []byte("\n")) != 2 {
		t.Errorf("a column that is not read keeps the rest from being read: %s", out)
	}
	_, err = convert.Run(t.Context(), source(a, c), io.Discard, convert.Options{Mapping: mapping.Options{PromptColumn: "meta"}})
	if !errors.Is(err, convert.ErrDrift) {
		t.Errorf("got %v, want %v", err, convert.ErrDrift)
	}
}
