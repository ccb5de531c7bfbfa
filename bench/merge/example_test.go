package merge_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/promptmill/promptmill/bench/merge"
	"github.com/promptmill/promptmill/bench/results"
)

// Two shards of a run become one file with the requests of both; what did not come from one configuration is refused.
func ExampleFiles() {
	dir, err := os.MkdirTemp("", "merge")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	paths := make([]string, 3)
	for i, model := range []string{"tiny", "tiny", "large"} {
		paths[i] = filepath.Join(dir, fmt.Sprint(i, ".parquet"))
		if err := shard(paths[i], model, int32(i)); err != nil {
			fmt.Println(err)
			return
		}
	}

	_, err = merge.Files(filepath.Join(dir, "mixed.parquet"), paths)
	fmt.Println(errors.Is(err, merge.ErrDiffers))
	run, err := merge.Files(filepath.Join(dir, "all.parquet"), paths[:2])
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(run.Model, len(run.Parts), "parts")
	// Output:
	// true
	// tiny 2 parts
}

func shard(path, model string, index int32) error {
	id := fmt.Sprint("shard", index)
	run := &results.Run{ID: id, Model: model, Benchmarks: []results.Benchmark{{Strategy: "synchronous", WindowEndNS: 1e9, EndNS: 1e9}}}
	w, err := results.Create(path, run)
	if err != nil {
		return err
	}
	if err := w.Write(&results.Record{Run: id, Shard: index, Strategy: "synchronous", Status: results.StatusOK, SentNS: 1e6, DoneNS: 9e6}); err != nil {
		return err
	}
	return w.Close(run)
}
