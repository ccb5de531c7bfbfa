// Package mapping turns the columns of a dataset row into a [Prompt].
//
// [Choose] looks at a schema and picks the first rule that recognises it (see the table in rules.go), or
// takes the columns the user named. No rule knows a dataset by its name, and no choice is silent: a
// [Mapping] says which rule it follows, what it reads, and what else would have been possible.
package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

// Options overrule or refine the choice. The zero value lets the rules decide.
type Options struct {
	PromptColumn   string // a column, or a path into one as [ParsePath] reads it
	ExpectedColumn string // the same
	NoContext      bool   // questions about a passage are asked without the passage
	PromptOnly     bool   // answers are of no use: do not look for them, do not read them
	// AnswerOptional says that a prompt without an answer is of use: a conversation is asked up to the user's last turn
	// even where nothing answers that. PromptOnly implies it.
	AnswerOptional bool
	From, To       string // languages, for a column of translations

	PromptTemplate   string // the prompt in the language of text/template, over the columns; excludes PromptColumn
	ExpectedTemplate string // the same for the answer; excludes ExpectedColumn
	System           string // a system message for every prompt, in the place of any other; excludes SystemColumn
	SystemColumn     string // a column or path that holds it, as PromptColumn

	Rule  string // the only rule to try, "R1" to "R12"; "" means all
	Turns Turns  // what is asked of rows with several turns

	NoLater bool // there is no place for [Prompt.Later]: AllTurns of a list is an [ErrColumn]
}

// Names of what chose a [Mapping], where no rule did.
const (
	ByColumns = "columns" // the user named the prompt column
	ByOnly    = "only"    // there is but one column of text
)

// A Mapping makes a [Prompt] of each row. It is immutable: any number of goroutines may use it at once.
type Mapping struct {
	Rule        string   // "R1" to "R12", [ByColumns] or [ByOnly]
	Description string   // the rule in words: "questions and answers"
	From        string   // the columns of the prompt: "question", "instruction + input"
	Expected    string   // the column of the expected answer, "" when there is none
	Notices     []string // why, and what else would have been possible; fit for a terminal
	Chat        bool     // prompts may have earlier turns
	Turns       bool     // prompts may have [Prompt.Later]
	System      bool     // prompts may begin with a system message
	SystemFrom  string   // the column of the system message, "" when there is none

	prompt reader
	answer answer
	named  bool // the user named the answer: nothing else counts as one
	system *Path

	turns   Turns       // of several, when that is set
	several turnsReader // the prompt, when turns say what to read of it

	systemText  string // the system message of every prompt, unless system is set
	systemNamed bool   // the user named the system message: a conversation's own gives way
}

// A reader fills p with the prompt in a row, and with the answer where the same column holds it.
type reader interface {
	read(b *dataset.Batch, row int, p *Prompt) (drop string)
	paths() []Path
	String() string
}

// An answer finds the expected answer in a row; ok is false when the row has none.
type answer interface {
	read(b *dataset.Batch, row int) (text string, ok bool, drop string)
	paths() []Path
	String() string
}

// Columns names the columns [Mapping.Prompt] reads, each once.
func (m *Mapping) Columns() []string {
	paths := m.prompt.paths()
	if m.answer != nil {
		paths = append(paths, m.answer.paths()...)
	}
	if m.system != nil {
		paths = append(paths, *m.system)
	}
	var names []string
	for _, p := range paths {
		if !slices.Contains(names, p.Column()) {
			names = append(names, p.Column())
		}
	}
	return names
}

// HasExpected says whether rows have an expected answer at all.
func (m *Mapping) HasExpected() bool { return m.Expected != "" }

// String says what is mapped, in one line fit for a terminal.
func (m *Mapping) String() string {
	s := fmt.Sprintf("%s: %s: prompt <- %s", m.Rule, m.Description, show(m.From))
	if m.SystemFrom != "" {
		s += ", system <- " + show(m.SystemFrom)
	}
	if m.Expected != "" {
		s += ", expected <- " + show(m.Expected)
	}
	return s
}

// Prompt is [Mapping.Turn] for the first of the prompts that the row gives, which is the only one unless [Options] ask for
// each turn.
func (m *Mapping) Prompt(b *dataset.Batch, row int, p *Prompt) (drop string) {
	return m.Turn(b, row, 0, p)
}

// Turn fills p with prompt turn, of [Mapping.Prompts], from a row of b, which must have been read with the columns of [Mapping.Columns]. It reuses
// p's memory. A non-empty drop says why the row gives no prompt; it is one of a few fixed texts.
func (m *Mapping) Turn(b *dataset.Batch, row, turn int, p *Prompt) (drop string) {
	p.reset()
	system := m.systemText
	if m.system != nil {
		system = m.system.get(b, row).Text()
	}
	if !blank(system) {
		p.add(System, system)
	}
	if drop := m.read(b, row, turn, p); drop != "" {
		return drop
	}
	if m.systemNamed && !blank(system) {
		p.Messages[0].Content = system // the conversation brought its own, else this is it
	}
	if m.answer == nil || p.HasExpected && !m.named {
		return ""
	}
	p.Expected, p.HasExpected, drop = m.answerOf(b, row, turn)
	return drop
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
