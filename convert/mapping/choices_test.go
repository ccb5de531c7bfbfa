package mapping_test

import (
	"testing"

	"github.com/promptmill/promptmill/convert/mapping"
)

func TestPrompt_choices(t *testing.T) {
	const asked = "user: q\nA. x\nB. y\nC. z"
	t.Run("numbers", func(t *testing.T) {
		type row struct {
			Question string   `parquet:"question"`
			Choices  []string `parquet:"choices,list"`
			Answer   int64    `parquet:"answer"`
		}
		xyz := []string{"x", "y", "z"}
		check(t, write(t, []row{{"q", xyz, 2}, {"q", xyz, -1}, {"q", xyz, 3}, {"q", nil, 0}, {"q", make([]string, 27), 0}}), mapping.Options{}, "R6",
			result{Prompt: asked, Answer: "C"},
			result{Prompt: asked, Answer: "-"},
			result{Drop: "answer is one more than the last choice counted from 0: answers may count from 1, which makes all letters wrong"},
			result{Drop: "question has no choices, or more than 26"},
			result{Drop: "question has no choices, or more than 26"})
	})
	t.Run("text", func(t *testing.T) {
		type row struct {
			Ctx     string   `parquet:"ctx"`
			Endings []string `parquet:"endings,list"`
			Label   string   `parquet:"label"`
		}
		xyz := []string{"x", "y", "z"}
		check(t, write(t, []row{{"q", xyz, "1"}, {"q", xyz, "c"}, {"q", xyz, " y "}, {"q", xyz, ""}, {"q", xyz, "D"}}), mapping.Options{}, "R6",
			result{Prompt: asked, Answer: "B"},
			result{Prompt: asked, Answer: "C"},
			result{Prompt: asked, Answer: "B"},
			result{Prompt: asked, Answer: "-"},
			result{Drop: "answer is none of the choices"})
	})
	t.Run("labels", func(t *testing.T) {
		type choices struct {
			Text  []string `parquet:"text,list"`
			Label []string `parquet:"label,list"`
		}
		type row struct {
			Question  string  `parquet:"question"`
			Choices   choices `parquet:"choices"`
			AnswerKey string  `parquet:"answerKey"`
		}
		check(t, write(t, []row{
			{"q", choices{[]string{"x", "y", "z"}, []string{"A", "B", "C"}}, "B"},
			{"q", choices{[]string{"x", "y", "z"}, []string{"1", "2", "3"}}, "1"},
		}), mapping.Options{}, "R6", result{Prompt: asked, Answer: "B"}, result{Prompt: asked, Answer: "A"})
	})
	t.Run("structs", func(t *testing.T) {
		type choice struct {
			Label string `parquet:"label"`
			Text  string `parquet:"text"`
		}
		type row struct {
			Article  string   `parquet:"article"`
			Question string   `parquet:"question"`
			Options  []choice `parquet:"options,list"`
			Answer   string   `parquet:"answer"`
		}
		check(t, write(t, []row{{"p", "q", []choice{{"i", "x"}, {"ii", "y"}}, "ii"}}), mapping.Options{}, "R6",
			result{Prompt: "user: p\n\nq\nA. x\nB. y", Answer: "B"})
	})
}

// TestPrompt_choiceColumns: a column for each choice, whose names end with a number or a letter.
func TestPrompt_choiceColumns(t *testing.T) {
	t.Run("from 1", func(t *testing.T) { // the answer, as text, is the number in the name
		type row struct {
			Sentence string  `parquet:"sentence"`
			Option1  string  `parquet:"option1"`
			Option2  *string `parquet:"option2,optional"`
			Answer   string  `parquet:"answer"`
		}
		check(t, write(t, []row{{"q", "x", new("y"), "2"}, {"q", "x", new("y"), "1"}, {"q", "x", nil, "2"}, {"q", "", new("y"), "1"}}), mapping.Options{}, "R6",
			result{Prompt: "user: q\nA. x\nB. y", Answer: "B"},
			result{Prompt: "user: q\nA. x\nB. y", Answer: "A"},
			result{Drop: "answer is none of the choices"},
			result{Drop: "question has no choices, or more than 26"})
	})
	t.Run("numbers from 0", func(t *testing.T) {
		type row struct {
			Goal  string `parquet:"goal"`
			Sol1  string `parquet:"sol1"`
			Sol2  string `parquet:"sol2"`
			Label int64  `parquet:"label"`
		}
		check(t, write(t, []row{{"q", "x", "y", 1}, {"q", "x", "y", -1}}), mapping.Options{}, "R6",
			result{Prompt: "user: q\nA. x\nB. y", Answer: "B"},
			result{Prompt: "user: q\nA. x\nB. y", Answer: "-"})
	})
	t.Run("letters", func(t *testing.T) {
		type row struct {
			Question string `parquet:"Question"`
			A        string `parquet:"A"`
			B        string `parquet:"B"`
			Answer   string `parquet:"Answer"`
		}
		check(t, write(t, []row{{"q", "x", "y", "B"}}), mapping.Options{}, "R6", result{Prompt: "user: q\nA. x\nB. y", Answer: "B"})
	})
}

// TestPrompt_choicesMarked: the right choice is marked with 1 in a list beside the choices.
func TestPrompt_choicesMarked(t *testing.T) {
	type targets struct {
		Choices []string `parquet:"choices,list"`
		Labels  []int32  `parquet:"labels,list"`
	}
	type row struct {
		Question string  `parquet:"question"`
		Targets  targets `parquet:"mc1_targets"`
	}
	check(t, write(t, []row{{"q", targets{[]string{"x", "y"}, []int32{0, 1}}}, {"q", targets{[]string{"x"}, nil}}}), mapping.Options{}, "R6",
		result{Prompt: "user: q\nA. x\nB. y", Answer: "B"},
		result{Prompt: "user: q\nA. x", Answer: "-"})
}
