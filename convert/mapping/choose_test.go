package mapping_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

// TestChoose holds the mapping of every dataset layout that is common on the Hub.
func TestChoose(t *testing.T) {
	type want struct{ Rule, From, Expected, System string }
	for _, tt := range []struct {
		name   string
		schema dataset.Schema
		want   want
	}{
		{"gsm8k", schema(str("question", "answer")), want{"R7", "question", "answer", ""}},
		{"alpaca", schema(str("instruction", "input", "output", "text")), want{"R4", "instruction + input", "output", ""}},
		{"dolly", schema(str("instruction", "context", "response", "category")), want{"R4", "instruction + context", "response", ""}},
		{"openorca", schema(str("id", "system_prompt", "question", "response")), want{"R7", "question", "response", "system_prompt"}},
		{"mlperf", schema(str("system_prompt", "question", "output")), want{"R7", "question", "output", "system_prompt"}},
		{"ultrachat", schema(str("prompt", "prompt_id"), chat("messages")), want{"R1", "messages", "the assistant turn after it in messages", ""}},
		{"wildchat", schema(str("conversation_hash", "model"), chat("conversation", "content", "country", "role"), num("turn")),
			want{"R1", "conversation", "the assistant turn after it in conversation", ""}},
		{"sharegpt", schema(str("id"), chat("conversations", "from", "value")), want{"R1", "conversations", "the assistant turn after it in conversations", ""}},
		{"struct of lists", schema(group("conversations", texts("from"), texts("value"))),
			want{"R1", "conversations", "the assistant turn after it in conversations", ""}},
		{"messages of parts", schema(list("messages", group("", str("role"), list("content", group("", str("type", "text"))[0]))[0])),
			want{"R1", "messages", "the assistant turn after it in messages", ""}},
		{"chat with gold", schema(chat("messages"), str("ground_truth", "dataset")),
			want{"R1", "messages", "the assistant turn after it in messages, else ground_truth", ""}},
		{"mt-bench", schema(texts("turns"), str("category")), want{"R3", "turns", "", ""}},
		{"mt-bench with reference", schema(num("question_id"), texts("turns"), texts("reference")), want{"R3", "turns", "reference[0]", ""}},
		{"mt_bench_prompts", schema(texts("prompt"), texts("reference"), str("category"), num("prompt_id")), want{"R2", "prompt", "reference[0]", ""}},
		{"humaneval", schema(str("task_id", "prompt", "canonical_solution", "test", "entry_point")), want{"R2", "prompt", "canonical_solution", ""}},
		{"mbpp", schema(num("task_id"), str("text", "code"), texts("test_list")), want{"R12", "text", "", ""}},
		{"mmlu", schema(str("question", "subject"), texts("choices"), num("answer")), want{"R6", "question + choices", "the letter of answer", ""}},
		{"mmlu-pro", schema(num("question_id"), str("question"), texts("options"), str("answer"), num("answer_index"), str("cot_content")),
			want{"R6", "question + options", "the letter of answer", ""}},
		{"arc", schema(str("id", "question"), group("choices", texts("text"), texts("label")), str("answerKey")),
			want{"R6", "question + choices", "the letter of answerKey", ""}},
		{"openbookqa", schema(str("id", "question_stem"), group("choices", texts("text"), texts("label")), str("answerKey")),
			want{"R6", "question_stem + choices", "the letter of answerKey", ""}},
		{"choices as structs", schema(str("question"), list("choices", group("", str("label", "text"))[0]), str("answerKey")),
			want{"R6", "question + choices", "the letter of answerKey", ""}},
		{"hellaswag", schema(num("ind"), str("activity_label", "ctx_a", "ctx_b", "ctx"), texts("endings"), str("label")),
			want{"R6", "ctx + endings", "the letter of label", ""}},
		{"race", schema(str("example_id", "article", "answer", "question"), texts("options")),
			want{"R6", "article + question + options", "the letter of answer", ""}},
		{"boolq", schema(str("question"), scalar(dataset.Bool, "bool", "answer"), str("passage")), want{"R5", "passage + question", "answer", ""}},
		{"squad", schema(str("id", "title", "context", "question"), group("answers", texts("text"), list("answer_start", num("")[0]))),
			want{"R5", "context + question", "answers.text[0]", ""}},
		{"drop", schema(str("passage", "question"), group("answers_spans", texts("spans"), texts("types"))),
			want{"R5", "passage + question", "answers_spans.spans[0]", ""}},
		{"sciq", schema(str("question", "distractor1", "distractor2", "distractor3", "correct_answer", "support")),
			want{"R5", "support + question", "correct_answer", ""}},
		{"trivia_qa", schema(str("question", "question_id"), group("answer", texts("aliases"), str("value"))), want{"R7", "question", "answer.value", ""}},
		{"nq_open", schema(str("question"), texts("answer")), want{"R7", "question", "answer[0]", ""}},
		{"ms_marco", schema(texts("answers"), group("passages", list("is_selected", num("")[0]), texts("passage_text")), str("query"), num("query_id")),
			want{"R7", "query", "answers[0]", ""}},
		{"truthful_qa", schema(str("type", "category", "question", "best_answer"), texts("correct_answers"), texts("incorrect_answers")),
			want{"R7", "question", "best_answer", ""}},
		{"gpqa", schema(str("Question", "Correct Answer", "Incorrect Answer 1", "Record ID")), want{"R7", "Question", "Correct Answer", ""}},
		{"math-500", schema(str("problem", "solution", "answer", "unique_id")), want{"R7", "problem", "answer", ""}},
		{"aime", schema(str("ID", "Problem", "Solution"), num("Answer")), want{"R7", "Problem", "Answer", ""}},
		{"piqa", schema(str("goal", "sol1", "sol2"), num("label")), want{"R6", "goal + sol1 + sol2", "the letter of label", ""}},
		{"winogrande", schema(str("sentence", "option1", "option2", "answer")), want{"R6", "sentence + option1 + option2", "the letter of answer", ""}},
		{"a column per letter", schema(str("Question", "A", "B", "C", "Answer")), want{"R6", "Question + A + B + C", "the letter of Answer", ""}},
		{"truthful_qa choices", schema(str("question"), group("mc1_targets", texts("choices"), list("labels", num("")[0]))),
			want{"R6", "question + mc1_targets", "the letter of mc1_targets.labels", ""}},
		{"a struct before a list", schema(str("context", "question"), texts("answers"), group("answer", str("value"))),
			want{"R5", "context + question", "answer.value", ""}},
		{"a label without names", schema(str("passage", "question"), num("label")), want{"R5", "passage + question", "", ""}},
		{"a label that is true or false", schema(str("passage", "question"), scalar(dataset.Bool, "bool", "label")), want{"R5", "passage + question", "label", ""}},
		{"ifeval", schema(num("key"), str("prompt"), texts("instruction_id_list"), list("kwargs", group("", num("n"))[0])), want{"R2", "prompt", "", ""}},
		{"ifbench", schema(num("key"), str("prompt"), texts("instruction_id_list"), chat("messages", "role", "content")),
			want{"R1", "messages", "the assistant turn after it in messages", ""}},
		{"bbh", schema(str("input", "target")), want{"R8", "input", "target", ""}},
		{"p3", schema(str("inputs", "targets")), want{"R8", "inputs", "targets", ""}},
		{"source and target", schema(str("source", "target")), want{"R8", "source", "target", ""}},
		{"text with a source", schema(str("text", "source")), want{"R12", "text", "", ""}},
		{"cnn_dailymail", schema(str("article", "highlights", "id")), want{"R10", "article", "highlights", ""}},
		{"xsum", schema(str("document", "summary", "id")), want{"R10", "document", "summary", ""}},
		{"samsum", schema(str("id", "dialogue", "summary")), want{"R10", "dialogue", "summary", ""}},
		{"fineweb", schema(str("text", "id", "dump", "url")), want{"R12", "text", "", ""}},
		{"the-stack", schema(str("content", "lang")), want{"R12", "content", "", ""}},
		{"redpajama", schema(str("raw_content", "doc_id")), want{"R12", "raw_content", "", ""}},
		{"cosmopedia", schema(str("prompt", "text", "audience")), want{"R2", "prompt", "", ""}},
		{"hh-rlhf", schema(str("chosen", "rejected")), want{"R9", "chosen", "the rest of chosen", ""}},
		{"ultrafeedback", schema(str("prompt"), chat("chosen"), chat("rejected")), want{"R2", "prompt", "the last assistant turn in chosen", ""}},
		{"preferences of chats", schema(chat("chosen"), chat("rejected")), want{"R9", "chosen", "the assistant turn after it in chosen", ""}},
		{"orca_dpo_pairs", schema(str("system", "question", "chosen", "rejected")), want{"R7", "question", "chosen", "system"}},
		{"dolly_hhrlhf", schema(str("prompt", "response")), want{"R2", "prompt", "response", ""}},
		{"mathinstruct", schema(str("source", "output", "instruction")), want{"R4", "instruction", "output", ""}},
		{"firefly", schema(str("kind", "input", "target")), want{"R8", "input", "target", ""}},
		{"verl", schema(str("data_source"), chat("prompt"), str("ability"), group("reward_model", str("ground_truth", "style")), group("extra_info", str("answer"))),
			want{"R2", "prompt", "reward_model.ground_truth", ""}},
		{"verl with answers", schema(str("id", "question"), texts("golden_answers"), chat("prompt"), group("reward_model", str("ground_truth"))),
			want{"R2", "prompt", "reward_model.ground_truth", ""}},
		{"spelling", schema(str(" PROMPT ", "Canonical-Solution")), want{"R2", " PROMPT ", "Canonical-Solution", ""}},
		{"one column", schema(str("id", "poem"), num("lines")), want{"only", "poem", "", ""}},
		{"not text", schema(num("prompt"), str("question", "answer")), want{"R7", "question", "answer", ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := mapping.Choose(tt.schema, mapping.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, want{m.Rule, m.From, m.Expected, m.SystemFrom}); diff != "" {
				t.Errorf("mapping (-want +got):\n%s", diff)
			}
		})
	}
}

