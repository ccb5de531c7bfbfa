package accuracy_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/promptmill/promptmill/bench/accuracy"
	"github.com/promptmill/promptmill/bench/results"
)

// The client saw the second chunk 10 ms after the first; the server had sent them 9 ms apart.
func ExampleMeasure() {
	started := time.Unix(1, 0)
	record := &results.Record{
		Run: "run", RequestID: "a", Status: results.StatusOK, SentNS: 1e6, FirstTokenNS: 5e6, ChunkNS: []int64{5e6, 15e6},
	}
	truth := accuracy.Truth{ID: "a", Sends: []int64{1e9 + 5e6, 1e9 + 14e6}}
	errs, err := accuracy.Measure(started, func(yield func(*results.Record, error) bool) { yield(record, nil) }, slices.Values([]accuracy.Truth{truth}))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(errs[0].Requests, errs[0].Chunks, errs[0].Gap.Max)
	// Output:
	// 1 2 0.001
}
