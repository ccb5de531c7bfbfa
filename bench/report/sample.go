package report

import (
	"cmp"
	"iter"
	"slices"

	"github.com/promptmill/promptmill/bench/results"
)

const (
	mostSamples  = 4000   // of a benchmark: a figure shows no more
	leastSamples = 250    // of a benchmark, however many there are
	pageSamples  = 40_000 // of a page, which they make about 3 MB long
)

// SamplesFor is how many requests of each of so many benchmarks a page draws well and stays easy to open.
func SamplesFor(benchmarks int) int {
	return min(mostSamples, max(leastSamples, pageSamples/max(1, benchmarks)))
}

// A Sample is one request of a benchmark, for the figures that show requests and not figures of them. Instants are
// seconds since the start of the run; 0 is never.
type Sample struct {
	Benchmark    int     // Index of its benchmark
	Sequence     int64   // index of the request in its benchmark
	PromptLine   int64   // line of the prompt file, from 1
	Due          float64 // when the schedule wanted it sent
	Sent         float64
	First        float64 // first token
	Last         float64 // last token
	Done         float64 // end of the answer, or the failure
	PromptTokens int64   // 0 if unknown
	OutputTokens int64
	Empty        bool // an answer that brought nothing; the latency figures leave it out
	RequestID    string
	Status       string  // [results.StatusOK], [results.StatusError] or [results.StatusUnfinished]
	ErrorKind    string  // of an error
	Weight       float64 // how many requests of the benchmark it stands for, 1 or more
}

// A Sampler keeps a limited number of requests of each benchmark, whichever order they come in. Not safe for
// concurrent use.
type Sampler struct {
	room int
	kept map[int32]*strata
}

// NewSampler returns one that keeps at most perBenchmark requests of each benchmark.
func NewSampler(perBenchmark int) *Sampler { return &Sampler{perBenchmark, map[int32]*strata{}} }

// Add offers a request, of which the sampler keeps no slice. Warm-up and what was never sent is not taken.
func (s *Sampler) Add(r *results.Record) {
	if r.Warmup || r.Cooldown || r.SentNS == 0 {
		return
	}
	st := s.kept[r.Benchmark]
	if st == nil {
		st = newStrata(s.room)
		s.kept[r.Benchmark] = st
	}
	st.add(ticket{lot(r), sampleOf(r)})
}

// Samples are those kept of what was added so far, sorted by benchmark, then by the instant of sending.
func (s *Sampler) Samples() []Sample {
	var out []Sample
	for _, st := range s.kept {
		out = append(out, st.drawn()...)
	}
	slices.SortFunc(out, func(a, b Sample) int {
		return cmp.Or(cmp.Compare(a.Benchmark, b.Benchmark), cmp.Compare(a.Sent, b.Sent), cmp.Compare(a.Sequence, b.Sequence))
	})
	return out
}

// Collect keeps at most perBenchmark requests of each benchmark, without warm-up and without those never sent. Which
// ones depends on their identity alone, not on the order of recs: the slowest by latency and by TTFT, a uniform choice
// among the other successes, and one among the rest, which get up to half of the room so that rare errors stay in
// sight. Weight makes up for those left out. The result is sorted by benchmark, then by the instant of sending. The
// first error of recs is returned together with what came before it.
func Collect(recs iter.Seq2[*results.Record, error], perBenchmark int) ([]Sample, error) {
	s := NewSampler(perBenchmark)
	for r, err := range recs {
		if err != nil {
			return s.Samples(), err
		}
		s.Add(r)
	}
	return s.Samples(), nil
}

func sampleOf(r *results.Record) Sample {
	x := Sample{
		Benchmark: int(r.Benchmark), Sequence: r.Sequence, PromptLine: r.PromptLine, RequestID: r.RequestID,
		Due: toSeconds(r.DueNS), Sent: toSeconds(r.SentNS), First: toSeconds(r.FirstTokenNS), Last: toSeconds(r.LastTokenNS),
		Done: toSeconds(r.DoneNS), OutputTokens: r.OutputTokens, Empty: r.Empty(), Status: r.Status, ErrorKind: r.ErrorKind,
	}
	if r.PromptTokens != nil {
		x.PromptTokens = *r.PromptTokens
	}
	return x
}

func toSeconds(ns int64) float64 { return float64(ns) / 1e9 }

// lot draws a request's place in the lottery from what identifies it (the finaliser of splitmix64).
func lot(r *results.Record) uint64 {
	x := uint64(r.Benchmark)<<48 ^ uint64(r.Shard)<<40 ^ uint64(r.Sequence) + 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
