package convert_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/clean"
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

// labelled writes rows with the features that `datasets` keeps.
func labelled[T any](t *testing.T, name, features string, rows ...T) string {
	t.Helper()
	var b bytes.Buffer
	err := parquet.Write(&b, rows, parquet.KeyValueMetadata("huggingface", `{"info":{"features":`+features+`}}`))
	if err != nil {
		t.Fatal(err)
	}
	return put(t, name, b.String())
}

// TestRun_driftingClasses: a class has its name wherever the numbers and the names of classes meet.
func TestRun_driftingClasses(t *testing.T) {
	type class struct {
		Question string `parquet:"question"`
		Answer   int64  `parquet:"answer"`
	}
	named := labelled(t, "named.parquet", `{"answer":{"names":["n","p"],"_type":"ClassLabel"}}`, class{"a", 1})
	bare := labelled(t, "bare.parquet", `{}`, class{"b", 0})
	text := put(t, "text.jsonl", `{"question":"b","answer":"n"}`+"\n")
	const a, b = `{"prompt":"a","expected":"p"}` + "\n", `{"prompt":"b","expected":"n"}` + "\n"
	for _, tt := range []struct {
		files []string
		want  string
	}{{[]string{named, text}, a + b}, {[]string{text, named}, b + a}, {[]string{named, bare}, a + b}, {[]string{bare, named}, b + a}} {
		if out, _ := run(t, source(tt.files...), convert.Options{}); string(out) != tt.want {
			t.Errorf("%v: got %s\nwant %s", tt.files, out, tt.want)
		}
	}
}

// TestRun_driftingNames: names of columns that differ in case and white space alone are one.
func TestRun_driftingNames(t *testing.T) {
	a, b := put(t, "a.jsonl", `{"question":"q1","answer":"a1"}`+"\n"), put(t, "b.csv", "Answer ,QUESTION\na2,q2\n")
	out, report := run(t, source(a, b), convert.Options{})
	if want := `{"prompt":"q1","expected":"a1"}` + "\n" + `{"prompt":"q2","expected":"a2"}` + "\n"; string(out) != want || len(report.Notices) != 1 { // the mapping
		t.Errorf("got %s, %q\nwant %s", out, report.Notices, want)
	}
}

// TestRun_otherColumns: that a file has none of the columns is known before a line is written, and told of the right files.
func TestRun_otherColumns(t *testing.T) {
	a, b := put(t, "a.jsonl", `{"question":"q","answer":"a"}`+"\n"), put(t, "b.jsonl", `{"prompt":"q","response":"a"}`+"\n")
	for _, files := range [][]string{{a, b}, {b, a}} {
		var out bytes.Buffer
		_, err := convert.Run(t.Context(), source(files...), &out, convert.Options{})
		const want = "b.jsonl maps as R2: prompts: prompt <- prompt, expected <- response, but a.jsonl has none of these columns: it has question"
		if !errors.Is(err, convert.ErrDrift) || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("got %v after %q, want %s", err, &out, want)
		}
	}
}

// TestRun_noRowsNoColumns: a text without rows is told of as that, not as one without the right columns.
func TestRun_noRowsNoColumns(t *testing.T) {
	array, head := put(t, "a.json", "[]\n"), put(t, "b.csv", "prompt,answer\n")
	for _, files := range [][]string{{array}, {head}, {array, head}} {
		_, err := convert.Run(t.Context(), source(files...), io.Discard, convert.Options{})
		if !errors.Is(err, convert.ErrNoRows) || !strings.Contains(err.Error(), "the input has no rows") {
			t.Errorf("%v: got %v, want %v", files, err, convert.ErrNoRows)
		}
	}
}

// TestRun_jsonFeatures: what is JSON by the features of the file is what the JSON says.
func TestRun_jsonFeatures(t *testing.T) {
	type message struct {
		Role    string `parquet:"role"`
		Content string `parquet:"content"`
	}
	type chat struct {
		Messages []message `parquet:"messages,list"`
	}
	type texts struct {
		Messages string `parquet:"messages"`
		Tools    string `parquet:"tools"`
	}
	for name, path := range map[string]string{
		"content": labelled(t, "a.parquet", `{"messages":{"feature":{"role":{"dtype":"string","_type":"Value"},"content":{"_type":"Json"}},"_type":"List"}}`,
			chat{[]message{{"user", `"hi"`}, {"assistant", `[{"type":"text","text":"yo"}]`}}}),
		"column": labelled(t, "b.parquet", `{"messages":{"_type":"Json"},"tools":{"_type":"Json"}}`,
			texts{`[{"role":"user","content":"hi"},{"role":"assistant","content":"yo"}]`, `[]`}),
	} {
		if out, _ := run(t, source(path), convert.Options{}); string(out) != `{"prompt":"hi","expected":"yo"}`+"\n" {
			t.Errorf("%s: got %s", name, out)
		}
	}
}

// TestRun_loneSurrogates: half a surrogate pair is text that is no UTF-8, and treated so.
func TestRun_loneSurrogates(t *testing.T) {
	path := put(t, "a.jsonl", `{"prompt":"\ud83d x","answer":"y"}`+"\n"+`{"prompt":"z","answer":"\ud83d\ude00"}`+"\n")
	if _, err := convert.Run(t.Context(), source(path), io.Discard, convert.Options{}); err == nil || !strings.Contains(err.Error(), "invalid UTF-8") {
		t.Errorf("got %v, want an error", err)
	}
	out, _ := run(t, source(path), convert.Options{Clean: clean.Options{Invalid: clean.InvalidReplace}})
	if want := `{"prompt":"` + "\ufffd" + ` x","expected":"y"}` + "\n" + `{"prompt":"z","expected":"😀"}` + "\n"; string(out) != want {
		t.Errorf("got %s, want %s", out, want)
	}
}

// TestRun_textOrParts: the content of a message is a text in some places and a list of parts in others, in one file or several.
func TestRun_textOrParts(t *testing.T) {
	both := put(t, "both.jsonl", `{"messages":[{"role":"user","content":[{"type":"text","text":"q1"}]},{"role":"assistant","content":"a1"}]}`+"\n")
	text := put(t, "text.jsonl", `{"messages":[{"role":"user","content":"q2"},{"role":"assistant","content":"a2"}]}`+"\n")
	parts := put(t, "parts.jsonl", `{"messages":[{"role":"user","content":[{"text":"q3"}]},{"role":"assistant","content":[{"text":"a3"}]}]}`+"\n")
	lines := map[string]string{}
	for i, path := range []string{both, text, parts} {
		lines[path] = fmt.Sprintf(`{"prompt":"q%d","expected":"a%d"}`+"\n", i+1, i+1)
	}
	for _, files := range [][]string{{both}, {both, text, parts}, {parts, text, both}, {text, parts}, {text, both}} {
		var want strings.Builder
		for _, f := range files {
			want.WriteString(lines[f])
		}
		if out, _ := run(t, source(files...), convert.Options{}); string(out) != want.String() {
			t.Errorf("%v: got %s\nwant %s", files, out, want.String())
		}
	}
}