func TestChoose_options(t *testing.T) {
	squad := schema(str("context", "question"), group("answers", texts("text")))
	verl := schema(chat("prompt"), group("reward_model", str("ground_truth")), str("label"))
	translation := schema(group("translation", str("de", "en")))
	type want struct{ Rule, From, Expected string }
	for _, tt := range []struct {
		name    string
		schema  dataset.Schema
		options mapping.Options
		want    want
	}{
		{"no context", squad, mapping.Options{NoContext: true}, want{"R5", "question", "answers.text[0]"}},
		{"prompt only", squad, mapping.Options{PromptOnly: true}, want{"R5", "context + question", ""}},
		{"prompt column", squad, mapping.Options{PromptColumn: "context"}, want{"columns", "context", "answers.text[0]"}},
		{"expected column", squad, mapping.Options{ExpectedColumn: "answers.text[-1]"}, want{"R5", "context + question", "answers.text[-1]"}},
		{"both", squad, mapping.Options{PromptColumn: "QUESTION", ExpectedColumn: "context"}, want{"columns", "question", "context"}},
		{"a list stands for its first", squad, mapping.Options{ExpectedColumn: "answers.text"}, want{"R5", "context + question", "answers.text[0]"}},
		{"conversation", verl, mapping.Options{PromptColumn: "prompt", ExpectedColumn: "label"}, want{"columns", "prompt", "label"}},
		{"a message", verl, mapping.Options{PromptColumn: "prompt[-1].content"}, want{"columns", "prompt[-1].content", "reward_model.ground_truth"}},
		{"a dot in a name", schema(str("a.b", "a")), mapping.Options{PromptColumn: "a.b"}, want{"columns", `"a.b"`, ""}},
		{"translation", translation, mapping.Options{From: "de", To: "en"}, want{"R11", "translation.de", "translation.en"}},
		{"translation by columns", translation, mapping.Options{PromptColumn: "translation.en", ExpectedColumn: "translation.de"},
			want{"columns", "translation.en", "translation.de"}},
		{"numbers when asked", schema(num("n"), scalar(dataset.Float, "double", "x")), mapping.Options{PromptColumn: "n", ExpectedColumn: "x"},
			want{"columns", "n", "x"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := mapping.Choose(tt.schema, tt.options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, want{m.Rule, m.From, m.Expected}); diff != "" {
				t.Errorf("mapping (-want +got):\n%s", diff)
			}
		})
	}
}

