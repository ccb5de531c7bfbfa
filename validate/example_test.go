package validate_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/promptmill/promptmill/validate"
)

func ExampleReader() {
	file := strings.NewReader(`{"prompt":"What is 2 + 2?","expected":"4"}
{"prompt":"What is 2 + 3?","answer":"5"}
`)
	sum, err := validate.Reader(context.Background(), file, "sums.jsonl", validate.Options{}, func(f validate.Finding) {
		fmt.Println(f)
	})
	fmt.Println(sum.BadLines, "of", sum.Lines, "lines are bad", err)
	// Output:
	// sums.jsonl:2:1: error: missing-key: missing key "expected"; a strict line has exactly "prompt" and "expected"
	// sums.jsonl:2:28: error: unknown-key: unknown key "answer"; a strict line has only "prompt" and "expected"
	// 1 of 2 lines are bad <nil>
}
