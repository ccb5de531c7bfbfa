package convert_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

// corpus returns the path of a file of real data, which lives outside the repository.
func corpus(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("PROMPTMILL_CORPUS")
	if dir == "" {
		t.Skip("PROMPTMILL_CORPUS is not set: it names the folder with the real datasets")
	}
	return filepath.Join(dir, name)
}

func source(paths ...string) convert.Source {
	var s convert.Source
	for _, p := range paths {
		s.Files = append(s.Files, convert.SourceFile{Path: p, Name: filepath.Base(p)})
	}
	return s
}

// run converts files and checks what holds for every conversion.
func run(t *testing.T, src convert.Source, o convert.Options) ([]byte, *convert.Report) {
	t.Helper()
	var out bytes.Buffer
	report, err := convert.Run(t.Context(), src, &out, o)
	if err != nil {
		t.Fatal(err)
	}
	checkReport(t, out.Bytes(), report)
	return out.Bytes(), report
}

// decode reads JSONL into values of T, refusing keys that T has not.
func decode[T any](t *testing.T, data []byte) []T {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var all []T
	for {
		var v T
		if err := d.Decode(&v); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
}

type strictLine struct{ Prompt, Expected string }

func gsm8kOracle(t *testing.T) (want []strictLine) {
	t.Helper()
	f, err := os.Open(corpus(t, "gsm8k/test.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var row struct{ Question, Answer string }
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		want = append(want, strictLine{row.Question, row.Answer})
	}
	return want
}

// TestCorpus_gsm8k compares a whole dataset with the same rows as their authors publish them as JSONL.
func TestCorpus_gsm8k(t *testing.T) {
	src := source(corpus(t, "gsm8k/test.parquet"))
	out, report := run(t, src, convert.Options{})
	want := gsm8kOracle(t)
	if len(want) != 1319 {
		t.Fatalf("the oracle has %d rows, want 1319", len(want))
	}
	if diff := cmp.Diff(want, decode[strictLine](t, out)); diff != "" {
		t.Errorf("rows (-oracle +converted):\n%s", diff)
	}
	if m := report.Manifest.Mapping; m.Rule != "R7" || m.Prompt != "question" || m.Expected != "answer" {
		t.Errorf("mapping %+v, want R7, question, answer", m)
	}

	short, _ := run(t, src, convert.Options{ExpectedExtract: regexp.MustCompile(`#### (.*)`)})
	for i, line := range decode[strictLine](t, short) {
		_, tail, _ := strings.Cut(want[i].Expected, "#### ")
		if line.Expected != tail || line.Prompt != want[i].Prompt {
			t.Fatalf("row %d: got %+v, want the prompt and %q", i, line, tail)
		}
	}

	txt, _ := run(t, src, convert.Options{Format: convert.TXT})
	lines := strings.Split(strings.TrimSuffix(string(txt), "\n"), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines of txt, want %d", len(lines), len(want))
	}
	for i, l := range lines {
		if w := strings.Join(strings.FieldsFunc(want[i].Prompt, func(r rune) bool { return r == '\n' }), " "); l != w {
			t.Fatalf("line %d: got %q, want %q", i, l, w)
		}
	}
}

// TestCorpus_verl: a prompt column that holds a conversation, the answer in a struct beside it.
func TestCorpus_verl(t *testing.T) {
	want := gsm8kOracle(t)
	for _, tt := range []struct {
		name          string
		o             convert.Options
		system, after string
	}{{name: "strict"}, {name: "messages", o: convert.Options{Layout: convert.Chat}}} {
		t.Run(tt.name, func(t *testing.T) {
			out, report := run(t, source(corpus(t, "verl/gsm8k-test.parquet")), tt.o)
			if m := report.Manifest.Mapping; m.Prompt != "prompt" || m.Expected != "reward_model.ground_truth" {
				t.Errorf("mapping %+v, want prompt and reward_model.ground_truth", m)
			}
			type line struct {
				Prompt   string
				Messages []struct{ Role, Content string }
				Expected string
			}
			lines := decode[line](t, out)
			if len(lines) != len(want) {
				t.Fatalf("%d lines, want %d", len(lines), len(want))
			}
			for i, l := range lines {
				_, tail, _ := strings.Cut(want[i].Expected, "#### ")
				if l.Expected != strings.ReplaceAll(tail, ",", "") {
					t.Fatalf("row %d: expected %q, want %q", i, l.Expected, tail)
				}
				asked := l.Prompt
				if l.Messages != nil {
					asked = l.Messages[len(l.Messages)-1].Content
				}
				if !strings.Contains(asked, want[i].Prompt) {
					t.Fatalf("row %d: prompt %q does not contain %q", i, asked, want[i].Prompt)
				}
			}
		})
	}
}

// TestCorpus_badData: a corrupt file is an error, and no row of it is lost without one.
func TestCorpus_badData(t *testing.T) {
	files, err := filepath.Glob(corpus(t, "parquet-testing/bad_data/*.parquet"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			_, err := convert.Run(t.Context(), source(f), io.Discard, convert.Options{Format: convert.TXT})
			if !errors.Is(err, dataset.ErrCorrupt) && !errors.Is(err, dataset.ErrUnreadable) && !errors.Is(err, mapping.ErrNoMapping) {
				t.Errorf("got %v, want an error about the file or its columns", err)
			}
		})
	}
}
