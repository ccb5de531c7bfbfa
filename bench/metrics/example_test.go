package metrics_test

import (
	"fmt"

	"github.com/promptmill/promptmill/bench/metrics"
)

// How many answers it takes before a percentile has an upper bound at 99 % confidence.
func ExampleMinSamples() {
	for _, p := range []float64{50, 95, 99} {
		fmt.Println(p, metrics.MinSamples(p))
	}
	// Output:
	// 50 11
	// 95 130
	// 99 662
}
