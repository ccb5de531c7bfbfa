package mapping_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

// spec is what a rule promises: the names of the column with the prompt and the columns with the answer, the one that wins
// first.
type spec struct {
	rule    string
	kind    func(name string) []dataset.Field // of the prompt column
	names   []string
	before  string // of From: what comes before the prompt column's name
	after   string
	beside  []dataset.Field // columns that the rule needs too
	answers []answerColumn
	own     string // the answer that the prompt column has itself
	options mapping.Options
}

type answerColumn struct {
	fields   []dataset.Field
	expected string
}

func text(name string) []dataset.Field { return str(name) }

func answersOf(names ...string) (list []answerColumn) {
	for _, n := range names {
		list = append(list, answerColumn{str(n), n})
	}
	return list
}

func letterOf(names ...string) (list []answerColumn) {
	for _, n := range names {
		list = append(list, answerColumn{str(n), "the letter of " + n})
	}
	return list
}

var specs = []spec{
	{
		rule: "R1", kind: func(n string) []dataset.Field { return chat(n) }, own: "the assistant turn after it in ",
		names: []string{"messages", "conversations", "conversation", "chat", "dialog", "turns"},
	},
	{
		rule: "R2", kind: text, names: []string{"prompt"},
		answers: answersOf("completion", "response", "canonical_solution", "output", "answer", "reference", "chosen"),
	},
	{rule: "R3", kind: texts, names: []string{"turns"}, answers: []answerColumn{{texts("reference"), "reference[0]"}}},
	{rule: "R4", kind: text, names: []string{"instruction"}, answers: answersOf("output", "response", "completion", "answer")},
	{rule: "R4", kind: text, names: []string{"input", "context", "inputs"}, before: "instruction + ", beside: str("instruction")},
	{
		rule: "R5", kind: text, names: []string{"context", "passage", "support", "document"}, after: " + question", beside: str("question"),
		answers: []answerColumn{
			{group("answers", texts("text")), "answers.text[0]"},
			{group("answer", str("value")), "answer.value"},
			{texts("answers"), "answers[0]"},
			{str("answer"), "answer"},
			{str("correct_answer"), "correct_answer"},
		},
	},
	{
		rule: "R6", kind: text, names: []string{"question", "question_stem", "ctx"}, after: " + choices", beside: texts("choices"),
		answers: letterOf("answer", "answerKey", "label"),
	},
	{
		rule: "R7", kind: text, names: []string{"question", "problem", "query", "goal", "user", "human"},
		answers: append(append(answersOf("answer"), answerColumn{texts("answers"), "answers[0]"}),
			answersOf("best_answer", "solution", "response", "output")...),
	},
	{rule: "R8", kind: text, names: []string{"input", "inputs"}, answers: answersOf("target", "targets", "output", "label")},
	{rule: "R8", kind: text, names: []string{"source"}, answers: answersOf("target", "targets")},
	{rule: "R9", kind: text, names: []string{"chosen"}, beside: str("rejected"), own: "the rest of "},
	{rule: "R9", kind: func(n string) []dataset.Field { return chat(n) }, names: []string{"chosen"}, beside: chat("rejected"), own: "the assistant turn after it in "},
	{rule: "R10", kind: text, names: []string{"article", "document", "dialogue"}, answers: answersOf("highlights", "summary")},
	{
		rule: "R11", kind: func(n string) []dataset.Field { return group(n, str("de", "en")) }, names: []string{"translation"}, after: ".en",
		options: mapping.Options{From: "en", To: "de"}, own: "translation.de",
	},
	{rule: "R12", kind: text, names: []string{"text", "content", "raw_content", "body"}},
}

// TestRules_names: each name of a prompt column is known, however it is spelled, and wins over those after it.
func TestRules_names(t *testing.T) {
	for _, s := range specs {
		for i, name := range s.names {
			fields := slices.Clone(s.beside)
			for _, after := range s.names[i+1:] {
				fields = append(fields, s.kind(after)...)
			}
			if len(s.answers) > 0 {
				fields = append(fields, s.answers[0].fields...)
			}
			for _, spelled := range spellings(name) {
				if strings.TrimSpace(spelled) != spelled && s.rule == "R11" {
					continue // what the sample of From has is the plain name
				}
				all := append(s.kind(spelled), fields...)
				m, err := mapping.Choose(dataset.Schema{Fields: all}, s.options)
				if err != nil {
					t.Errorf("%s: %q: %v", s.rule, spelled, err)
				} else if want := s.before + spelled + s.after; m.Rule != s.rule || m.From != want {
					t.Errorf("%s: %q maps as %s: prompt <- %q, want %q", s.rule, spelled, m.Rule, m.From, want)
				}
			}
		}
	}
}

