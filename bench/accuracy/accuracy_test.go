package accuracy_test

import (
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/accuracy"
	"github.com/promptmill/promptmill/bench/results"
)

func all(records ...*results.Record) iter.Seq2[*results.Record, error] {
	return func(yield func(*results.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func ok(benchmark int32, id string, chunks ...int64) *results.Record {
	return &results.Record{Benchmark: benchmark, RequestID: id, Status: results.StatusOK, FirstTokenNS: chunks[0], ChunkNS: chunks}
}

func TestMeasure(t *testing.T) {
	started := time.Unix(1000, 0)
	wall := func(ns ...int64) []int64 {
		for i := range ns {
			ns[i] += started.UnixNano()
		}
		return ns
	}
	failed := ok(0, "failed", 50)
	failed.Status = results.StatusError
	records := all(ok(0, "a", 100, 250, 300), ok(0, "b", 1000, 1010), failed, ok(0, "unknown", 5), ok(1, "lost chunk", 10, 20))
	truths := slices.Values([]accuracy.Truth{
		{ID: "a", Sends: wall(90, 200, 290)},
		{ID: "b", Sends: wall(970, 1000)},
		{ID: "failed", Sends: wall(40)},
		{ID: "lost chunk", Sends: wall(10)},
	})
	got, err := accuracy.Measure(started, records, truths)
	if err != nil {
		t.Fatal(err)
	}
	want := []accuracy.Error{
		{
			Benchmark: 0, Requests: 2, Chunks: 5,
			TTFT: accuracy.Quantiles{P50: 10e-9, P99: 30e-9, Max: 30e-9}, // 100-90, 1000-970
			Gap:  accuracy.Quantiles{P50: 40e-9, P99: 40e-9, Max: 40e-9}, // |150-110|, |50-90|, |10-30|
		},
		{Benchmark: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMeasure_readError(t *testing.T) {
	broken := errors.New("broken")
	records := func(yield func(*results.Record, error) bool) { yield(nil, broken) }
	if _, err := accuracy.Measure(time.Time{}, records, slices.Values([]accuracy.Truth(nil))); !errors.Is(err, broken) {
		t.Errorf("got %v, want the reader's error", err)
	}
}
