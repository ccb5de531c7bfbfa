package dedupe_test

import (
	"fmt"

	"github.com/promptmill/promptmill/convert/dedupe"
)

func ExampleExact() {
	known := dedupe.NewExact()
	for _, text := range []string{"one", "two", "one"} {
		fmt.Println(text, known.Seen(text))
	}
	// Output:
	// one false
	// two false
	// one true
}
