package conditions_test

import (
	"fmt"

	"github.com/promptmill/promptmill/bench/conditions"
)

// Where a decisive condition differs, the runs measured different work.
func ExampleDifferences() {
	a := []conditions.Condition{conditions.New("model", "tiny"), conditions.New("tool", "promptmill 1.0")}
	b := []conditions.Condition{conditions.New("model", "large"), conditions.New("tool", "promptmill 1.1")}
	for _, d := range conditions.Differences(a, b) {
		fmt.Println(d.Name, d.Value, d.Other, d.Decisive)
	}
	// Output:
	// model tiny large true
	// tool promptmill 1.0 promptmill 1.1 false
}
