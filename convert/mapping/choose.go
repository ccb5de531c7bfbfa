package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

// Choose finds the mapping for a schema. Errors wrap [ErrColumn] when an option names what is not there,
// and [ErrNoMapping] when nothing fits.
func Choose(schema dataset.Schema, o Options) (*Mapping, error) {
	c := &columns{schema: schema, options: o}
	m, err := c.choosePrompt()
	if err != nil {
		return nil, err
	}
	if err := c.chooseExpected(m); err != nil {
		return nil, err
	}
	if err := c.chooseSystem(m); err != nil {
		return nil, err
	}
	m.System = m.System || m.SystemFrom != ""
	c.chooseOpen(m)
	if err := c.chooseTurns(m); err != nil {
		return nil, err
	}
	c.leftOut(m)
	return m, nil
}

// A candidate is what a rule makes of a schema.
type candidate struct {
	prompt reader
	answer answer // nil: none
	why    string // a reason the rule matches and still cannot serve
}

func (c *columns) choosePrompt() (*Mapping, error) {
	if c.options.PromptColumn != "" {
		return c.named()
	}
	if c.options.PromptTemplate != "" {
		return c.templated()
	}
	var m *Mapping
	for _, r := range rules {
		c.passed = nil
		found, ok := r.match(c)
		switch {
		case c.options.Rule != "" && c.options.Rule != r.name:
		case !ok:
		case m != nil:
			m.alternative(r.name, found)
		case found.why != "":
			return nil, c.none(found.why)
		default:
			m = newMapping(r.name, r.what, found)
			m.passedOver("prompt <- "+show(m.From), "--prompt-column", c.passed)
		}
	}
	switch {
	case m != nil:
		return m, nil
	case c.options.Rule != "":
		return nil, c.none("--rule " + c.options.Rule + " finds no prompt in them")
	}
	return c.only()
}

func newMapping(rule, what string, c candidate) *Mapping {
	_, several := c.prompt.(turnsReader)
	_, turns := c.prompt.(turnsPrompt)
	chat := several && !turns
	return &Mapping{
		Rule: rule, Description: what, From: c.prompt.String(), Chat: chat, Turns: turns, System: chat,
		prompt: c.prompt, answer: c.answer,
	}
}

// alternative notes that a later rule would have read columns that the chosen one does not.
func (m *Mapping) alternative(rule string, c candidate) {
	if c.prompt == nil {
		return
	}
	chosen := m.prompt.paths()
	if !slices.ContainsFunc(c.prompt.paths(), func(p Path) bool { return !containsColumn(chosen, p.Column()) }) {
		return
	}
	m.Notices = append(m.Notices, fmt.Sprintf("prompt <- %s by rule %s; %s (rule %s) was possible too: --prompt-column or --rule chooses",
		show(m.From), m.Rule, show(c.prompt.String()), rule))
}

// passedOver notes which columns the chosen rule could have read in the place of those that it does.
func (m *Mapping) passedOver(chosen, flag string, columns []string) {
	read := m.Columns()
	columns = slices.DeleteFunc(slices.Clone(columns), func(name string) bool { return slices.Contains(read, name) })
	if len(columns) == 0 {
		return
	}
	for i, name := range columns {
		columns[i] = show(name)
	}
	m.Notices = append(m.Notices, fmt.Sprintf("%s; %s %s possible too: %s chooses",
		chosen, strings.Join(columns, ", "), were(len(columns)), flag))
}

func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func containsColumn(paths []Path, column string) bool {
	return slices.ContainsFunc(paths, func(p Path) bool { return p.Column() == column })
}

// named maps the prompt column the user named.
func (c *columns) named() (*Mapping, error) {
	f, at, err := resolve(c.schema, c.options.PromptColumn)
	if err != nil {
		return nil, fmt.Errorf("--prompt-column: %w", err)
	}
	found, ok := promptFrom(f, at)
	if !ok {
		return nil, columnErrorf("--prompt-column: %s is a %s, which is no text, list of texts or conversation",
			show(at.String()), show(f.Type))
	}
	if c.options.ExpectedColumn == "" {
		found.answer, _ = c.answer(at.Column(), answerNames...)
	}
	if chat, ok := found.prompt.(chatPrompt); ok {
		chat.gold = found.answer
		found.prompt = chat
	}
	m := newMapping(ByColumns, "columns as asked", found)
	if found.answer != nil && !c.options.PromptOnly {
		m.Notices = append(m.Notices, fmt.Sprintf("expected <- %s, by its name: --expected-column chooses", show(found.answer.String())))
	}
	return m, nil
}

// only maps the single column of text of a schema that no rule knows.
func (c *columns) only() (*Mapping, error) {
	if why := c.unreadable(); why != "" {
		return nil, c.none(why)
	}
	var texts []dataset.Field
	for _, f := range c.schema.Fields {
		if f.Kind == dataset.String && f.Type != "json" && !isID(f.Name) {
			texts = append(texts, f)
		}
	}
	if len(texts) != 1 {
		return nil, c.none("")
	}
	m := newMapping(ByOnly, "the only column of text", candidate{prompt: textOf(texts[0])})
	m.Notices = append(m.Notices, fmt.Sprintf("no rule knows these columns; prompt <- %s because it is the only column of text", show(m.From)))
	return m, nil
}

