package answers_test

import (
	"fmt"
	"strings"

	"github.com/promptmill/promptmill/bench/answers"
	"github.com/promptmill/promptmill/bench/results"
)

type shown struct{}

func (shown) Tick() error { return nil }

func (shown) Write(r *results.Record) error {
	fmt.Println(*r.Score, r.OutputTokens, r.TokenSource, r.ResponseText == nil)
	return nil
}

// A reader stands before the file of the results: it reads the text, which then need not be kept.
func ExampleReader() {
	text, expected := "It is 42", "42"
	w := &answers.Reader{
		Sink: shown{},
		Score: func(answer, expected string) (float64, bool) {
			if strings.HasSuffix(answer, expected) {
				return 1, true
			}
			return 0, true
		},
		Count: func(text string) int { return len(strings.Fields(text)) },
	}
	r := results.Record{
		Status: results.StatusOK, ResponseText: &text, Expected: &expected,
		FirstTokenNS: 1, FirstOutputNS: 1, TokenSource: results.TokensFromChunks, OutputTokens: 2,
	}
	if err := w.Write(&r); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1 3 tokenizer true
}
