package clean_test

import (
	"fmt"

	"github.com/promptmill/promptmill/convert/clean"
)

func ExampleCleaner_String() {
	c := clean.New(clean.Options{})
	s, err := c.String("\uFEFFItâ€™s a \x1b[1mtest\x1b[0m \r\n")
	fmt.Printf("%q %v\n", s, err)
	for _, n := range c.Counts() {
		if n.Values > 0 {
			fmt.Printf("%s: %d\n", n.Step, n.Values)
		}
	}
	// Output:
	// "It’s a test" <nil>
	// byte order marks: 1
	// mojibake: 1
	// newlines: 1
	// control characters: 1
	// outer white space: 1
}
