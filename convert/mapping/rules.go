package mapping

import (
	"slices"

	"github.com/promptmill/promptmill/convert/dataset"
)

// A rule recognises datasets by their columns.
type rule struct {
	name, what string
	match      func(*columns) (candidate, bool)
}

// rules in the order they are tried. R6 stands before R5, because a question with a passage and choices is
// answered by a letter, not by the text R5 would take.
var rules = []rule{
	{"R1", "conversations", conversations},
	{"R2", "prompts", prompts},
	{"R3", "turns of a user", turns},
	{"R4", "instructions", instructions},
	{"R6", "multiple choice", multipleChoice},
	{"R5", "questions about a passage", passages},
	{"R7", "questions and answers", questions},
	{"R8", "inputs and targets", inputs},
	{"R9", "preferences", preferences},
	{"R10", "summaries", summaries},
	{"R11", "translations", translations},
	{"R12", "plain text", plainText},
}

// IsRule reports whether there is a rule called name.
func IsRule(name string) bool {
	return slices.ContainsFunc(rules, func(r rule) bool { return r.name == name })
}

// Names of columns with prompts, the likeliest first.
var (
	chatNames     = []string{"messages", "conversations", "conversation", "chat", "dialog", "dialogue", "turns"}
	questionNames = []string{"question", "problem", "query", "goal", "user", "human"}
)

func conversations(c *columns) (candidate, bool) {
	f, ok := c.prefer(isChat, chatNames...)
	if !ok {
		return candidate{}, false
	}
	shape, _ := chatShapeOf(f)
	gold, _ := c.answer(f.Name, goldNames...)
	return candidate{prompt: chatPrompt{at: pathOf(f.Name), shape: shape, gold: gold}, answer: gold}, true
}

func isChat(f dataset.Field) bool {
	_, ok := chatShapeOf(f)
	return ok
}

func prompts(c *columns) (candidate, bool) {
	f, ok := c.first(func(f dataset.Field) bool {
		return f.Kind == dataset.String || isTexts(f) || isChat(f)
	}, "prompt")
	if !ok {
		return candidate{}, false
	}
	found, ok := promptFrom(f, pathOf(f.Name))
	found.answer, _ = c.answer(f.Name, answerNames...)
	return found, ok
}

func turns(c *columns) (candidate, bool) {
	f, ok := c.first(isTexts, "turns")
	if !ok {
		return candidate{}, false
	}
	reference, _ := c.answer("", "reference")
	return candidate{prompt: turnsPrompt{pathOf(f.Name)}, answer: reference}, true
}

func instructions(c *columns) (candidate, bool) {
	f, ok := c.text("instruction")
	if !ok {
		return candidate{}, false
	}
	prompt := textOf(f)
	if extra, ok := c.prefer(isText, "input", "context", "inputs"); ok {
		prompt = append(prompt, optional(extra))
	}
	output, _ := c.answer("", "output", "response", "completion", "answer")
	return candidate{prompt: prompt, answer: output}, true
}

// passage returns the column of the text that a question is about, as the first piece of a prompt.
func (c *columns) passage() (textPrompt, bool) {
	f, ok := c.prefer(isText, "context", "passage", "support", "document", "article")
	if !ok || c.options.NoContext {
		return nil, ok
	}
	return textPrompt{optional(f)}, true
}

func multipleChoice(c *columns) (candidate, bool) {
	question, ok := c.prefer(isText, "question", "question_stem", "query", "ctx", "goal", "sentence")
	if !ok {
		return candidate{}, false
	}
	set, ok := c.choices()
	if !ok {
		return candidate{}, false
	}
	passage, ok := c.passage()
	if premise, there := c.text("premise"); !ok && there { // the choices are about it, whatever the options say of passages
		passage = textPrompt{optional(premise)}
	}
	found := candidate{prompt: choicePrompt{append(passage, textOf(question)...), set}}
	right, ok := c.first(func(f dataset.Field) bool { return f.Kind == dataset.String || f.Kind == dataset.Int },
		"answer", "answerkey", "answer_key", "label", "correct_answer", "answer_index", "answer_idx", "gold")
	switch {
	case ok:
		found.answer = choiceAnswer{pathOf(right.Name), set}
	case set.right != "":
		found.answer = markedAnswer{set}
	}
	return found, true
}

var choiceNames = []string{"choices", "options", "endings", "mc1_targets"}

// choices finds the choices of a question, in one column or in several.
func (c *columns) choices() (choiceSet, bool) {
	f, ok := c.prefer(func(f dataset.Field) bool { _, ok := choicesIn(f); return ok }, choiceNames...)
	if !ok {
		return c.choicesBeside()
	}
	return choicesIn(f)
}

