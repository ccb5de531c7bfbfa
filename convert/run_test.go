package convert_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/clean"
	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/jsontext"
	"github.com/promptmill/promptmill/convert/mapping"
)

// write makes a parquet file of rows.
func write[T any](t testing.TB, rows []T) string {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "*.parquet")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := parquet.Write(f, rows, parquet.MaxRowsPerRowGroup(max(7, int64(len(rows)/4)))); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}

type qa struct {
	Question *string `parquet:"question,optional"`
	Answer   *string `parquet:"answer,optional"`
}

func pair(q, a string) qa { return qa{&q, &a} }

// numbered returns n rows.
func numbered(n int) []qa {
	rows := make([]qa, n)
	for i := range rows {
		rows[i] = pair(fmt.Sprintf("q%d", i), fmt.Sprintf("a%d", i))
	}
	return rows
}

func TestRun_order(t *testing.T) {
	rows := numbered(100)
	src := source(write(t, rows[:40]), write(t, rows[40:41]), write(t, rows[41:]))
	out, _ := run(t, src, convert.Options{})
	var want []strictLine
	for _, r := range rows {
		want = append(want, strictLine{*r.Question, *r.Answer})
	}
	if diff := cmp.Diff(want, decode[strictLine](t, out)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestRun_limit(t *testing.T) {
	rows := append([]qa{pair(" ", "dropped")}, numbered(20)...)
	src := source(write(t, rows[:10]), write(t, rows[10:]))
	for _, tt := range []struct{ limit, read, written, files int64 }{
		{1, 2, 1, 1}, {8, 9, 8, 1}, {9, 10, 9, 1}, {10, 11, 10, 2}, {20, 21, 20, 2}, {1000, 21, 20, 2}, {0, 21, 20, 2},
	} {
		_, report := run(t, src, convert.Options{Limit: tt.limit})
		rows := report.Manifest.Rows
		if n := int64(len(report.Manifest.Source.Files)); rows.Read != tt.read || rows.Written != tt.written || n != tt.files {
			t.Errorf("limit %d: read %d, written %d, of %d files; want %d, %d, %d",
				tt.limit, rows.Read, rows.Written, n, tt.read, tt.written, tt.files)
		}
	}
}

func TestRun_drops(t *testing.T) {
	path := write(t, []qa{
		pair("kept", "#### 1"), {nil, new("#### 1")}, pair(" \n\u200b", "#### 1"), {new("q"), nil}, pair("q", ""), pair("q", "one"),
		pair("q\xff", "#### 1"), pair("q", "#### \xff"),
	})
	_, report := run(t, source(path), convert.Options{
		ExpectedExtract: extract, Clean: clean.Options{Invalid: clean.InvalidDrop}})
	want := convert.Ledger{Read: 8, Written: 1, Dropped: map[string]int64{
		"prompt is null": 1, "prompt is blank": 1, "expected is missing": 1,
		"expected does not match --expected-extract": 2, "invalid UTF-8": 2,
	}}
	if diff := cmp.Diff(want, report.Manifest.Rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestRun_allowEmptyExpected(t *testing.T) {
	path := write(t, []qa{{new("q"), nil}, pair("q", ""), pair("q", "a")})
	out, _ := run(t, source(path), convert.Options{AllowEmptyExpected: true})
	want := `{"prompt":"q","expected":""}` + "\n" + `{"prompt":"q","expected":""}` + "\n" + `{"prompt":"q","expected":"a"}` + "\n"
	if string(out) != want {
		t.Errorf("got %s, want %s", out, want)
	}
	out, _ = run(t, source(path), convert.Options{AllowEmptyExpected: true, ExpectedExtract: extract})
	if want := strings.ReplaceAll(want, `"a"`, `""`); string(out) != want {
		t.Errorf("nothing to extract: got %s, want %s", out, want)
	}
}

func TestRun_system(t *testing.T) {
	type row struct {
		System   string `parquet:"system_prompt"`
		Question string `parquet:"question"`
		Answer   string `parquet:"answer"`
	}
	path := write(t, []row{{"be brief", "why?", "because"}, {" ", "how?", "so"}})
	for layout, want := range map[convert.Layout]string{
		convert.Strict: `{"prompt":"be brief\n\nwhy?","expected":"because"}` + "\n" + `{"prompt":"how?","expected":"so"}` + "\n",
		convert.Chat: `{"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"why?"}],"expected":"because"}` + "\n" +
			`{"messages":[{"role":"user","content":"how?"}],"expected":"so"}` + "\n",
		convert.AIPerf: `{"turns":[{"role":"system","text":"be brief"},{"text":"why?"}]}` + "\n" + `{"turns":[{"text":"how?"}]}` + "\n",
	} {
		if out, _ := run(t, source(path), convert.Options{Layout: layout}); string(out) != want {
			t.Errorf("%s: got %s\nwant %s", layout, out, want)
		}
	}
}

func TestRun_turns(t *testing.T) {
	type row struct {
		Turns     []string `parquet:"turns,list"`
		Reference []string `parquet:"reference,list"`
	}
	src := source(write(t, []row{{[]string{"one", "two\n"}, []string{"r"}}}))
	const cut = "prompts with several turns of a user, of which only the first was written: 1; --layout aiperf writes all"
	for _, tt := range []struct {
		layout       convert.Layout
		want, notice string
	}{
		{convert.Strict, `{"prompt":"one","expected":"r"}`, cut},
		{convert.Chat, `{"messages":[{"role":"user","content":"one"}],"expected":"r"}`, cut},
		{convert.AIPerf, `{"turns":[{"text":"one"},{"text":"two"}]}`, ""},
	} {
		out, report := run(t, src, convert.Options{Layout: tt.layout})
		if string(out) != tt.want+"\n" {
			t.Errorf("%s: got %s, want %s", tt.layout, out, tt.want)
		}
		checkNotice(t, report, tt.notice)
	}
}

// checkNotice checks the notices after the one about the mapping: none, or the one wanted.
func checkNotice(t *testing.T, r *convert.Report, want string) {
	t.Helper()
	if got := strings.Join(r.Notices[1:], "\n"); got != want {
		t.Errorf("notices %q, want %q", got, want)
	}
}

func TestRun_history(t *testing.T) {
	src := source(fixture("chat.parquet"))
	for layout, want := range map[convert.Layout]string{
		convert.Strict:   `prompts with earlier turns, written as blocks "role: content": 1; --layout messages keeps the turns apart`,
		convert.VLLM:     `prompts with earlier turns, written as blocks "role: content": 1; --layout messages keeps the turns apart`,
		convert.Chat:     "",
		convert.ShareGPT: "",
		convert.AIPerf:   "prompts with earlier turns, of which only those of the user were written: 1; the server under test answers them; --layout messages keeps all",
	} {
		_, report := run(t, src, convert.Options{Layout: layout})
		checkNotice(t, report, want)
	}
}

func TestRun_expectedOptionsOfNoUse(t *testing.T) {
	_, report := run(t, source(fixture("qa.parquet")), convert.Options{Format: convert.TXT, ExpectedExtract: extract})
	checkNotice(t, report, "what is written has no place for expected answers: --expected-column and --expected-extract do nothing")
}

func TestRun_errors(t *testing.T) {
	good := write(t, numbered(3))
	type text struct {
		Text string `parquet:"text"`
	}
	plain := write(t, []text{{"a"}})
	bad := write(t, append(numbered(9), pair("q", "a\xc3")))
	type odd struct {
		A string `parquet:"sentence1"`
		B string `parquet:"sentence2"`
	}
	unknown := write(t, []odd{{"first\x1b[0m", strings.Repeat("é", 100)}})
	for _, tt := range []struct {
		name string
		src  convert.Source
		o    convert.Options
		is   error
		want string
	}{
		{"no files", convert.Source{}, convert.Options{}, convert.ErrNoRows, "no prompts: no files to read"},
		{"no rows", source(write(t, []qa{})), convert.Options{}, convert.ErrNoRows, "no prompts: the input has no rows"},
		{"all dropped", source(write(t, []qa{{}, {}, pair(" ", ""), {new("q"), nil}, {}})), convert.Options{}, convert.ErrNoRows,
			"no prompts: every one of the 5 rows was dropped: 3 prompt is null, 1 expected is missing, 1 prompt is blank"},
		{"no expected", source(plain), convert.Options{}, convert.ErrNoExpected,
			"layout strict needs them, and R12: plain text: prompt <- text finds none; name their column with --expected-column, " +
				"or write prompts alone with --format txt, --layout guidellm or --layout vllm, or write empty ones with --allow-empty-expected"},
		{"no answers for sharegpt", source(plain), convert.Options{Layout: convert.ShareGPT}, convert.ErrNoExpected, "layout sharegpt needs them"},
		{"drift", source(good, plain), convert.Options{AllowEmptyExpected: true}, convert.ErrDrift,
			"maps as R7: questions and answers: prompt <- question, expected <- answer, but"},
		{"invalid UTF-8", source(bad), convert.Options{}, clean.ErrInvalidUTF8,
			"row 9: expected: invalid UTF-8: byte 0xc3 at offset 1; --invalid replace puts U+FFFD in the place of bad bytes, --invalid drop leaves such rows out"},
		{"unknown columns", source(unknown), convert.Options{}, mapping.ErrNoMapping,
			"\n  sentence1  string  \"first\\x1b[0m\"\n  sentence2  string  \"" + strings.Repeat("é", 60) + "\"..."},
		{"no such column", source(good), convert.Options{Mapping: mapping.Options{PromptColumn: "x"}}, mapping.ErrColumn,
			"--prompt-column: no column x; the columns are question, answer"},
		{"no such file", source("/does/not/exist"), convert.Options{}, os.ErrNotExist, "/does/not/exist: "},
		{"no parquet", source("run_test.go"), convert.Options{}, dataset.ErrUnreadable, "run_test.go: "},
		{"format", source(good), convert.Options{Format: "csv"}, convert.ErrOptions, `unknown format "csv": want one of jsonl, txt`},
		{"layout", source(good), convert.Options{Layout: "x"}, convert.ErrOptions, `unknown layout "x": want one of strict, messages, sharegpt, vllm, aiperf, guidellm`},
		{"newline", source(good), convert.Options{Newline: "x"}, convert.ErrOptions, `unknown newline "x": want one of space, escape, drop`},
		{"layout of txt", source(good), convert.Options{Format: convert.TXT, Layout: convert.VLLM}, convert.ErrOptions, "--layout vllm is a layout of jsonl; txt has none"},
		{"limit", source(good), convert.Options{Limit: -1}, convert.ErrOptions, "--limit -1: want 0 (no limit) or more"},
		{"check", source(good), convert.Options{Check: func([]byte, int, []jsontext.Span) error { return io.ErrNoProgress }}, convert.ErrLine, "line 1: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := convert.Run(t.Context(), tt.src, io.Discard, tt.o)
			if !errors.Is(err, tt.is) {
				t.Fatalf("got %v, want an error that is %v", err, tt.is)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %s\nwant it to contain %s", err, tt.want)
			}
		})
	}
}

func TestRun_rowErrorIsTyped(t *testing.T) {
	_, err := convert.Run(t.Context(), source(write(t, []qa{pair("q\xff", "a")})), io.Discard, convert.Options{})
	e, ok := errors.AsType[*convert.RowError](err)
	if !ok || e.Row != 0 || e.Part != "prompt" || filepath.Ext(e.File) != ".parquet" {
		t.Errorf("got %#v, want a RowError at the prompt of row 0", err)
	}
}

func TestRun_check(t *testing.T) {
	var lines [][]byte
	out, _ := run(t, source(write(t, numbered(5))), convert.Options{Check: func(text []byte, from int, _ []jsontext.Span) error {
		line := text[from:]
		lines = append(lines, bytes.Clone(line), []byte("\n"))
		return nil
	}})
	if got := bytes.Join(lines, nil); !bytes.Equal(got, out) {
		t.Errorf("checked %s, wrote %s", got, out)
	}
}

func TestRun_cancelled(t *testing.T) {
	why := errors.New("stopped by the user")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	_, err := convert.Run(ctx, source(write(t, numbered(5))), io.Discard, convert.Options{})
	if !errors.Is(err, why) {
		t.Errorf("got %v, want %v", err, why)
	}
}

// faultyWriter takes n bytes and then fails.
type faultyWriter struct{ n int }

var errFull = errors.New("disk full")

func (w *faultyWriter) Write(b []byte) (int, error) {
	n := min(len(b), w.n)
	w.n -= n
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}

func TestRun_writer(t *testing.T) {
	src := source(write(t, []qa{pair(strings.Repeat("long ", 100_000), "a"), pair("q", "a")}))
	for _, n := range []int{0, 100, 500_010} {
		if _, err := convert.Run(t.Context(), src, &faultyWriter{n}, convert.Options{}); !errors.Is(err, errFull) {
			t.Errorf("after %d bytes: got %v, want %v", n, err, errFull)
		}
	}
}

func TestRun_progress(t *testing.T) {
	var read, written int64
	run(t, source(write(t, numbered(8)), write(t, numbered(8))), convert.Options{Progress: func(r, w int64) {
		if r < read || w < written {
			t.Errorf("progress goes back from %d, %d to %d, %d", read, written, r, w)
		}
		read, written = r, w
	}})
	if read != 16 || written != 16 {
		t.Errorf("the last progress is %d read, %d written, want 16, 16", read, written)
	}
}
