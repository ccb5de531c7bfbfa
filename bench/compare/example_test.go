package compare_test

import (
	"fmt"

	"github.com/promptmill/promptmill/bench/compare"
)

// A gate that cannot be read says where and why.
func ExampleParseGate() {
	_, err := compare.ParseGate("ttft.p99 > +10%", false)
	fmt.Println(err)
	_, err = compare.ParseGate("ttft.p99 >> 1", false)
	fmt.Println(err)
	// Output:
	// <nil>
	// gate "ttft.p99 >> 1", column 11: expected a number
}
