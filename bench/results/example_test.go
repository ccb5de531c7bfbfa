package results_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/promptmill/promptmill/bench/results"
)

// The file has its name when it is whole; until then it can be read under the name with [results.PartialSuffix].
func Example() {
	dir, err := os.MkdirTemp("", "results")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "results.parquet")
	if err := record(path); err != nil {
		fmt.Println(err)
		return
	}

	f, err := results.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = f.Close() }()
	for r, err := range f.Records() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: request %d was %s after %d ms\n", f.Run.Model, r.Sequence, r.Status, (r.DoneNS-r.SentNS)/1e6)
	}
	// Output:
	// tiny: request 0 was ok after 40 ms
}

func record(path string) error {
	run := &results.Run{ID: "1", Model: "tiny", Benchmarks: []results.Benchmark{{Strategy: "synchronous"}}}
	w, err := results.Create(path, run)
	if err != nil {
		return err
	}
	if err := w.Write(&results.Record{Run: "1", Strategy: "synchronous", Status: results.StatusOK, SentNS: 1e6, DoneNS: 41e6}); err != nil {
		return err
	}
	return w.Close(run)
}
