package bench

import (
	"errors"
	"fmt"
	"time"

	"github.com/promptmill/promptmill/bench/openai"
)

// A Turn is a further question of a conversation whose answers the prompt file does not hold.
type Turn struct {
	Message   openai.Message
	Delay     time.Duration // from the answer before it; 0 is none
	MaxTokens int           // longest answer, in tokens; 0 is as the prompt has it
}

// turn is one request of a conversation.
type turn struct {
	ask       []openai.Message // what the user adds: a question, and what stands before it but replies
	reply     []openai.Message // the dataset's answer, with the tools it called; empty where there is none
	delay     time.Duration
	maxTokens int
}

// turns is the conversation of a prompt. A turn ends with each message of the user; what others than the user and the
// system say after it is the reply.
func (p *Prompt) turns() []turn {
	var all []turn
	var ask []openai.Message
	for _, m := range p.Messages {
		switch {
		case m.Role == "user":
			all = append(all, turn{ask: append(ask, m)})
			ask = nil
		case m.Role == "system" || m.Role == "developer" || len(all) == 0:
			ask = append(ask, m)
		default:
			last := &all[len(all)-1]
			last.reply = append(last.reply, m)
		}
	}
	if len(ask) > 0 { // after all that a user says, or nobody asks: it is sent as it is
		all = append(all, turn{ask: ask})
	}
	for _, t := range p.Later {
		all = append(all, turn{ask: []openai.Message{t.Message}, delay: t.Delay, maxTokens: t.MaxTokens})
	}
	return all
}

// errNoConversation is the error of sessions over single questions.
var errNoConversation = errors.New("no prompt has more than one turn of a user")

// CheckSessions returns the error of prompts that cannot be sent as sessions.
func CheckSessions(prompts []Prompt, replies Replies) error {
	longest := 0
	for i := range prompts {
		turns := prompts[i].turns()
		longest = max(longest, len(turns))
		if replies != DatasetReplies {
			continue
		}
		for n, t := range turns[:len(turns)-1] {
			if len(t.reply) == 0 {
				return fmt.Errorf("line %d has no reply to turn %d, which the next one follows: send live replies", prompts[i].Line, n+1)
			}
		}
	}
	if longest < 2 {
		return errNoConversation
	}
	return nil
}

// RequestsOnce is how many requests it takes to send every prompt once.
func RequestsOnce(prompts []Prompt, r Replies) int {
	if r == NoSessions {
		return len(prompts)
	}
	n := 0
	for i := range prompts {
		n += len(prompts[i].turns())
	}
	return n
}

// TextOnce is how many bytes of text there are in the messages of the requests that send every prompt once. In a session
// each turn has those before it and their answers too: they count as the dataset has them, and not where it has none.
func TextOnce(prompts []Prompt, r Replies) int64 {
	var n int64
	for i := range prompts {
		if r == NoSessions {
			n += textBytes(prompts[i].Messages)
			continue
		}
		var history int64
		for _, t := range prompts[i].turns() {
			history += textBytes(t.ask)
			n += history
			history += textBytes(t.reply)
		}
	}
	return n
}

func textBytes(messages []openai.Message) (n int64) {
	for i := range messages {
		n += int64(len(messages[i].Content))
	}
	return n
}
