package mapping_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

// names are what the rules look for, and what they must not stumble over.
var names = []string{
	"messages", "conversations", "role", "from", "content", "value", "text", "question", "answer", "answers", "choices", "label",
	"options", "prompt", "chosen", "rejected", "instruction", "input", "output", "context", "translation", "en", "de", "turns",
	"reference", "system", "system_prompt", "id", "premise", "hypothesis", "A", "B", "ending0", "ending1", "problem", "solution",
	"ground_truth", "reward_model", "extra_info", "a.b", "", "\x1b[31m", "Prompt",
}

var words = []string{"user", "assistant", "system", "tool", "human", "gpt", "A", "2", "x y", "", " ", "#### 7", "日本", "\u202e", "\x00"}

// rowMaker makes values of a few bytes: any bytes give some rows, and a byte changed changes a part of them.
type rowMaker struct{ b []byte }

func (m *rowMaker) next(n int) int {
	if len(m.b) == 0 {
		return 0
	}
	k := int(m.b[0])
	m.b = m.b[1:]
	return k % n
}

func (m *rowMaker) value(depth int) any {
	kind := m.next(8)
	if depth > 3 {
		kind %= 4
	}
	switch kind {
	case 0:
		return nil
	case 1:
		return m.next(9) - 1
	case 2, 3, 4:
		return words[m.next(len(words))]
	case 5:
		return m.next(2) == 0
	case 6:
		list := make([]any, m.next(4))
		for i := range list {
			list[i] = m.value(depth + 1)
		}
		return list
	}
	return m.object(depth + 1)
}

func (m *rowMaker) object(depth int) map[string]any {
	o := map[string]any{}
	for range 1 + m.next(4) {
		o[names[m.next(len(names))]] = m.value(depth)
	}
	return o
}

// rows returns some rows, the later ones mostly of the first one's making.
func (m *rowMaker) rows() []byte {
	var out []byte
	first := m.object(0)
	for i := range 1 + m.next(4) {
		row := first
		if i > 0 {
			row = m.object(0)
		}
		line, err := json.Marshal(row)
		if err != nil {
			panic(err)
		}
		out = append(append(out, line...), '\n')
	}
	return out
}

// FuzzChoose: whatever the columns, options and rows, a mapping is refused with its own errors or reads every row to the
// end: the same each time, a prompt with text or a reason, and words that are fit for a terminal.
func FuzzChoose(f *testing.F) {
	f.Add([]byte{0, 6, 2, 7, 1, 2, 2, 4, 0}, uint16(0), "", "")
	f.Add([]byte{7, 2, 1, 8, 2, 3, 10, 6, 3, 2, 1}, uint16(0x101), "question", "{{.question}}")
	f.Add([]byte{23, 6, 3, 2, 1, 2, 3, 2, 4}, uint16(2), "turns[-1]", "{{range .turns}}{{.}}{{end}}")
	f.Add([]byte{1, 7, 2, 3, 6, 2, 2, 0}, uint16(3), "conversations[0].value", "")
	path := filepath.Join(f.TempDir(), "rows.jsonl")
	f.Fuzz(func(t *testing.T, b []byte, bits uint16, column, template string) {
		maker := &rowMaker{b}
		if err := os.WriteFile(path, maker.rows(), 0o600); err != nil {
			t.Fatal(err)
		}
		table, err := dataset.OpenTable(t.Context(), path, dataset.TableOptions{Format: dataset.JSONL})
		if err != nil {
			t.Fatal(err)
		}
		defer table.Close()
		m, err := mapping.Choose(table.Schema(), optionsOf(bits, column, template))
		if err != nil {
			if !errors.Is(err, mapping.ErrColumn) && !errors.Is(err, mapping.ErrNoMapping) {
				t.Fatalf("neither an ErrColumn nor an ErrNoMapping: %v", err)
			}
			return
		}
		checkWords(t, m)
		if diff := cmp.Diff(promptsOf(t, table, m), promptsOf(t, table, m)); diff != "" {
			t.Fatalf("%s: not the same again:\n%s", m, diff)
		}
	})
}

