package mapping

import (
	"fmt"
	"slices"

	"github.com/promptmill/promptmill/convert/dataset"
)

// Turns says what is asked of a row with several turns of a user: a conversation, or a list of prompts (rule R3).
type Turns string

// The choices. The zero value is by rule: a conversation up to the last turn that an assistant answers, or to the last one
// where no answer is lost by that; a list as a prompt and the [Prompt.Later] ones.
const (
	TurnsByRule Turns = ""
	FirstTurn   Turns = "first" // the first turn alone, after the system message
	AllTurns    Turns = "all"   // one prompt: a conversation up to its last turn, answered or not; a list as by rule
	EachTurn    Turns = "each"  // one prompt for each turn: in a conversation with what is before it, in a list alone
)

// ParseTurns reads "", "first", "all" or "each".
func ParseTurns(s string) (Turns, error) {
	if t := Turns(s); slices.Contains([]Turns{TurnsByRule, FirstTurn, AllTurns, EachTurn}, t) {
		return t, nil
	}
	return "", fmt.Errorf("unknown turns %q: want one of first, all, each", s)
}

// A turnsReader is a reader of rows that may have several turns. Turn k, from 0, is one of those that count returns.
type turnsReader interface {
	reader
	count(b *dataset.Batch, row int) int
	turn(b *dataset.Batch, row, k int, p *Prompt) (drop string)
	all(b *dataset.Batch, row int, p *Prompt) (drop string)
}

// chooseTurns notes what is asked of rows with several turns.
func (c *columns) chooseTurns(m *Mapping) error {
	if c.options.Turns == TurnsByRule {
		return nil
	}
	if m.several, _ = m.prompt.(turnsReader); m.several == nil {
		m.Notices = append(m.Notices, fmt.Sprintf("--turns %s does nothing: %s is one turn", c.options.Turns, show(m.From)))
		return nil
	}
	m.turns = c.options.Turns
	_, list := m.prompt.(turnsPrompt)
	if list && m.turns == AllTurns && c.options.NoLater {
		return columnErrorf("--turns all: %s is a list of turns without their answers, which only --layout aiperf can hold in one line; "+
			"--turns each writes a line for each", show(m.From))
	}
	m.Chat = m.Chat && m.turns != FirstTurn
	m.Turns = list && m.turns == AllTurns
	return nil
}

// Prompts returns how many prompts a row gives, at least 1: more only for [EachTurn]. [Mapping.Turn] reads them.
func (m *Mapping) Prompts(b *dataset.Batch, row int) int {
	if m.turns != EachTurn {
		return 1
	}
	return max(1, m.several.count(b, row))
}

// read fills p with turn k of a row.
func (m *Mapping) read(b *dataset.Batch, row, k int, p *Prompt) (drop string) {
	switch m.turns {
	case FirstTurn, EachTurn:
		return m.several.turn(b, row, k, p)
	case AllTurns:
		return m.several.all(b, row, p)
	}
	return m.prompt.read(b, row, p)
}

// answerOf reads the answer to turn k from a column. A list of answers has one for each turn of a list; else an answer
// that the user did not name is the one to the last turn.
func (m *Mapping) answerOf(b *dataset.Batch, row, k int) (text string, ok bool, drop string) {
	if m.turns != FirstTurn && m.turns != EachTurn || m.named {
		return m.answer.read(b, row)
	}
	if _, list := m.prompt.(turnsPrompt); list {
		if v, isValue := m.answer.(valueAnswer); isValue && v.at.isFirst() {
			v.at = Path{steps: slices.Clone(v.at.steps)}
			v.at.steps[len(v.at.steps)-1].index = k
			return v.read(b, row)
		}
	}
	if k < m.several.count(b, row)-1 {
		return "", false, ""
	}
	return m.answer.read(b, row)
}

// isFirst reports whether the path ends at the first element of a list.
func (p Path) isFirst() bool {
	last := p.steps[len(p.steps)-1]
	return last.list && last.index == 0
}

func (t turnsPrompt) count(b *dataset.Batch, row int) int { return t.at.get(b, row).Len() }

func (t turnsPrompt) turn(b *dataset.Batch, row, k int, p *Prompt) (drop string) {
	v := t.at.get(b, row)
	if k >= v.Len() || v.Index(k).IsNull() {
		return dropNull
	}
	p.add(User, v.Index(k).Str())
	return ""
}

func (t turnsPrompt) all(b *dataset.Batch, row int, p *Prompt) string { return t.read(b, row, p) }

func (c chatPrompt) count(b *dataset.Batch, row int) (n int) {
	v := c.at.get(b, row)
	for i := range c.shape.len(v) {
		if c.shape.roleAt(v, i) == User {
			n++
		}
	}
	return n
}

func (c chatPrompt) turn(b *dataset.Batch, row, k int, p *Prompt) (drop string) {
	v := c.at.get(b, row)
	for i := range c.shape.len(v) {
		if c.shape.roleAt(v, i) != User {
			continue
		}
		if k == 0 {
			return c.upTo(v, i, p)
		}
		k--
	}
	if v.IsNull() {
		return dropNull
	}
	return dropNoUser
}

func (c chatPrompt) all(b *dataset.Batch, row int, p *Prompt) (drop string) {
	return c.turn(b, row, max(0, c.count(b, row)-1), p)
}

// upTo reads the conversation up to message last; the next is the answer if an assistant gives it.
func (c chatPrompt) upTo(v dataset.Value, last int, p *Prompt) (drop string) {
	answered := last+1 < c.shape.len(v) && c.shape.roleAt(v, last+1) == Assistant
	return c.fill(v, last, answered, p)
}
