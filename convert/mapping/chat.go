package mapping

import (
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

// chatShape says how a column holds a conversation: a list of structs, or a struct of lists.
type chatShape struct {
	role, content string   // names of the fields
	lists         bool     // a struct of lists, as old datasets write a sequence of dicts
	tools         []string // names of the fields with calls of tools, which are not read
	absent        Role     // who speaks where the role is null; "" for nobody
}

var (
	toolNames    = []string{"tool_calls", "function_call", "tool_call_id"}
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
	shape := chatShape{role: role, content: content, lists: lists}
	if normal(f.Name) == "turns" {
		shape.absent = User // {"turns":[{"role":"system","text":"..."},{"text":"..."}]}
	}
	for _, name := range toolNames {
		if t, found := find(inner.Children, name); found {
			shape.tools = append(shape.tools, t.Name)
		}
	}
	return shape, ok
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

// isContent accepts a string, a list of parts that may be text, and what is one in some rows and the other in others.
func isContent(f dataset.Field) bool {
	if f.Kind == dataset.String || isJSON(f) || isJSON(f.Elem()) {
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

func (s chatShape) roleAt(v dataset.Value, i int) Role {
	role := s.item(v, i, s.role)
	if role.IsNull() {
		return s.absent
	}
	return roleOf(role.Str())
}

// callsTools reports whether message i calls a tool, or answers a call, in a field that is not read.
func (s chatShape) callsTools(v dataset.Value, i int) bool {
	for _, name := range s.tools {
		switch t := s.item(v, i, name); t.Kind() {
		case dataset.Null:
		case dataset.List:
			if t.Len() > 0 {
				return true
			}
		case dataset.String:
			if t.Str() != "" {
				return true
			}
		default:
			return true
		}
	}
	return strings.EqualFold(strings.TrimSpace(s.item(v, i, s.role).Str()), "function_call")
}

// textAt returns the text of message i; "" for one that only calls tools; false when it is not text.
func (s chatShape) textAt(v dataset.Value, i int) (string, bool) {
	return contentOf(s.item(v, i, s.content))
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
		p.CallsTools = p.CallsTools || c.shape.callsTools(v, i)
	}
	if answered {
		p.CallsTools = p.CallsTools || c.shape.callsTools(v, last+1)
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