func TestChoose_errors(t *testing.T) {
	squad := schema(str("context", "question"), group("answers", texts("text")))
	for _, tt := range []struct {
		name    string
		schema  dataset.Schema
		options mapping.Options
		is      error
		want    string
	}{
		{"nothing fits", schema(str("sentence1", "sentence2"), num("label")), mapping.Options{}, mapping.ErrNoMapping,
			"no rule matches the columns; say which to use with --prompt-column and --expected-column (a column, or a path such as answers.text[0])\n" +
				"  sentence1  string\n  sentence2  string\n  label  int64"},
		{"only an id", schema(str("id"), num("label")), mapping.Options{}, mapping.ErrNoMapping, "id  string"},
		{"hostile name", schema(num("\x1b[31m")), mapping.Options{}, mapping.ErrNoMapping, `"\x1b[31m"  int64`},
		{"no columns", schema(), mapping.Options{}, mapping.ErrNoMapping, "no rule matches the columns"},
		{"translation", schema(group("translation", str("de", "en"))), mapping.Options{}, mapping.ErrNoMapping,
			"which way to translate is not known: translation has de, en; for instance --prompt-column translation.de --expected-column translation.en"},
		{"no such column", squad, mapping.Options{PromptColumn: "qestion"}, mapping.ErrColumn,
			"--prompt-column: no column qestion; the columns are context, question, answers"},
		{"no such field", squad, mapping.Options{ExpectedColumn: "answers.txt[0]"}, mapping.ErrColumn, "answers has no field txt; its fields are text"},
		{"a field of a list", schema(chat("messages")), mapping.Options{PromptColumn: "messages.content"}, mapping.ErrColumn,
			"write messages[0].content for its first element, messages[-1].content for its last"},
		{"into a string", squad, mapping.Options{PromptColumn: "question.x"}, mapping.ErrColumn, "question is a string: there is no question.x in it"},
		{"no text", squad, mapping.Options{PromptColumn: "answers"}, mapping.ErrColumn, "answers is a struct<text: list<string>>, which is no text"},
		{"no answer", schema(str("prompt"), group("meta", str("a"))), mapping.Options{ExpectedColumn: "meta"}, mapping.ErrColumn, "meta is a struct<a: string>"},
		{"no path", squad, mapping.Options{PromptColumn: "question["}, mapping.ErrColumn, `"question[" at byte 8: want a closing "]"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := mapping.Choose(tt.schema, tt.options)
			if !errors.Is(err, tt.is) {
				t.Fatalf("got %v, want an error that is %v", err, tt.is)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %s\nwant it to contain %s", err, tt.want)
			}
		})
	}
}

// Errors list the first of many columns and count the others, and show the start of long names and types.
func TestChoose_errorsOfWideSchemas(t *testing.T) {
	fields := num(strings.Repeat("x", 5000))
	for i := range 20_000 {
		fields = append(fields, num(fmt.Sprint("c", i))...)
	}
	_, none := mapping.Choose(schema(fields), mapping.Options{})
	if n := strings.Count(none.Error(), "\n"); n != 41 || !strings.HasSuffix(none.Error(), "\n  and 19961 more; promptmill inspect lists them") {
		t.Errorf("%d lines, the end is %q", n, none.Error()[len(none.Error())-80:])
	}
	_, absent := mapping.Choose(schema(fields), mapping.Options{PromptColumn: "prompt"})
	if !strings.HasSuffix(absent.Error(), ", c38 and 19961 more; promptmill inspect lists them") {
		t.Errorf("the end is %q", absent.Error()[len(absent.Error())-80:])
	}
	if len(none.Error()) > 2000 || len(absent.Error()) > 1000 {
		t.Errorf("%d and %d bytes", len(none.Error()), len(absent.Error()))
	}
}

// TestChoose_notices checks that a choice between columns is never silent.
func TestChoose_notices(t *testing.T) {
	for _, tt := range []struct {
		name   string
		schema dataset.Schema
		o      mapping.Options
		want   []string
	}{
		{"no choice", schema(str("question", "answer")), mapping.Options{}, nil},
		{"two prompts", schema(str("prompt", "text")), mapping.Options{},
			[]string{"prompt <- prompt by rule R2; text (rule R12) was possible too: --prompt-column or --rule chooses"}},
		{"a part of the prompt is no other", schema(str("instruction", "input", "output")), mapping.Options{}, nil},
		{"two answers", schema(str("problem", "solution", "answer", "other")), mapping.Options{},
			[]string{"expected <- answer; solution was possible too: --expected-column chooses"}},
		{"answers that nobody asks for", schema(str("problem", "solution", "answer")), mapping.Options{PromptOnly: true}, nil},
		{"a rule as asked", schema(str("prompt", "question", "answer")), mapping.Options{Rule: "R7"}, nil},
		{"turns where there is one", schema(str("question", "answer")), mapping.Options{Turns: mapping.EachTurn},
			[]string{"--turns each does nothing: question is one turn"}},
		{"the only text", schema(str("poem")), mapping.Options{},
			[]string{"no rule knows these columns; prompt <- poem because it is the only column of text"}},
		{"expected by name", schema(str("a", "answer")), mapping.Options{PromptColumn: "a"},
			[]string{"expected <- answer, by its name: --expected-column chooses"}},
		{"first of a list", schema(str("a"), texts("b")), mapping.Options{PromptColumn: "a", ExpectedColumn: "b"},
			[]string{"b is a list<string>: expected <- b[0]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := mapping.Choose(tt.schema, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, m.Notices); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMapping_Columns(t *testing.T) {
	s := schema(str("system", "question"), texts("choices"), str("answer", "explanation"))
	m, err := mapping.Choose(s, mapping.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"question", "choices", "answer", "system"}, m.Columns()); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	want := "R6: multiple choice: prompt <- question + choices, system <- system, expected <- the letter of answer"
	if got := m.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
