package mapping_test

import (
	"testing"

	"github.com/promptmill/promptmill/convert/mapping"
)

// TestPrompt_preferencesOfChats: the prompt is what both conversations begin with, up to the user's turn they part after.
func TestPrompt_preferencesOfChats(t *testing.T) {
	type row struct {
		Chosen   []message `parquet:"chosen,list"`
		Rejected []message `parquet:"rejected,list"`
	}
	u1, a1, u2 := say("user", "u1"), say("assistant", "a1"), say("user", "u2")
	check(t, write(t, []row{
		{[]message{u1, a1, u2, say("assistant", "good")}, []message{u1, a1, u2, say("assistant", "bad")}},
		{[]message{u1, say("assistant", "good"), u2, a1}, []message{u1, say("assistant", "bad"), u2, a1}},
		{[]message{u1, a1}, []message{u2, a1}},
	}), mapping.Options{}, "R9",
		result{Prompt: "user: u1|assistant: a1|user: u2", Answer: "good"},
		result{Prompt: "user: u1", Answer: "good"},
		result{Drop: "chosen and rejected share no prompt"})
}

func TestPrompt_preferences(t *testing.T) {
	type row struct {
		Chosen   string `parquet:"chosen"`
		Rejected string `parquet:"rejected"`
	}
	const start = "\n\nHuman: hi\n\nAssistant: hello\n\nHuman: how\n\nAssistant:"
	check(t, write(t, []row{{start + " like this", start + " like that"}, {"one", "other"}}), mapping.Options{}, "R9",
		result{Prompt: "user: " + start, Answer: "like this"},
		result{Drop: "chosen and rejected share no prompt"})
}
