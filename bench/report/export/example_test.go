package export_test

import (
	"fmt"

	"github.com/promptmill/promptmill/bench/report/export"
)

// A format is one file, or several for each benchmark.
func ExampleByName() {
	for _, name := range []string{"csv", "vllm", "docx"} {
		f, ok := export.ByName(name)
		fmt.Println(name, ok, f.Several)
	}
	// Output:
	// csv true false
	// vllm true true
	// docx false false
}
