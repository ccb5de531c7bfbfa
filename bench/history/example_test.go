package history_test

import (
	"fmt"

	"github.com/promptmill/promptmill/bench/history"
)

func ExampleSparkline() {
	fmt.Println(history.Sparkline([]float64{10, 11, 10, 14, 20}))
	// Output:
	// ▁▂▁▄█
}
