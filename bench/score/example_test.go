package score_test

import (
	"fmt"

	"github.com/promptmill/promptmill/bench/score"
)

// A number is compared by its value, however it is written.
func ExampleScorer_Score() {
	s, err := score.New(score.Options{Method: score.Numeric})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Score("She pays $1,250.00 in total.", "1250"))
	fmt.Println(s.Score("She pays 1,251.", "1250"))
	// Output:
	// 1 true
	// 0 true
}
