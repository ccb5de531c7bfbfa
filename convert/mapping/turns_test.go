package mapping_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

// each maps every prompt of every row of a file.
func each(t *testing.T, path string, o mapping.Options) (results []result) {
	t.Helper()
	f, err := dataset.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := mapping.Choose(f.Schema(), o)
	if err != nil {
		t.Fatal(err)
	}
	var p mapping.Prompt
	for b, err := range f.Batches(t.Context(), m.Columns()) {
		if err != nil {
			t.Fatal(err)
		}
		for row := range b.NumRows() {
			for turn := range m.Prompts(b, row) {
				drop := m.Turn(b, row, turn, &p)
				results = append(results, resultOf(&p, drop))
			}
		}
	}
	return results
}

func TestTurn_conversations(t *testing.T) {
	type row struct {
		Messages []message `parquet:"messages,list"`
		Answer   *string   `parquet:"answer,optional"`
	}
	gold := "gold"
	path := write(t, []row{
		{[]message{say("system", "s"), say("user", "u1"), say("assistant", "a1"), say("user", "u2"), say("assistant", "a2")}, nil},
		{[]message{say("user", "u1"), say("assistant", "a1"), say("user", "u2")}, &gold},
		{[]message{say("assistant", "a")}, nil},
	})
	const noUser = "conversation has no user turn"
	for turns, want := range map[mapping.Turns][]result{
		mapping.TurnsByRule: {{"system: s|user: u1|assistant: a1|user: u2", "a2", ""}, {"user: u1", "a1", ""}, {"", "", noUser}},
		mapping.AllTurns:    {{"system: s|user: u1|assistant: a1|user: u2", "a2", ""}, {"user: u1|assistant: a1|user: u2", "gold", ""}, {"", "", noUser}},
		mapping.FirstTurn:   {{"system: s|user: u1", "a1", ""}, {"user: u1", "a1", ""}, {"", "", noUser}},
		mapping.EachTurn: {
			{"system: s|user: u1", "a1", ""}, {"system: s|user: u1|assistant: a1|user: u2", "a2", ""},
			{"user: u1", "a1", ""}, {"user: u1|assistant: a1|user: u2", "gold", ""}, {"", "", noUser},
		},
	} {
		if diff := cmp.Diff(want, each(t, path, mapping.Options{Turns: turns})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", turns, diff)
		}
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
		if diff := cmp.Diff(want, each(t, path, mapping.Options{Turns: turns})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", turns, diff)
		}
	}
}
