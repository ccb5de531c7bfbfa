package tokens_test

import (
	"fmt"
	"log"

	"github.com/promptmill/promptmill/convert/tokens"
)

// The encodings of tiktoken need no file.
func ExampleTokenizer_Count() {
	t, err := tokens.Open("tiktoken:o200k_base")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(t.Count("How many tokens are these?"))
	// Output:
	// 6
}
