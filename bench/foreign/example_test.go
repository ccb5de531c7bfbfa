package foreign_test

import (
	"fmt"

	"github.com/promptmill/promptmill/bench/foreign"
)

// The tool is known by what is in the file.
func ExampleOpen() {
	r, err := foreign.Open("testdata/guidellm.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Tool, len(r.Benchmarks))
	// Output:
	// GuideLLM 0.8.1 1
}
