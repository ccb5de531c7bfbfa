package mapping_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

// lines makes a JSONL file.
func lines(t *testing.T, list ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.jsonl")
	if err := os.WriteFile(path, []byte(strings.Join(list, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// choose maps a JSONL file.
func choose(t *testing.T, o mapping.Options, list ...string) (*mapping.Mapping, error) {
	t.Helper()
	f, err := dataset.OpenTable(t.Context(), lines(t, list...), dataset.TableOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return mapping.Choose(f.Schema(), o)
}

// TestChoose_unreadable: a column that is the prompt by its name, and cannot be read, gives its place to no other.
func TestChoose_unreadable(t *testing.T) {
	for why, list := range map[string][]string{
		"prompt should be the prompt by its name, and is a json":              {`{"prompt":"a","answer":"x"}`, `{"prompt":["b"],"answer":"x"}`},
		"messages should be the prompt by its name, and is a json":            {`{"messages":"a","tools":"x"}`, `{"messages":[1],"tools":"x"}`},
		"question should be the prompt by its name, and is null in every row": {`{"question":null,"answer":"x"}`},
	} {
		_, err := choose(t, mapping.Options{PromptOnly: true}, list...)
		if none, ok := errors.AsType[*mapping.NoMappingError](err); !ok || !strings.HasPrefix(none.Why, why) {
			t.Errorf("%v: want %s", err, why)
		}
	}
	json := func(name string) dataset.Field { return scalar(dataset.String, "json", name)[0] }
	for _, s := range []dataset.Schema{schema([]dataset.Field{json("messages")}), schema(list("messages", json("")), []dataset.Field{json("tools")}), schema([]dataset.Field{json("tools")})} {
		if m, err := mapping.Choose(s, mapping.Options{}); !errors.Is(err, mapping.ErrNoMapping) {
			t.Errorf("%s: %v, %v; want ErrNoMapping", s, m, err)
		}
	}
	m, err := choose(t, mapping.Options{PromptOnly: true}, `{"turns":3,"poem":"x"}`) // a number of turns
	if err != nil || m.From != "poem" {
		t.Errorf("%v, %v; want poem", m, err)
	}
}

// TestPrompt_contentMixed: the content of a message is text in one and parts in another.
func TestPrompt_contentMixed(t *testing.T) {
	check(t, lines(t,
		`{"messages":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"text","text":"[you]"}]},{"role":"assistant","content":"yo"}]}`,
		`{"messages":[{"role":"user","content":"[\"a\"]"},{"role":"assistant","content":[{"type":"text","text":"yo"}]}]}`,
		`{"messages":[{"role":"user","content":[{"type":"image"}]},{"role":"assistant","content":"yo"}]}`,
		`{"messages":[{"role":"user","content":{"text":"hi"}},{"role":"assistant","content":"yo"}]}`,
	), mapping.Options{}, "R1",
		result{Prompt: "user: hi\n[you]", Answer: "yo"},
		result{Prompt: `user: ["a"]`, Answer: "yo"},
		result{Drop: "conversation has a part that is not text"},
		result{Drop: "conversation has a part that is not text"})
}

// TestPrompt_callsTools: what is lost of a conversation with tools is told.
func TestPrompt_callsTools(t *testing.T) {
	for line, want := range map[string]bool{
		`{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}`:                                            false,
		`{"messages":[{"role":"user","content":"q","tool_calls":[]},{"role":"assistant","content":"a","tool_calls":null}]}`:          false,
		`{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"","tool_calls":[{"id":"c"}]}]}`:                   true,
		`{"messages":[{"role":"user","content":"q"},{"role":"tool","content":"","tool_call_id":"c"},{"role":"user","content":"q"}]}`: true,
		`{"conversations":[{"from":"human","value":"u"},{"from":"function_call","value":"{}"}]}`:                                     true,
	} {
		f, err := dataset.OpenTable(t.Context(), lines(t, line), dataset.TableOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		m, err := mapping.Choose(f.Schema(), mapping.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for b, err := range f.Batches(t.Context(), m.Columns()) {
			var p mapping.Prompt
			if drop := m.Prompt(b, 0, &p); err != nil || drop != "" || p.CallsTools != want {
				t.Errorf("%s: calls tools: %t, want %t; %q, %v", line, p.CallsTools, want, drop, err)
			}
		}
	}
}

// TestChoose_told: what else a rule could have read, and what nothing reads, is told.
func TestChoose_told(t *testing.T) {
	for line, want := range map[string]string{
		`{"question":"q","problem":"p","query":"r","answer":"x"}`:                              "prompt <- question; problem, query were possible too: --prompt-column chooses",
		`{"messages":[{"role":"user","content":"q"}],"chat":[{"role":"user","content":"q"}]}`:  "prompt <- messages; chat was possible too: --prompt-column chooses",
		`{"system_prompt":"a","system":"b","question":"q","answer":"x"}`:                       "system <- system_prompt; system was possible too: --system-column chooses",
		`{"messages":[{"role":"user","content":"q"}],"tools":[{"a":1}]}`:                       "tools are not part of the prompt: nothing reads tools",
		`{"question":"q","options":"[1]","answer":"y"}`:                                        "choices are not part of the prompt: nothing reads options",
		`{"context":"c","question":"q","answerA":"x","answerB":"y","answerC":"z","label":"1"}`: "choices are not part of the prompt: nothing reads answerA, answerB, answerC",
	} {
		m, err := choose(t, mapping.Options{}, line)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(m.Notices, "\n"); !strings.Contains(got, want) {
			t.Errorf("%s: the notices are %q, want %s", line, got, want)
		}
	}
}

// TestChoose_systemOfChat: a conversation's own system message comes before the one of a column, and so it is said.
func TestChoose_systemOfChat(t *testing.T) {
	m, err := choose(t, mapping.Options{}, `{"system":"S","messages":[{"role":"system","content":"T"},{"role":"user","content":"q"}]}`)
	if want := "the system turn of messages, else system"; err != nil || m.SystemFrom != want {
		t.Errorf("%v, %v; want system <- %s", m, err, want)
	}
}

// TestPrompt_choicesByLetter: choices in a struct of letters, and a premise that they are about.
func TestPrompt_choicesByLetter(t *testing.T) {
	check(t, lines(t, `{"question":"q","options":{"A":"x","B":"y"},"answer":"y"}`, `{"question":"q","options":{"A":"x","B":"y"},"answer":"A"}`),
		mapping.Options{}, "R6", result{Prompt: "user: q\nA. x\nB. y", Answer: "B"}, result{Prompt: "user: q\nA. x\nB. y", Answer: "A"})
	check(t, lines(t, `{"premise":"p","question":"cause","choice1":"x","choice2":"y","label":1}`),
		mapping.Options{}, "R6", result{Prompt: "user: p\n\ncause\nA. x\nB. y", Answer: "B"})
}

// TestPrompt_choiceAmbiguous: nobody guesses between the number of a choice and the text of another.
func TestPrompt_choiceAmbiguous(t *testing.T) {
	check(t, lines(t, `{"question":"q","choices":["5","1","0"],"answer":"0"}`, `{"question":"q","choices":["5","1","0"],"answer":"1"}`,
		`{"question":"q","choices":["5","1","0"],"answer":"5"}`), mapping.Options{}, "R6",
		result{Drop: "answer is the number of one choice and the text of another"},
		result{Prompt: "user: q\nA. 5\nB. 1\nC. 0", Answer: "B"},
		result{Prompt: "user: q\nA. 5\nB. 1\nC. 0", Answer: "A"})
}

// TestPrompt_truthMixed: true is yes beside values that are no text either. Beside text alone it is text already.
func TestPrompt_truthMixed(t *testing.T) {
	check(t, lines(t, `{"question":"q","answer":true}`, `{"question":"q","answer":["x"]}`, `{"question":"q","answer":"true"}`), mapping.Options{}, "R7",
		result{Prompt: "user: q", Answer: "yes"}, result{Prompt: "user: q", Answer: `["x"]`}, result{Prompt: "user: q", Answer: "true"})
}

// TestPrompt_turnsWithoutRole: in a column of turns, who has no role is the user.
func TestPrompt_turnsWithoutRole(t *testing.T) {
	check(t, lines(t, `{"turns":[{"role":"system","text":"S"},{"text":"Q"}]}`), mapping.Options{}, "R1", result{Prompt: "system: S|user: Q", Answer: "-"})
	check(t, lines(t, `{"messages":[{"role":"system","text":"S"},{"text":"Q"}]}`), mapping.Options{}, "R1", result{Drop: "conversation has no user turn"})
}

// TestChoose_noLater: turns that have no place are refused.
func TestChoose_noLater(t *testing.T) {
	_, err := choose(t, mapping.Options{Turns: mapping.AllTurns, NoLater: true}, `{"turns":["a","b"]}`)
	if !errors.Is(err, mapping.ErrColumn) {
		t.Errorf("%v, want an ErrColumn", err)
	}
}

// TestPrompt_templateNulls: an else has something to say of a null.
func TestPrompt_templateNulls(t *testing.T) {
	check(t, lines(t, `{"s":"x"}`, `{"s":null}`), mapping.Options{PromptTemplate: `{{if .s}}{{.s}}{{else}}none{{end}}`}, "template",
		result{Prompt: "user: x", Answer: "-"}, result{Prompt: "user: none", Answer: "-"})
}

// TestPrompt_templateNullObject: an object that is null is false, and its fields are nothing.
func TestPrompt_templateNullObject(t *testing.T) {
	path := lines(t, `{"q":"x","a":{"b":"y"}}`, `{"q":"x","a":null}`)
	for template, want := range map[string][2]string{
		`{{.q}}{{if .a}}1{{else}}0{{end}}`:                {"x1", "x0"},
		`{{.q}}{{if not .a}}1{{else}}0{{end}}`:            {"x0", "x1"},
		`{{.q}}{{if and .q .a}}1{{end}}`:                  {"x1", "x"},
		`{{.q}}{{with .a}}{{.b}}{{end}}`:                  {"xy", "x"},
		`{{.q}}{{with $v := .a}}{{$v.b}}{{end}}`:          {"xy", "x"},
		`{{.q}}{{range $k, $v := .a}}{{$k}}{{$v}}{{end}}`: {"xby", "x"},
		`{{.q}}{{.a.b}}{{if $.a}}1{{end}}`:                {"xy1", "x"},
	} {
		check(t, path, mapping.Options{PromptTemplate: template}, "template",
			result{Prompt: "user: " + want[0], Answer: "-"}, result{Prompt: "user: " + want[1], Answer: "-"})
	}
}

// TestPrompt_templateFormat: what printf complains of is no prompt; what rows have in them is.
func TestPrompt_templateFormat(t *testing.T) {
	path := lines(t, `{"q":"50%!","n":7,"l":["%!d"]}`)
	for template, want := range map[string]result{
		`{{printf "%d" .q}}`:                         {Drop: "--prompt-template fails on the row: its printf does not fit the values"},
		`{{printf "%d" .l}}`:                         {Drop: "--prompt-template fails on the row: its printf does not fit the values"},
		`{{printf "%s"}}{{.q}}`:                      {Drop: "--prompt-template fails on the row: its printf does not fit the values"},
		`{{printf "%s|%v|%03d|%q|%%!" .q .l .n .q}}`: {Prompt: `user: 50%!|["%!d"]|007|"50%!"|%!`, Answer: "-"},
	} {
		check(t, path, mapping.Options{PromptTemplate: template}, "template", want)
	}
}

// TestPrompt_bytes: bytes that the user names are the answer.
func TestPrompt_bytes(t *testing.T) {
	type row struct {
		Question string `parquet:"question"`
		Blob     []byte `parquet:"blob"`
	}
	check(t, write(t, []row{{"q", []byte("a")}}), mapping.Options{ExpectedColumn: "blob"}, "R7", result{Prompt: "user: q", Answer: "a"})
}