// spellings are ways to write a name that mean the same.
func spellings(name string) []string {
	list := []string{name, strings.ToUpper(name), " " + name + " ", strings.ToUpper(name[:1]) + name[1:]}
	if strings.Contains(name, "_") {
		list = append(list, strings.ReplaceAll(name, "_", " "), strings.ReplaceAll(name, "_", "-"))
	}
	return list
}

// TestRules_answers: each column of answers is known, and wins over those after it.
func TestRules_answers(t *testing.T) {
	for _, s := range specs {
		base := append(s.kind(s.names[0]), s.beside...)
		if len(s.answers) == 0 {
			want := s.own
			if s.own != "" && s.rule != "R11" {
				want += s.names[0]
			}
			checkExpected(t, s, base, want)
		}
		for i := range s.answers {
			fields := slices.Clone(base)
			for _, a := range s.answers[i:] {
				if !slices.ContainsFunc(fields, func(f dataset.Field) bool { return f.Name == a.fields[0].Name }) {
					fields = append(fields, a.fields...)
				}
			}
			checkExpected(t, s, fields, s.answers[i].expected)
		}
	}
}

func checkExpected(t *testing.T, s spec, fields []dataset.Field, want string) {
	t.Helper()
	m, err := mapping.Choose(dataset.Schema{Fields: fields}, s.options)
	if err != nil {
		t.Errorf("%s: %v", s.rule, err)
	} else if m.Rule != s.rule || m.Expected != want {
		t.Errorf("%s: maps as %s: expected <- %q, want %q", s.rule, m.Rule, m.Expected, want)
	}
}

// TestRules_order: what two rules know goes to the one that stands first, and the other is named.
func TestRules_order(t *testing.T) {
	order := []struct {
		rule   string
		fields []dataset.Field
	}{
		{"R1", chat("messages")}, {"R2", str("prompt")}, {"R3", texts("turns")}, {"R4", str("instruction")},
		{"R6", append(str("question"), texts("choices")...)}, {"R7", str("problem")}, {"R8", str("input", "target")},
		{"R9", str("chosen", "rejected")}, {"R10", str("article", "summary")}, {"R12", str("text")},
	}
	for i, first := range order {
		for _, second := range order[i+1:] {
			m, err := mapping.Choose(schema(first.fields, second.fields), mapping.Options{})
			switch {
			case first.rule == "R4" && second.rule == "R8", first.rule == "R6" && second.rule == "R10", first.rule == "R6" && second.rule == "R7":
				continue // an input belongs to its instruction, an article to its question; R7 takes that question too
			case err != nil:
				t.Errorf("%s and %s: %v", first.rule, second.rule, err)
			case m.Rule != first.rule:
				t.Errorf("%s and %s: %s is chosen", first.rule, second.rule, m.Rule)
			case !strings.Contains(strings.Join(m.Notices, "\n"), "rule "+second.rule+") was possible too"):
				t.Errorf("%s and %s: the notices are %q", first.rule, second.rule, m.Notices)
			}
		}
	}
}

// TestRules_roles: every name of a role means its role.
func TestRules_roles(t *testing.T) {
	type row struct {
		Messages []message `parquet:"messages,list"`
	}
	var rows []row
	var want []result
	for role, names := range map[string][]string{
		"user": {"user", "human", "prompter", "USER", " Human "}, "assistant": {"assistant", "gpt", "bot", "model", "chatgpt", "function_call"},
		"system": {"system"}, "tool": {"tool", "observation", "function"},
	} {
		for _, name := range names {
			rows = append(rows, row{[]message{say(name, "x"), say("user", "q"), say("assistant", "a")}})
			want = append(want, result{Prompt: role + ": x|user: q", Answer: "a"})
		}
	}
	check(t, write(t, rows), mapping.Options{}, "R1", want...)
}

// TestRules_chatFields: a message is known by the names of its fields, in any order.
func TestRules_chatFields(t *testing.T) {
	for _, role := range []string{"role", "from", "speaker"} {
		for _, content := range []string{"content", "value", "text"} {
			for _, fields := range [][]string{{role, content}, {content, role}, {"weight", strings.ToUpper(content), strings.ToUpper(role)}} {
				if m, err := mapping.Choose(schema(chat("messages", fields...)), mapping.Options{}); err != nil || m.Rule != "R1" {
					t.Errorf("%q: %v, %v; want R1", fields, m, err)
				}
			}
		}
	}
}
