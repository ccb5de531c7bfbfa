package stat_test

import (
	"fmt"

	"github.com/promptmill/promptmill/bench/compare/stat"
)

// Of many tests some are small by chance; each is told among all.
func ExampleHolm() {
	fmt.Println(stat.Holm([]float64{0.25, 0.0625, 0.5}))
	// Output:
	// [0.5 0.1875 0.5]
}
