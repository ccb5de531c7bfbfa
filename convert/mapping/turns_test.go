package mapping_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/mapping"
)

func TestTurn_conversations(t *testing.T) {
	type row struct {
		Messages []message `parquet:"messages,list"`
		Answer   *string   `parquet:"answer,optional"`
	}
	gold := "gold"
	path := write(t, []row{
		{[]message{say("system", "s"), say("user", "u1"), say("assistant", "a1"), say("user", "u2"), say("assistant", "a2")}, nil},
		{[]message{say("user", "u1"), say("assistant", "a1"), say("user", "u2")}, &gold},
		{[]message{say("user", "u1"), say("assistant", "a1"), say("user", "u2")}, nil},
		{[]message{say("assistant", "a")}, nil},
	})
	const noUser = "conversation has no user turn"
	for turns, want := range map[mapping.Turns][]result{
		mapping.TurnsByRule: {
			{"system: s|user: u1|assistant: a1|user: u2", "a2", ""}, {"user: u1|assistant: a1|user: u2", "gold", ""},
			{"user: u1", "a1", ""}, {"", "", noUser},
		},
		mapping.AllTurns: {
			{"system: s|user: u1|assistant: a1|user: u2", "a2", ""}, {"user: u1|assistant: a1|user: u2", "gold", ""},
			{"user: u1|assistant: a1|user: u2", "-", ""}, {"", "", noUser},
		},
		mapping.FirstTurn: {{"system: s|user: u1", "a1", ""}, {"user: u1", "a1", ""}, {"user: u1", "a1", ""}, {"", "", noUser}},
		mapping.EachTurn: {
			{"system: s|user: u1", "a1", ""}, {"system: s|user: u1|assistant: a1|user: u2", "a2", ""},
			{"user: u1", "a1", ""}, {"user: u1|assistant: a1|user: u2", "gold", ""},
			{"user: u1", "a1", ""}, {"user: u1|assistant: a1|user: u2", "-", ""}, {"", "", noUser},
		},
	} {
		checkTurns(t, path, turns, want)
	}
}

func checkTurns(t *testing.T, path string, turns mapping.Turns, want []result) {
	t.Helper()
	_, got := read(t, path, mapping.Options{Turns: turns})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q (-want +got):\n%s", turns, diff)
	}
}

// TestPrompt_openTurn: a last turn that nobody answers is what is asked where an answer may be missing.
func TestPrompt_openTurn(t *testing.T) {
	type row struct {
		Messages []message `parquet:"messages,list"`
	}
	path := write(t, []row{
		{[]message{say("user", "u1"), say("assistant", "a1"), say("user", "u2")}},
		{[]message{say("user", "u1"), say("assistant", "a1"), say("user", "u2"), say("assistant", "a2")}},
	})
	answered := result{Prompt: "user: u1|assistant: a1|user: u2", Answer: "a2"}
	open := result{Prompt: "user: u1|assistant: a1|user: u2", Answer: "-"}
	check(t, path, mapping.Options{}, "R1", result{Prompt: "user: u1", Answer: "a1"}, answered)
	check(t, path, mapping.Options{AnswerOptional: true}, "R1", open, answered)
	check(t, path, mapping.Options{PromptOnly: true}, "R1", open, answered)
}

// TestPrompt_openTurnWithGold: an answer beside the conversation is the one to its last turn.
func TestPrompt_openTurnWithGold(t *testing.T) {
	type row struct {
		Messages []message `parquet:"messages,list"`
		Answer   *string   `parquet:"answer,optional"`
	}
	open := []message{say("user", "u1"), say("assistant", "a1"), say("user", "u2")}
	path := write(t, []row{{open, new("gold")}, {open, nil}})
	for rule, o := range map[string]mapping.Options{"R1": {}, "columns": {PromptColumn: "messages"}} {
		check(t, path, o, rule,
			result{Prompt: "user: u1|assistant: a1|user: u2", Answer: "gold"},
			result{Prompt: "user: u1", Answer: "a1"})
	}
}

func TestTurn_lists(t *testing.T) {
	type row struct {
		Turns     []string `parquet:"turns,list"`
		Reference []string `parquet:"reference,list"`
	}
	path := write(t, []row{{[]string{"q1", "q2"}, []string{"r1", "r2"}}, {[]string{"q3", "q4"}, []string{"r3"}}, {}})
	const null = "prompt is null"
	for turns, want := range map[mapping.Turns][]result{
		mapping.TurnsByRule: {{"user: q1|then: q2", "r1", ""}, {"user: q3|then: q4", "r3", ""}, {"", "", null}},
		mapping.AllTurns:    {{"user: q1|then: q2", "r1", ""}, {"user: q3|then: q4", "r3", ""}, {"", "", null}},
		mapping.FirstTurn:   {{"user: q1", "r1", ""}, {"user: q3", "r3", ""}, {"", "", null}},
		mapping.EachTurn:    {{"user: q1", "r1", ""}, {"user: q2", "r2", ""}, {"user: q3", "r3", ""}, {"user: q4", "-", ""}, {"", "", null}},
	} {
		checkTurns(t, path, turns, want)
	}
}
