package plain_test

import (
	"fmt"

	"github.com/promptmill/promptmill/bench/report/plain"
)

func ExampleText() {
	fmt.Println(plain.Text("size\x1b[2J größe\nsecond line"))
	// Output:
	// size\x1b[2J größe\nsecond line
}
