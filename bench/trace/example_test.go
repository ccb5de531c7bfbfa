package trace_test

import (
	"fmt"
	"strings"

	"github.com/promptmill/promptmill/bench/trace"
)

// Instants count from the first request, whatever clock the trace was recorded by.
func ExampleRead() {
	t, err := trace.Read(strings.NewReader(`{"timestamp":1000,"input_length":6955,"output_length":52}
{"timestamp":1027,"input_length":10,"output_length":1}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Requests {
		fmt.Println(r.At, r.InputTokens, r.OutputTokens)
	}
	// Output:
	// 0s 6955 52
	// 27ms 10 1
}