func (c *columns) none(why string) error {
	return &NoMappingError{Fields: c.schema.Fields, Why: why}
}

func (c *columns) chooseExpected(m *Mapping) error {
	if c.options.PromptOnly {
		m.answer = nil
		return nil
	}
	if c.options.ExpectedTemplate != "" {
		f, err := c.newFilled("--expected-template", c.options.ExpectedTemplate, dropExpectedTemplate)
		if err != nil {
			return err
		}
		c.nameAnswer(m, templateAnswer{f})
	}
	if c.options.ExpectedColumn != "" {
		f, at, err := resolve(c.schema, c.options.ExpectedColumn)
		if err != nil {
			return fmt.Errorf("--expected-column: %w", err)
		}
		a, ok := c.answerFrom(f, at)
		if f.Kind == dataset.Binary { // no rule looks for text in bytes, but the user may know better
			a, ok = valueAnswer{at: at}, true
		}
		if !ok {
			return columnErrorf("--expected-column: %s is a %s, which is no text or number", show(at.String()), show(f.Type))
		}
		c.nameAnswer(m, a)
		if a.String() != at.String() {
			m.Notices = append(m.Notices, fmt.Sprintf("%s is a %s: expected <- %s", show(at.String()), show(f.Type), show(a.String())))
		}
	}
	m.Expected = expectedFrom(m)
	if !m.named && m.Expected != "" && m.Rule != ByColumns && m.Rule != ByTemplate {
		c.otherAnswers(m)
	}
	return nil
}

// otherAnswers notes which columns would have been answers too, had the one that was found not been there.
func (c *columns) otherAnswers(m *Mapping) {
	used := m.prompt.paths()
	if m.answer != nil {
		used = append(used, m.answer.paths()...)
	}
	var others []string
	for _, name := range answerNames {
		if f, ok := find(c.schema.Fields, name); ok && !containsColumn(used, f.Name) {
			if a, ok := c.answerFrom(f, pathOf(f.Name)); ok {
				others = append(others, show(a.String()))
			}
		}
	}
	if len(others) == 0 {
		return
	}
	m.Notices = append(m.Notices, fmt.Sprintf("expected <- %s; %s %s possible too: --expected-column chooses",
		show(m.Expected), strings.Join(others, ", "), were(len(others))))
}

// nameAnswer takes the answer that the user named.
func (c *columns) nameAnswer(m *Mapping, a answer) {
	m.answer, m.named = a, true
	if chat, ok := m.prompt.(chatPrompt); ok { // the whole conversation asks; its own answer is not wanted
		chat.whole = true
		m.prompt = chat
	}
}

// expectedFrom describes where the answer comes from: the conversation itself, a column, or either.
func expectedFrom(m *Mapping) string {
	if m.named {
		return m.answer.String()
	}
	var from []string
	if s, ok := m.prompt.(interface{ answeredBy() string }); ok && s.answeredBy() != "" {
		from = append(from, s.answeredBy())
	}
	if m.answer != nil {
		from = append(from, m.answer.String())
	}
	return strings.Join(from, ", else ")
}

// chooseOpen lets a conversation be asked up to a turn that it leaves open.
func (c *columns) chooseOpen(m *Mapping) {
	if chat, ok := m.prompt.(chatPrompt); ok {
		chat.open = c.options.AnswerOptional || c.options.PromptOnly
		m.prompt = chat
	}
}

func (c *columns) chooseSystem(m *Mapping) error {
	switch {
	case c.options.System != "":
		m.systemText, m.SystemFrom, m.systemNamed = c.options.System, "--system", true
		return nil
	case c.options.SystemColumn != "":
		f, at, err := resolve(c.schema, c.options.SystemColumn)
		if err != nil {
			return fmt.Errorf("--system-column: %w", err)
		}
		if f.Kind != dataset.String {
			return columnErrorf("--system-column: %s is a %s, which is no text", show(at.String()), show(f.Type))
		}
		m.system, m.SystemFrom, m.systemNamed = &at, at.String(), true
		return nil
	}
	c.passed = nil
	f, ok := c.prefer(isText, "system_prompt", "system", "prefix")
	if !ok || containsColumn(m.prompt.paths(), f.Name) {
		return nil
	}
	at := pathOf(f.Name)
	m.system, m.SystemFrom = &at, at.String()
	if m.Chat {
		m.SystemFrom = "the system turn of " + m.prompt.String() + ", else " + m.SystemFrom
	}
	m.passedOver("system <- "+show(m.SystemFrom), "--system-column", c.passed)
	return nil
}

// isID says whether a column's name says that it only identifies the row.
func isID(name string) bool {
	n := normal(name)
	switch n {
	case "id", "idx", "index", "key", "uuid", "url", "path":
		return true
	}
	return strings.HasSuffix(n, "_id")
}
