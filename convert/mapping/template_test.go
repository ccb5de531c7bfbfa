package mapping_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

type templateRow struct {
	Context *string  `parquet:"context,optional"`
	Q       string   `parquet:"Correct Question"`
	N       *int64   `parquet:"n,optional"`
	X       float64  `parquet:"x"`
	Choices []string `parquet:"choices,list"`
	Answers struct {
		Text []string `parquet:"text,list"`
	} `parquet:"answers"`
	Tags map[string]string `parquet:"tags"`
}

func templateRows() []templateRow {
	context, n := "some {{.context}} </b> text", int64(3)
	a := templateRow{Context: &context, Q: "why?", N: &n, X: 1e6, Choices: []string{"one", "{{template}}"}, Tags: map[string]string{"k": "v"}}
	a.Answers.Text = []string{"because", "so"}
	return []templateRow{a, {Q: "what?", Choices: nil}}
}

func TestPrompt_template(t *testing.T) {
	path := write(t, templateRows())
	for _, tt := range []struct {
		prompt, expected string
		want             []result
	}{
		{`{{.context}}\n\n{{index . "Correct Question"}}`, "", []result{
			{"user: some {{.context}} </b> text\n\nwhy?", "because", ""}, {"user: \n\nwhat?", "-", ""}}},
		{`{{if .context}}{{.context}}: {{end}}{{$.n}} \t \\n \frac`, "", []result{
			{"user: some {{.context}} </b> text: 3 \t \\n \\frac", "because", ""}, {"", "", "prompt is null"}}},
		{`{{range $i, $c := .choices}}{{$i}}. {{$c}}\n{{else}}none {{.x}}{{end}}`, `{{index .answers.text 0}}`, []result{
			{"user: 0. one\n1. {{template}}\n", "because", ""}, {"", "", "--expected-template fails on the row"}}},
		{`{{.choices}} {{.answers}} {{.x}} {{.tags}}`, `{{with .tags}}{{.k}}{{end}}{{if gt .x 2.0}}!{{end}}`, []result{
			{`user: ["one","{{template}}"] {"text":["because","so"]} 1000000 {"k":"v"}`, "v!", ""},
			{`user: [] {"text":[]} 0 {}`, "", ""}}},
		{`{{with .answers}}{{range .text}}{{.}};{{end}}{{end}}`, `{{.N}}`, []result{
			{"user: because;so;", "3", ""}, {"user: ", "-", ""}}},
	} {
		t.Run(tt.prompt, func(t *testing.T) {
			check(t, path, mapping.Options{PromptTemplate: tt.prompt, ExpectedTemplate: tt.expected}, mapping.ByTemplate, tt.want...)
		})
	}
}

func TestChoose_templateErrors(t *testing.T) {
	f, err := dataset.Open(write(t, templateRows()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, tt := range []struct{ template, want string }{
		{`{{.nope}} {{if .also}}{{end}} {{.answers.gone}} {{.nope}} {{range .choices}}{{$.inner}}{{.own}}{{end}}`,
			`--prompt-template: not in the dataset: nope, also, answers.gone, inner; the columns are context, Correct Question, n`},
		{`{{.context`, "prompt-template:1: unclosed action"},
		{`{{env "HOME"}}`, `function "env" not defined`},
		{`{{.}}`, "{{.}} is the whole row"},
		{`{{range $k, $v := $}}{{end}}`, "{{.}} is the whole row"},
		{`plain`, "it names no column"},
		{``, ""},
		{`{{define "x"}}{{.q}}{{end}}{{.context}}`, "templates inside of the template are not supported"},
		{`{{template "x" .context}}`, "templates inside of the template are not supported"},
		{`{{range .n}}{{end}}`, "{{range}} over n, which is a int64: expected a list"},
		{`{{.context.String}}`, "not in the dataset: context.String"},
	} {
		_, err := mapping.Choose(f.Schema(), mapping.Options{PromptTemplate: tt.template})
		if tt.want == "" {
			continue
		}
		if !errors.Is(err, mapping.ErrColumn) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.template, err, tt.want)
		}
	}
}

func TestPrompt_system(t *testing.T) {
	type row struct {
		Messages []message `parquet:"messages,list"`
		System   string    `parquet:"system"`
		Other    string    `parquet:"other"`
	}
	path := write(t, []row{
		{[]message{say("user", "u1"), say("assistant", "a1")}, "s1", "o1"},
		{[]message{say("system", "own"), say("user", "u2"), say("assistant", "a2")}, "s2", " "},
	})
	for _, tt := range []struct {
		o    mapping.Options
		want []result
	}{
		{mapping.Options{}, []result{{"system: s1|user: u1", "a1", ""}, {"system: own|user: u2", "a2", ""}}},
		{mapping.Options{System: "mine"}, []result{{"system: mine|user: u1", "a1", ""}, {"system: mine|user: u2", "a2", ""}}},
		{mapping.Options{SystemColumn: "other"}, []result{{"system: o1|user: u1", "a1", ""}, {"system: own|user: u2", "a2", ""}}},
	} {
		check(t, path, tt.o, "R1", tt.want...)
	}
}

// FuzzTemplate looks for templates that panic or hang at start.
func FuzzTemplate(f *testing.F) {
	for _, s := range []string{`{{.a}}`, `{{range .l}}{{.}}{{end}}`, `{{index . "a"}}`, `{{with $x := .a}}{{$x.b}}{{end}}`, `{{"a" | printf "%s"}}`, `{{break}}`, `{{(.a).b}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" {
			return
		}
		m, err := mapping.Choose(schema(str("a"), texts("l")), mapping.Options{PromptTemplate: text})
		if err != nil && !errors.Is(err, mapping.ErrColumn) {
			t.Errorf("got %v, want an ErrColumn", err)
		}
		if err == nil && len(m.Columns()) == 0 {
			t.Error("a template that reads nothing")
		}
	})
}
