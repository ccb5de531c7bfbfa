// Package merge makes one results file of several: the shards of a run, or runs of the same configuration on several
// days. Nothing is averaged: the requests of all are in the file, so that every figure is computed from all of them.
package merge

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/results"
)

// Sentinels of [Files] for callers that decide by them.
var (
	// ErrDiffers reports runs of different configurations.
	ErrDiffers = errors.New("not the same configuration")
	// ErrTwice reports a run that is given more than once.
	ErrTwice = errors.New("the same run twice")
	// ErrTogether reports runs that are no shards of one and put their load on the server at the same time.
	ErrTogether = errors.New("sent at the same time")
	// ErrOutput reports an output that is one of the inputs.
	ErrOutput = errors.New("the output is one of the inputs")
)

// An input is a results file that is being merged.
type input struct {
	path    string
	file    *results.File
	offset  int64                       // ns from the start of the merged run to that of this one
	windows map[int32]results.Window    // on the clock of the merged run
	loads   map[int32]results.Benchmark // as its records have it: a run that was killed describes not all
	shards  []int32
	rows    int64
}

// Files writes the records of all results files at paths to a new one called out, and returns its description. Files
// are taken in the order of their start, shard and run, whatever the order of paths. Each record keeps the id of its run
// and its shard; its instants are put on the clock of the earliest run by the difference of the times at which the
// machines say that they started. Where runs do not overlap in time, the benchmark has a window for each.
//
// The file appears under its name when it is complete. Errors wrap [ErrDiffers], [ErrTwice], [ErrTogether], [ErrOutput], those of
// [results.Open], or come from the file system.
func Files(out string, paths []string) (run *results.Run, err error) {
	inputs, err := open(out, paths)
	defer func() {
		for _, in := range inputs {
			_ = in.file.Close() // was only read
		}
	}()
	if err == nil && len(inputs) == 0 {
		err = errors.New("no results to merge")
	}
	if err != nil {
		return nil, err
	}
	if err := check(inputs); err != nil {
		return nil, err
	}
	run = describe(inputs)
	w, err := results.Create(out, run)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.Abort()) }() // nothing, once it is closed
	for _, in := range inputs {
		if err := in.copyTo(w); err != nil {
			return nil, err
		}
	}
	if err := complete(run, inputs); err != nil {
		return nil, err
	}
	if err := w.Close(run); err != nil {
		_ = os.Remove(out + results.PartialSuffix) // which a run would be resumed from; all of it is in the inputs
		return nil, err
	}
	return run, nil
}

// open opens the files, sorted. What it has opened it returns also with an error.
func open(out string, paths []string) ([]*input, error) {
	var inputs []*input
	target, outErr := os.Stat(out)
	for _, path := range paths {
		f, err := results.Open(path)
		if err != nil {
			return inputs, err
		}
		inputs = append(inputs, &input{path: path, file: f, windows: map[int32]results.Window{}, loads: map[int32]results.Benchmark{}})
		if info, err := os.Stat(f.Name()); err == nil && outErr == nil && os.SameFile(info, target) {
			return inputs, fmt.Errorf("%s: %w; give it another name", out, ErrOutput)
		}
	}
	slices.SortStableFunc(inputs, func(a, b *input) int {
		return cmp.Or(a.file.Run.StartedAt.Compare(b.file.Run.StartedAt), cmp.Compare(a.file.Run.ID, b.file.Run.ID))
	})
	for _, in := range inputs {
		in.offset = in.file.Run.StartedAt.Sub(inputs[0].file.Run.StartedAt).Nanoseconds()
	}
	return inputs, nil
}

// copyTo writes the records of the input, on the clock of the merged run, and learns from them what check and describe
// could not know.
func (in *input) copyTo(w *results.Writer) error {
	for r, err := range in.file.Records() {
		if err != nil {
			return err
		}
		shift(r, in.offset)
		in.learn(r)
		if err := w.Write(r); err != nil {
			return err
		}
	}
	return nil
}

// shift puts the instants of r on a clock that started offset ns earlier. One that did not happen stays so.
func shift(r *results.Record, offset int64) {
	r.DueNS += offset
	for _, at := range []*int64{
		&r.SentNS, &r.ConnectedNS, &r.HeadersNS, &r.FirstChunkNS, &r.FirstTokenNS, &r.FirstOutputNS, &r.LastTokenNS, &r.DoneNS,
	} {
		if *at != 0 {
			*at += offset
		}
	}
	for i := range r.ChunkNS {
		r.ChunkNS[i] += offset
	}
}

// learn notes the shard of r and, for a benchmark that its run could not describe any more, the time that it took.
func (in *input) learn(r *results.Record) {
	in.rows++
	if i, known := slices.BinarySearch(in.shards, r.Shard); !known {
		in.shards = slices.Insert(in.shards, i, r.Shard)
	}
	if r.Warmup || r.Cooldown || r.SentNS == 0 {
		return
	}
	w, known := in.windows[r.Benchmark]
	if !known {
		w.StartNS = r.SentNS
		in.loads[r.Benchmark] = results.Benchmark{
			Strategy: strings.Clone(r.Strategy), TargetRate: r.TargetRate, TargetConcurrency: int(r.TargetConcurrency),
		}
	}
	w.StartNS, w.SendEndNS = min(w.StartNS, r.SentNS), max(w.SendEndNS, r.SentNS)
	w.WindowEndNS = max(w.WindowEndNS, w.SendEndNS, r.DoneNS)
	w.EndNS = w.WindowEndNS
	in.windows[r.Benchmark] = w
}
