// Package accuracy compares what a client measured with what the server did. It joins the records of a run with the
// send times that package mock keeps, on one machine, where both read the same wall clock.
package accuracy

import (
	"iter"
	"math"
	"slices"
	"time"

	"github.com/promptmill/promptmill/bench/results"
)

// Truth is when the server wrote each content chunk of one request, in wall-clock nanoseconds.
type Truth struct {
	ID    string
	Sends []int64
}

// Error is how far measurements were off, in seconds, over the requests of one benchmark.
type Error struct {
	Benchmark int // index into the run's benchmarks
	Requests  int // joined
	Chunks    int
	// TTFT is measured TTFT minus the TTFT that the server's own send time gives: the time from the server's
	// write of the first content chunk to its recorded arrival. Loopback itself takes some microseconds of it.
	TTFT Quantiles
	// Gap is the absolute difference between a gap of two successive chunks as recorded and as sent.
	Gap Quantiles
}

// Quantiles of an error, in seconds (nearest rank).
type Quantiles struct{ P50, P99, Max float64 }

// Measure joins records and truths by request id. started is the wall clock at the run's epoch. Requests that
// failed, or whose chunks do not match one to one, are left out of Requests, so a caller can tell that they exist.
func Measure(started time.Time, records iter.Seq2[*results.Record, error], truths iter.Seq[Truth]) ([]Error, error) {
	sends := make(map[string][]int64)
	for t := range truths {
		sends[t.ID] = t.Sends
	}
	var all []samples
	for r, err := range records {
		if err != nil {
			return nil, err
		}
		for len(all) <= int(r.Benchmark) {
			all = append(all, samples{})
		}
		if s := sends[r.RequestID]; r.Status == results.StatusOK && len(s) > 0 && len(s) == len(r.ChunkNS) {
			all[r.Benchmark].add(started.UnixNano(), r, s)
		}
	}
	errs := make([]Error, len(all))
	for i := range all {
		errs[i] = all[i].summarize(i)
	}
	return errs, nil
}

// samples are the errors of one benchmark in nanoseconds.
type samples struct {
	ttft, gap []int64
	chunks    int
}

func (s *samples) add(started int64, r *results.Record, sends []int64) {
	s.chunks += len(sends)
	s.ttft = append(s.ttft, started+r.FirstTokenNS-sends[0])
	for i := 1; i < len(sends); i++ {
		measured, sent := r.ChunkNS[i]-r.ChunkNS[i-1], sends[i]-sends[i-1]
		s.gap = append(s.gap, max(measured-sent, sent-measured))
	}
}

func (s *samples) summarize(benchmark int) Error {
	return Error{Benchmark: benchmark, Requests: len(s.ttft), Chunks: s.chunks, TTFT: quantiles(s.ttft), Gap: quantiles(s.gap)}
}

func quantiles(ns []int64) Quantiles {
	if len(ns) == 0 {
		return Quantiles{}
	}
	slices.Sort(ns)
	at := func(p float64) float64 {
		i := int(math.Ceil(p*float64(len(ns)))) - 1
		return float64(ns[max(i, 0)]) / 1e9
	}
	return Quantiles{P50: at(0.50), P99: at(0.99), Max: at(1)}
}
