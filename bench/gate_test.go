package bench_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/results"
)

// instants are the due and sent times of requests in order of sequence, in seconds since the start; -1 is never sent.
func instants(start int64, records []results.Record) (due, sent []float64) {
	due, sent = make([]float64, len(records)), make([]float64, len(records))
	for _, r := range records {
		due[r.Sequence] = time.Duration(r.DueNS - start).Seconds()
		sent[r.Sequence] = -1
		if r.SentNS != 0 {
			sent[r.Sequence] = time.Duration(r.SentNS - start).Seconds()
		}
	}
	return due, sent
}

// What a cap holds back keeps its due time, is sent in its turn, and is never skipped.
func TestRun_cap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{ttft: steadily(3 * time.Second), count: 1}
		r, sink := fakeRunner(server)
		b, _ := run(t, r, bench.Strategy{Kind: bench.Constant, Rate: 1, Cap: 2}, bench.Limits{MaxRequests: 6})
		checkCounts(t, server, sink.records)
		due, sent := instants(b.StartNS, sink.records)
		if diff := cmp.Diff([]float64{0, 1, 2, 3, 4, 5}, due); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]float64{0, 1, 3, 4, 6, 7}, sent); diff != "" {
			t.Error(diff)
		}
	})
}

// What a cap still held back when time was up is recorded, as never sent.
func TestRun_capHoldsBackToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{ttft: steadily(3 * time.Second), count: 1}
		r, sink := fakeRunner(server)
		b, _ := run(t, r, bench.Strategy{Kind: bench.Constant, Rate: 1, Cap: 1}, bench.Limits{MaxDuration: 5 * time.Second, Grace: time.Minute})
		counts := checkCounts(t, server, sink.records)
		due, sent := instants(b.StartNS, sink.records)
		if diff := cmp.Diff([]float64{0, 1, 2, 3, 4}, due); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]float64{0, 3, -1, -1, -1}, sent); diff != "" {
			t.Error(diff)
		}
		if want := map[string]int{results.StatusOK: 2, results.StatusUnfinished: 3}; !cmp.Equal(counts, want) {
			t.Errorf("%v, want %v", counts, want)
		}
		if b.StopReason != bench.StopDuration || b.WindowEndNS-b.StartNS != 5e9 {
			t.Errorf("ended by %s, window %v", b.StopReason, time.Duration(b.WindowEndNS-b.StartNS))
		}
	})
}

// At most so many requests wait for their first token at once; others go on generating.
func TestRun_prefillConcurrency(t *testing.T) {
	for _, s := range []bench.Strategy{{Kind: bench.Concurrent, Concurrency: 5}, {Kind: bench.Constant, Rate: 1}} {
		synctest.Test(t, func(t *testing.T) {
			server := &fakeServer{ttft: steadily(2 * time.Second), count: 11, token: time.Second}
			r, sink := fakeRunner(server)
			r.Prefill = 1
			b, _ := run(t, r, s, bench.Limits{MaxRequests: 5})
			checkCounts(t, server, sink.records)
			if n := server.most.Load(); n != 1 {
				t.Errorf("%v: %d requests waited for their first token at once", s, n)
			}
			_, sent := instants(b.StartNS, sink.records)
			if diff := cmp.Diff([]float64{0, 2, 4, 6, 8}, sent); diff != "" {
				t.Errorf("%v: %s", s, diff)
			}
		})
	}
}
