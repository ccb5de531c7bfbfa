package bench_test

import (
	"fmt"

	"github.com/promptmill/promptmill/bench"
)

// A schedule is computed from the index, so that being late once shifts nothing after it.
func ExampleConstantRate() {
	i := 0
	for due := range bench.ConstantRate(4) {
		fmt.Println(due)
		if i++; i == 3 {
			break
		}
	}
	// Output:
	// 0s
	// 250ms
	// 500ms
}
