package schemas_test

import (
	"fmt"

	"github.com/promptmill/promptmill/schemas"
)

func ExampleList() {
	for _, s := range schemas.List()[:2] {
		fmt.Println(s.Name+":", s.Title)
	}
	// Output:
	// aiperf: A request or conversation of AIPerf
	// findings: What promptmill validate found
}
