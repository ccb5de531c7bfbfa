package jsontext_test

import (
	"fmt"

	"github.com/promptmill/promptmill/convert/jsontext"
)

// What a line may not hold is escaped; what is behind dst stays.
func ExampleAppend() {
	line := jsontext.Append([]byte(`{"prompt":`), "two\nlines")
	fmt.Printf("%s}\n", line)
	// Output:
	// {"prompt":"two\nlines"}
}
