package mapping

import (
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

// chatShape says how a column holds a conversation: a list of structs, or a struct of lists.
type chatShape struct {
	role, content string // names of the fields
	lists         bool   // a struct of lists, as old datasets write a sequence of dicts
}

var (
	roleNames    = []string{"role", "from", "speaker"}
	contentNames = []string{"content", "value", "text"}
)

// chatShapeOf recognises conversations by the fields of the struct; their order means nothing.
func chatShapeOf(f dataset.Field) (chatShape, bool) {
	inner, lists := f.Elem(), false
	if f.Kind == dataset.Struct {
		inner, lists = f, true
	}
	if inner.Kind != dataset.Struct {
		return chatShape{}, false
	}
	role, ok := oneOf(inner, lists, func(f dataset.Field) bool { return f.Kind == dataset.String }, roleNames)
	if !ok {
		return chatShape{}, false
	}
	content, ok := oneOf(inner, lists, isContent, contentNames)
	return chatShape{role, content, lists}, ok
}

func oneOf(inner dataset.Field, lists bool, ok func(dataset.Field) bool, names []string) (string, bool) {
	for _, name := range names {
		c, found := find(inner.Children, name)
		if !found {
			continue
		}
		t := c
		if lists {
			t = c.Elem()
		}
		if ok(t) {
			return c.Name, true
		}
	}
	return "", false
}

// isContent accepts a string, and a list of parts that may be text.
func isContent(f dataset.Field) bool {
	if f.Kind == dataset.String {
		return true
	}
	_, hasText := f.Elem().Child("text")
	return hasText
}

func (s chatShape) len(v dataset.Value) int {
	if s.lists {
		return v.Field(s.role).Len()
	}
	return v.Len()
}

func (s chatShape) item(v dataset.Value, i int, field string) dataset.Value {
	if !s.lists {
		return v.Index(i).Field(field)
	}
	if l := v.Field(field); i < l.Len() {
		return l.Index(i)
	}
	return dataset.Value{}
}

func (s chatShape) roleAt(v dataset.Value, i int) Role { return roleOf(s.item(v, i, s.role).Str()) }

// textAt returns the text of message i; "" for one that only calls tools; false when it is not text.
func (s chatShape) textAt(v dataset.Value, i int) (string, bool) {
	c := s.item(v, i, s.content)
	if c.Kind() != dataset.List {
		return c.Str(), true
	}
	var parts []string
	for i := range c.Len() {
		t := c.Index(i).Field("text")
		if t.Kind() != dataset.String {
			return "", false
		}
		parts = append(parts, t.Str())
	}
	return strings.Join(parts, "\n"), true
}

// roleOf maps the names that datasets give to the roles; "" for one that is not known.
func roleOf(name string) Role {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "user", "human", "prompter":
		return User
	case "assistant", "gpt", "bot", "model", "chatgpt", "function_call":
		return Assistant
	case "system", "developer":
		return System
	case "tool", "observation", "function":
		return Tool
	}
	return ""
}

// chatPrompt is a conversation up to and including the user turn to be answered: the last one that an
// assistant turn follows, which is the expected answer, else the last one. A last turn that the conversation leaves
// open is asked where that costs no answer.
type chatPrompt struct {
	at    Path
	shape chatShape
	whole bool   // the column only asks: the last user turn is the one to be answered, and not here
	open  bool   // a prompt without an answer is as good as one with
	gold  answer // to a last user turn that the conversation leaves open; may be nil
}

func (c chatPrompt) read(b *dataset.Batch, row int, p *Prompt) (drop string) {
	v := c.at.get(b, row)
	if v.Kind() == dataset.Null {
		return dropNull
	}
	answered, last := c.userTurns(v)
	switch {
	case last < 0:
		return dropNoUser
	case c.whole:
		return c.fill(v, last, false, p)
	case answered < last && (answered < 0 || c.open || c.hasGold(b, row)):
		return c.fill(v, last, false, p)
	}
	p.GoesOn = answered < last
	return c.fill(v, answered, true, p)
}

func (c chatPrompt) hasGold(b *dataset.Batch, row int) bool {
	if c.gold == nil {
		return false
	}
	_, ok, drop := c.gold.read(b, row)
	return ok && drop == ""
}

// fill reads the messages up to last, and the next one as the answer if it is that.
func (c chatPrompt) fill(v dataset.Value, last int, answered bool, p *Prompt) (drop string) {
	if c.shape.roleAt(v, 0) == System {
		p.Messages = p.Messages[:0] // the conversation's own instructions win over the column's
	}
	for i := range last + 1 {
		role := c.shape.roleAt(v, i)
		if role == "" {
			return dropRole
		}
		text, ok := c.shape.textAt(v, i)
		if !ok {
			return dropParts
		}
		p.add(role, text)
	}
	if answered {
		if text, ok := c.shape.textAt(v, last+1); ok {
			p.expect(text)
		}
	}
	return ""
}

// userTurns returns the last message of the user that the next one answers, and the last of all; -1 where there is none.
func (c chatPrompt) userTurns(v dataset.Value) (answered, last int) {
	answered, last = -1, -1
	var before Role
	for i := range c.shape.len(v) {
		role := c.shape.roleAt(v, i)
		switch {
		case role == User:
			last = i
		case role == Assistant && before == User:
			answered = i - 1
		}
		before = role
	}
	return answered, last
}

func (c chatPrompt) paths() []Path  { return []Path{c.at} }
func (c chatPrompt) String() string { return c.at.String() }

func (c chatPrompt) answeredBy() string {
	if c.whole {
		return ""
	}
	return "the assistant turn after it in " + c.at.String()
}
