package scrape_test

import (
	"fmt"

	"github.com/promptmill/promptmill/bench/scrape"
)

// The figures of all servers have the same names; each keeps the one that its server has for it.
func ExampleParse() {
	server, values := scrape.Parse([]byte("vllm:num_requests_running{model_name=\"tiny\"} 3\nvllm:num_requests_waiting 1\n"))
	fmt.Println(server)
	for _, v := range values {
		fmt.Println(v.Name, v.Raw, v.Value)
	}
	// Output:
	// vllm
	// running vllm:num_requests_running 3
	// waiting vllm:num_requests_waiting 1
}
