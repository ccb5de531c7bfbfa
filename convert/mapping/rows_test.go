package mapping_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

// result is what a row gives: a prompt, or a reason for none.
type result struct {
	Prompt string // messages as "role: content", later turns as "then: content", a bar between them
	Answer string // "-" when there is none
	Drop   string
}

// write makes a parquet file of rows.
func write[T any](t *testing.T, rows []T, options ...parquet.WriterOption) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.parquet")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := parquet.Write(f, rows, options...); err != nil {
		t.Fatal(err)
	}
	return path
}

// read maps every prompt of every row of a file.
func read(t *testing.T, path string, o mapping.Options) (rule string, results []result) {
	t.Helper()
	f, err := dataset.OpenTable(t.Context(), path, dataset.TableOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := mapping.Choose(f.Schema(), o)
	if err != nil {
		t.Fatal(err)
	}
	var p mapping.Prompt
	for b, err := range f.Batches(t.Context(), m.Columns()) {
		if err != nil {
			t.Fatal(err)
		}
		for row := range b.NumRows() {
			for turn := range m.Prompts(b, row) {
				drop := m.Turn(b, row, turn, &p)
				results = append(results, resultOf(&p, drop))
			}
		}
	}
	return m.Rule, results
}

func resultOf(p *mapping.Prompt, drop string) result {
	if drop != "" {
		return result{Drop: drop}
	}
	var parts []string
	for _, m := range p.Messages {
		parts = append(parts, string(m.Role)+": "+m.Content)
	}
	for _, s := range p.Later {
		parts = append(parts, "then: "+s)
	}
	r := result{Prompt: strings.Join(parts, "|"), Answer: "-"}
	if p.HasExpected {
		r.Answer = strings.Clone(p.Expected)
	}
	return r
}

func check(t *testing.T, path string, o mapping.Options, rule string, want ...result) {
	t.Helper()
	gotRule, got := read(t, path, o)
	if gotRule != rule {
		t.Errorf("rule %s, want %s", gotRule, rule)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestPrompt_turns(t *testing.T) {
	type row struct {
		Turns     []string `parquet:"turns,list"`
		Reference []string `parquet:"reference,list"`
	}
	check(t, write(t, []row{{[]string{"one", "two", "three"}, []string{"r1", "r2"}}, {[]string{"one"}, nil}, {}}), mapping.Options{}, "R3",
		result{Prompt: "user: one|then: two|then: three", Answer: "r1"},
		result{Prompt: "user: one", Answer: "-"},
		result{Drop: "prompt is null"})
}

func TestPrompt_joined(t *testing.T) {
	t.Run("instruction", func(t *testing.T) {
		type row struct {
			Instruction *string `parquet:"instruction,optional"`
			Input       *string `parquet:"input,optional"`
			Output      *string `parquet:"output,optional"`
		}
		check(t, write(t, []row{
			{new("do"), new("this"), new("done")}, {new("do"), new(" \n"), new("")}, {new("do"), nil, nil}, {nil, new("this"), new("done")},
		}), mapping.Options{}, "R4",
			result{Prompt: "user: do\n\nthis", Answer: "done"},
			result{Prompt: "user: do", Answer: ""},
			result{Prompt: "user: do", Answer: "-"},
			result{Drop: "prompt is null"})
	})
	t.Run("passage", func(t *testing.T) {
		type answers struct {
			Text []string `parquet:"text,list"`
		}
		type row struct {
			Context  string  `parquet:"context"`
			Question string  `parquet:"question"`
			Answers  answers `parquet:"answers"`
		}
		path := write(t, []row{{"c", "q", answers{[]string{"a", "b"}}}, {"", "q", answers{}}})
		check(t, path, mapping.Options{}, "R5", result{Prompt: "user: c\n\nq", Answer: "a"}, result{Prompt: "user: q", Answer: "-"})
		check(t, path, mapping.Options{NoContext: true}, "R5", result{Prompt: "user: q", Answer: "a"}, result{Prompt: "user: q", Answer: "-"})
		check(t, path, mapping.Options{ExpectedColumn: "answers.text[-1]"}, "R5",
			result{Prompt: "user: c\n\nq", Answer: "b"}, result{Prompt: "user: q", Answer: "-"})
	})
	t.Run("truth", func(t *testing.T) {
		type row struct {
			Question string `parquet:"question"`
			Answer   bool   `parquet:"answer"`
		}
		check(t, write(t, []row{{"q", true}, {"q", false}}), mapping.Options{}, "R7",
			result{Prompt: "user: q", Answer: "yes"}, result{Prompt: "user: q", Answer: "no"})
	})
	t.Run("number", func(t *testing.T) {
		type row struct {
			Problem string `parquet:"problem"`
			Answer  int64  `parquet:"answer"`
		}
		check(t, write(t, []row{{"p", 9007199254740993}}), mapping.Options{}, "R7", result{Prompt: "user: p", Answer: "9007199254740993"})
	})
}

func TestPrompt_classNames(t *testing.T) {
	type row struct {
		Input string `parquet:"input"`
		Label int64  `parquet:"label"`
	}
	features := `{"info":{"features":{"input":{"dtype":"string","_type":"Value"},"label":{"names":["neg","pos"],"_type":"ClassLabel"}}}}`
	rows := []row{{"a", 0}, {"b", 1}, {"c", -1}, {"d", 2}}
	check(t, write(t, rows, parquet.KeyValueMetadata("huggingface", features)), mapping.Options{}, "R8",
		result{Prompt: "user: a", Answer: "neg"},
		result{Prompt: "user: b", Answer: "pos"},
		result{Prompt: "user: c", Answer: "-"},
		result{Prompt: "user: d", Answer: "-"})
	check(t, write(t, rows[:1]), mapping.Options{}, "R8", result{Prompt: "user: a", Answer: "-"})
}

// TestPrompt_paths reads through lists, structs and maps, from the front and from the back, under names that need quotes.
func TestPrompt_paths(t *testing.T) {
	type part struct {
		Text []string `parquet:"the text,list"`
	}
	type row struct {
		Odd   map[string]string `parquet:"a.b"`
		Parts []part            `parquet:"parts[0],list"`
	}
	path := write(t, []row{{map[string]string{`k"1`: "value"}, []part{{[]string{"x"}}, {[]string{"y", "z"}}}}, {nil, []part{{}}}})
	for prompt, want := range map[string]result{
		`"a.b"."k""1"`:                {Prompt: "user: value", Answer: "-"},
		`"parts[0]"[0].the text[0]`:   {Prompt: "user: x", Answer: "-"},
		`"parts[0]"[-1].the text[-1]`: {Prompt: "user: z", Answer: "-"},
		`"parts[0]"[1].THE-TEXT[-2]`:  {Prompt: "user: y", Answer: "-"},
		`"parts[0]"[-3].the text[0]`:  {Drop: "prompt is null"},
		`"parts[0]"[0].the text[7]`:   {Drop: "prompt is null"},
	} {
		check(t, path, mapping.Options{PromptColumn: prompt}, "columns", want, result{Drop: "prompt is null"})
	}
}

func TestPrompt_mapByKey(t *testing.T) {
	type row struct {
		Text map[string]string `parquet:"text"`
		Lang string            `parquet:"lang"`
	}
	check(t, write(t, []row{{map[string]string{"de": "Hallo", "en": "hello"}, "x"}, {map[string]string{"de": "ja"}, "x"}}),
		mapping.Options{PromptColumn: "text.en", ExpectedColumn: "text.de"}, "columns",
		result{Prompt: "user: hello", Answer: "Hallo"},
		result{Drop: "prompt is null"})
}
