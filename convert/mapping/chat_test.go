package mapping_test

import (
	"testing"

	"github.com/promptmill/promptmill/convert/mapping"
)

type message struct {
	Content *string `parquet:"content,optional"`
	Role    *string `parquet:"role,optional"`
}

func say(role, content string) message { return message{&content, &role} }

func TestPrompt_conversations(t *testing.T) {
	type row struct {
		Messages []message `parquet:"messages,optional,list"`
	}
	path := write(t, []row{
		{[]message{say("user", "q"), say("assistant", "a")}},
		{[]message{say("system", "s"), say("user", "q1"), say("assistant", "a1"), say("user", "q2"), say("assistant", "a2"), say("user", "bye")}},
		{[]message{say("user", "q")}},
		{[]message{say("Human ", "q"), say("GPT", "a")}},
		{[]message{say("user", "q"), say("assistant", "calls"), say("tool", "42"), say("user", "so?"), say("assistant", "a")}},
		{[]message{say("user", "q"), {Role: new("assistant")}}},
		{[]message{say("assistant", "hello")}},
		{[]message{say("critic", "hm"), say("user", "q"), say("assistant", "a")}},
		{[]message{say("user", "q"), say("assistant", "a"), say("critic", "hm")}},
		{[]message{}},
	})
	check(t, path, mapping.Options{}, "R1",
		result{Prompt: "user: q", Answer: "a"},
		result{Prompt: "system: s|user: q1|assistant: a1|user: q2", Answer: "a2"},
		result{Prompt: "user: q", Answer: "-"},
		result{Prompt: "user: q", Answer: "a"},
		result{Prompt: "user: q|assistant: calls|tool: 42|user: so?", Answer: "a"},
		result{Prompt: "user: q", Answer: ""},
		result{Drop: "conversation has no user turn"},
		result{Drop: "conversation has a role that is not known"},
		result{Prompt: "user: q", Answer: "a"},
		result{Drop: "conversation has no user turn"},
	)
	check(t, write(t, []row{{[]message{say("user", "one"), say("assistant", "two")}}}),
		mapping.Options{PromptColumn: "messages[0].content", ExpectedColumn: "messages[-1].content"}, "columns",
		result{Prompt: "user: one", Answer: "two"})
}

func TestPrompt_conversationsInOtherShapes(t *testing.T) {
	t.Run("struct of lists", func(t *testing.T) {
		type turns struct {
			From  []string `parquet:"from,list"`
			Value []string `parquet:"value,list"`
		}
		type row struct {
			Conversations turns `parquet:"conversations"`
		}
		check(t, write(t, []row{{turns{[]string{"system", "human", "gpt"}, []string{"s", "q", "a"}}}, {}}), mapping.Options{}, "R1",
			result{Prompt: "system: s|user: q", Answer: "a"},
			result{Drop: "conversation has no user turn"})
	})
	t.Run("content in parts", func(t *testing.T) {
		type part struct {
			Type string  `parquet:"type"`
			Text *string `parquet:"text,optional"`
		}
		type message struct {
			Role    string `parquet:"role"`
			Content []part `parquet:"content,list"`
		}
		type row struct {
			Messages []message `parquet:"messages,list"`
		}
		check(t, write(t, []row{
			{[]message{{"user", []part{{"text", new("a")}, {"text", new("b")}}}, {"assistant", []part{{"text", new("c")}}}}},
			{[]message{{"user", []part{{"text", new("a")}, {"image_url", nil}}}}},
		}), mapping.Options{}, "R1",
			result{Prompt: "user: a\nb", Answer: "c"},
			result{Drop: "conversation has a part that is not text"})
	})
	t.Run("prompt column", func(t *testing.T) {
		type model struct {
			GroundTruth *string `parquet:"ground_truth,optional"`
			Style       string  `parquet:"style"`
		}
		type row struct {
			Prompt []message `parquet:"prompt,list"`
			Model  model     `parquet:"reward_model"`
		}
		check(t, write(t, []row{
			{[]message{say("user", "q"), say("assistant", "a"), say("user", "real")}, model{new("gold"), "rule"}},
			{[]message{say("user", "q")}, model{nil, "rule"}},
		}), mapping.Options{}, "R2",
			result{Prompt: "user: q|assistant: a|user: real", Answer: "gold"},
			result{Prompt: "user: q", Answer: "-"})
	})
	t.Run("answer beside", func(t *testing.T) {
		type row struct {
			Messages []message `parquet:"messages,list"`
			Answer   string    `parquet:"answer"`
			System   string    `parquet:"system_prompt"`
		}
		path := write(t, []row{
			{[]message{say("user", "q"), say("assistant", "a")}, "gold", "s"},
			{[]message{say("system", "own"), say("user", "q")}, "gold", "s"},
		})
		check(t, path, mapping.Options{}, "R1",
			result{Prompt: "system: s|user: q", Answer: "a"},
			result{Prompt: "system: own|user: q", Answer: "gold"})
		check(t, path, mapping.Options{ExpectedColumn: "answer"}, "R1",
			result{Prompt: "system: s|user: q", Answer: "gold"},
			result{Prompt: "system: own|user: q", Answer: "gold"})
	})
}

func TestPrompt_Text(t *testing.T) {
	user := func(s string) mapping.Message { return mapping.Message{Role: mapping.User, Content: s} }
	system := mapping.Message{Role: mapping.System, Content: "s"}
	bot := mapping.Message{Role: mapping.Assistant, Content: "a"}
	for _, tt := range []struct {
		name     string
		messages []mapping.Message
		want     string
	}{
		{"nothing", nil, ""},
		{"user", []mapping.Message{user("q")}, "q"},
		{"system", []mapping.Message{system, user("q")}, "s\n\nq"},
		{"turns", []mapping.Message{user("q"), bot, user("r")}, "user: q\n\nassistant: a\n\nuser: r"},
		{"all", []mapping.Message{system, user("q"), bot, user("r")}, "system: s\n\nuser: q\n\nassistant: a\n\nuser: r"},
		{"greeting", []mapping.Message{bot, user("q")}, "assistant: a\n\nuser: q"},
	} {
		p := mapping.Prompt{Messages: tt.messages}
		if got := p.Text(); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
