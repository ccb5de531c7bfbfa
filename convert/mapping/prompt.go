package mapping

import "strings"

// Role is who speaks a [Message].
type Role string

// The roles. Other names for them in datasets (human, gpt, bot, ...) are mapped to these.
const (
	System    Role = "system"
	User      Role = "user"
	Assistant Role = "assistant"
	Tool      Role = "tool"
)

// A Message is one turn of a conversation.
type Message struct {
	Role    Role
	Content string
}

// A Prompt is what one row of a dataset asks a model. Its strings may be views of the batch it was read
// from: they are valid until that batch is.
type Prompt struct {
	// Messages is the conversation to send. The last is a user turn; a system message, if any, is the first.
	Messages []Message
	// Later holds the user turns that follow once the model has answered, in datasets that give only the
	// user's side of a conversation (rule R3).
	Later []string
	// Expected is the answer the dataset gives; "" when HasExpected is false.
	Expected    string
	HasExpected bool // the row has an answer, which may be ""
	// GoesOn says that the conversation has a later turn of the user, which nobody answers and which is not asked.
	GoesOn bool
	// CallsTools says that messages, or the answer, call tools or answer calls in fields of the row that are not in Messages.
	CallsTools bool
}

// reset makes p empty and keeps its memory.
func (p *Prompt) reset() {
	*p = Prompt{Messages: p.Messages[:0], Later: p.Later[:0]}
}

func (p *Prompt) add(r Role, content string) {
	p.Messages = append(p.Messages, Message{r, content})
}

func (p *Prompt) expect(s string) { p.Expected, p.HasExpected = s, true }

// Last returns the user turn to be answered, "" when p is empty.
func (p *Prompt) Last() string {
	if len(p.Messages) == 0 {
		return ""
	}
	return p.Messages[len(p.Messages)-1].Content
}

// HasHistory says whether earlier turns come before the one to be answered. A system message is no turn.
func (p *Prompt) HasHistory() bool {
	n := len(p.Messages)
	return n > 2 || n == 2 && p.Messages[0].Role != System
}

// Text returns the conversation as one string, for formats that hold nothing else.
//
// A single user turn is its text, after the system message and a blank line when there is one. A
// conversation with earlier turns is written as blocks "role: content", one per message, a blank line
// between them. Later turns are not part of it.
func (p *Prompt) Text() string {
	if len(p.Messages) == 1 {
		return p.Messages[0].Content
	}
	blocks := p.HasHistory()
	var b strings.Builder
	for i, m := range p.Messages {
		if i > 0 {
			b.WriteString("\n\n")
		}
		if blocks {
			b.WriteString(string(m.Role) + ": ")
		}
		b.WriteString(m.Content)
	}
	return b.String()
}