func passages(c *columns) (candidate, bool) {
	passage, ok := c.passage()
	if !ok {
		return candidate{}, false
	}
	question, ok := c.prefer(isText, "question", "query")
	if !ok {
		return candidate{}, false
	}
	a := c.passageAnswer()
	return candidate{prompt: append(passage, textOf(question)...), answer: a}, true
}

// passageAnswer prefers a struct with the answer in it to a list of answers.
func (c *columns) passageAnswer() answer {
	names := []string{"answers", "answer", "answers_spans", "correct_answer"}
	if f, ok := c.first(func(f dataset.Field) bool { return f.Kind == dataset.Struct }, names...); ok {
		if a, ok := c.answerFrom(f, pathOf(f.Name)); ok {
			return a
		}
	}
	if a, ok := c.answer("", names...); ok {
		return a
	}
	return c.label()
}

// label returns the column of that name as an answer. A number that no class name explains is none.
func (c *columns) label() answer {
	f, ok := c.first(func(f dataset.Field) bool {
		return f.Kind == dataset.String || f.Kind == dataset.Bool || f.Kind == dataset.Int && c.schema.Labels[f.Name] != nil
	}, "label")
	if !ok {
		return nil
	}
	a, _ := c.answerFrom(f, pathOf(f.Name))
	return a
}

func questions(c *columns) (candidate, bool) {
	f, ok := c.prefer(isText, questionNames...)
	if !ok {
		return candidate{}, false
	}
	a, _ := c.answer("", "answer", "answers", "golden_answers", "best_answer", "correct_answer", "solution",
		"response", "output", "assistant", "gpt", "chosen", "ground_truth", "reward_model")
	return candidate{prompt: textOf(f), answer: a}, true
}

// inputs takes a column "source" only beside a target: alone it tells where a text is from.
func inputs(c *columns) (candidate, bool) {
	a, found := c.answer("", "target", "targets", "output")
	if !found {
		a = c.label()
	}
	f, ok := c.prefer(isText, "input", "inputs")
	if !ok {
		_, hasTarget := c.text("target", "targets")
		f, ok = c.text("source")
		ok = ok && hasTarget
	}
	return candidate{prompt: textOf(f), answer: a}, ok
}

func preferences(c *columns) (candidate, bool) {
	both := func(ok func(dataset.Field) bool) (chosen, rejected dataset.Field, found bool) {
		chosen, found = c.first(ok, "chosen")
		rejected, also := c.first(ok, "rejected")
		return chosen, rejected, found && also
	}
	if f, r, ok := both(isChat); ok {
		chat := func(f dataset.Field) chatPrompt {
			shape, _ := chatShapeOf(f)
			return chatPrompt{at: pathOf(f.Name), shape: shape}
		}
		return candidate{prompt: pairChat{chat(f), chat(r)}}, true
	}
	f, r, ok := both(func(f dataset.Field) bool { return f.Kind == dataset.String })
	return candidate{prompt: pairPrompt{pathOf(f.Name), pathOf(r.Name)}}, ok
}

func summaries(c *columns) (candidate, bool) {
	f, ok := c.prefer(isText, "article", "document", "dialogue")
	if !ok {
		return candidate{}, false
	}
	a, _ := c.answer("", "highlights", "summary")
	return candidate{prompt: textOf(f), answer: a}, true
}

// translations never guesses a direction.
func translations(c *columns) (candidate, bool) {
	f, ok := c.first(func(f dataset.Field) bool { return f.Kind == dataset.Struct && len(f.Children) > 1 }, "translation")
	if !ok {
		return candidate{}, false
	}
	from, okFrom := find(f.Children, c.options.From)
	to, okTo := find(f.Children, c.options.To)
	if !okFrom || !okTo || from.Kind != dataset.String || to.Kind != dataset.String {
		at := pathOf(f.Name)
		return candidate{why: "which way to translate is not known: " + show(f.Name) + " has " + nameList(f.Children) +
			"; for instance --prompt-column " + at.field(f.Children[0].Name).String() +
			" --expected-column " + at.field(f.Children[1].Name).String()}, true
	}
	at := pathOf(f.Name)
	return candidate{prompt: textPrompt{{at: at.field(from.Name)}}, answer: valueAnswer{at: at.field(to.Name)}}, true
}

func plainText(c *columns) (candidate, bool) {
	f, ok := c.prefer(isText, "text", "content", "raw_content", "body")
	return candidate{prompt: textOf(f)}, ok
}