func optionsOf(bits uint16, column, template string) mapping.Options {
	o := mapping.Options{
		Turns:     []mapping.Turns{mapping.TurnsByRule, mapping.FirstTurn, mapping.AllTurns, mapping.EachTurn}[bits%4],
		NoContext: bits>>2&1 != 0, PromptOnly: bits>>3&1 != 0, AnswerOptional: bits>>4&1 != 0,
	}
	if n := bits >> 5 % 16; n > 0 && n < 13 {
		o.Rule = "R" + strconv.Itoa(int(n))
	}
	switch bits >> 9 % 4 {
	case 1:
		o.PromptColumn = column
	case 2:
		o.PromptTemplate = template
	case 3:
		o.ExpectedColumn = column
	}
	if bits>>11&1 != 0 {
		o.SystemColumn = column
	}
	if bits>>12&1 != 0 && o.ExpectedColumn == "" {
		o.ExpectedTemplate = template
	}
	return o
}

// checkWords holds that what a mapping says of itself cannot move a terminal's cursor.
func checkWords(t *testing.T, m *mapping.Mapping) {
	t.Helper()
	for _, s := range slices.Concat(m.Notices, []string{m.String()}) {
		if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("not fit for a terminal: %q", s)
		}
	}
}

// promptsOf reads every row.
func promptsOf(t *testing.T, table dataset.Table, m *mapping.Mapping) (out []result) {
	t.Helper()
	var p mapping.Prompt
	rows := int64(0)
	for b, err := range table.Batches(t.Context(), m.Columns()) {
		if err != nil {
			t.Fatalf("%s: %v", m, err)
		}
		for row := range b.NumRows() {
			n := m.Prompts(b, row)
			if n < 1 {
				t.Fatalf("%s: row %d gives %d prompts", m, row, n)
			}
			for turn := range n {
				drop := m.Turn(b, row, turn, &p)
				if drop == "" && len(p.Messages) == 0 {
					t.Fatalf("%s: row %d is neither dropped nor a prompt", m, row)
				}
				out = append(out, resultOf(&p, drop))
			}
			rows++
		}
	}
	if rows != table.NumRows() {
		t.Fatalf("%s: %d of %d rows", m, rows, table.NumRows())
	}
	return out
}

// FuzzFill: a template is refused, fills, or says that it cannot. What it gives is bounded by the row and the template,
// unless that asks for more by padding or by ranges in ranges.
func FuzzFill(f *testing.F) {
	for _, s := range []string{"{{.a}}", "{{range .l}}{{.}}{{end}}", `{{print .n}}`, `{{index .l 1}}`, `{{.m.x}}`, `{{len .a}}`, `{{json .m}}`,
		`{{define "t"}}{{template "t" .}}{{end}}{{template "t" .}}{{.a}}`, `{{range $i, $e := .l}}{{$i}}{{end}}`} {
		f.Add(s)
	}
	path := filepath.Join(f.TempDir(), "rows.jsonl")
	row := []byte(`{"a":"text \u202e","l":["1","2",null],"m":{"x":{"y":1}},"n":7}` + "\n" + `{"a":null,"l":null,"m":null,"n":null}` + "\n")
	if err := os.WriteFile(path, bytes.Clone(row), 0o600); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || strings.Contains(text, "%") || strings.Count(text, "range") > 3 {
			return
		}
		table, err := dataset.OpenTable(t.Context(), path, dataset.TableOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer table.Close()
		m, err := mapping.Choose(table.Schema(), mapping.Options{PromptTemplate: text})
		if err != nil {
			return
		}
		for _, r := range promptsOf(t, table, m) {
			if len(r.Prompt) > 1<<20 {
				t.Errorf("%d bytes of a row of %d by a template of %d", len(r.Prompt), len(row), len(text))
			}
		}
	})
}
