package report

import (
	"cmp"
	"container/heap"
	"iter"
	"slices"

	"github.com/promptmill/promptmill/bench/results"
)

// DefaultSamples is how many requests of a benchmark a page shows well.
const DefaultSamples = 2000

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
	OutputTokens int64
	Status       string  // [results.StatusOK], [results.StatusError] or [results.StatusUnfinished]
	ErrorKind    string  // of an error
	Weight       float64 // how many requests of the benchmark it stands for, 1 or more
}

// empty says whether an answer had no output; the latency figures leave it out.
func (x *Sample) empty() bool { return x.OutputTokens == 0 && x.First == 0 }

// Collect keeps at most perBenchmark requests of each benchmark, without warm-up and without those never sent. Which
// ones depends on their identity alone, not on the order of recs: a uniform choice among the successes, and one
// among the others, which get up to half of the room so that rare errors stay in sight. Weight makes up for those
// left out. The result is sorted by benchmark, then by the instant of sending. The first error of recs is
// returned together with what came before it.
func Collect(recs iter.Seq2[*results.Record, error], perBenchmark int) ([]Sample, error) {
	kept := map[int32]*strata{}
	for r, err := range recs {
		if err != nil {
			return thinned(kept, perBenchmark), err
		}
		if r.Warmup || r.SentNS == 0 {
			continue
		}
		st := kept[r.Benchmark]
		if st == nil {
			st = &strata{}
			kept[r.Benchmark] = st
		}
		st.of(r.Status).add(ticket{lot(r), sampleOf(r)}, perBenchmark)
	}
	return thinned(kept, perBenchmark), nil
}

func sampleOf(r *results.Record) Sample {
	return Sample{
		Benchmark: int(r.Benchmark), Sequence: r.Sequence, PromptLine: r.PromptLine,
		Due: toSeconds(r.DueNS), Sent: toSeconds(r.SentNS), First: toSeconds(r.FirstTokenNS), Last: toSeconds(r.LastTokenNS),
		Done: toSeconds(r.DoneNS), OutputTokens: r.OutputTokens, Status: r.Status, ErrorKind: r.ErrorKind,
	}
}

func toSeconds(ns int64) float64 { return float64(ns) / 1e9 }

// strata are the requests of a benchmark that succeeded, and the others.
type strata struct{ ok, other lottery }

func (s *strata) of(status string) *lottery {
	if status == results.StatusOK {
		return &s.ok
	}
	return &s.other
}

// A lottery keeps the tickets with the lowest lots: a max-heap.
type lottery struct {
	tickets []ticket
	seen    int
}

type ticket struct {
	lot    uint64
	sample Sample
}

func (l *lottery) add(t ticket, room int) {
	l.seen++
	heap.Push(l, t)
	if len(l.tickets) > room {
		heap.Pop(l)
	}
}

func (l *lottery) Len() int           { return len(l.tickets) }
func (l *lottery) Less(i, j int) bool { return l.tickets[i].lot > l.tickets[j].lot }
func (l *lottery) Swap(i, j int)      { l.tickets[i], l.tickets[j] = l.tickets[j], l.tickets[i] }
func (l *lottery) Push(x any)         { l.tickets = append(l.tickets, x.(ticket)) }

func (l *lottery) Pop() any {
	last := l.tickets[len(l.tickets)-1]
	l.tickets = l.tickets[:len(l.tickets)-1]
	return last
}

// drawn are the samples that fit into room, with their weights.
func (l *lottery) drawn(room int) []Sample {
	for len(l.tickets) > room {
		heap.Pop(l)
	}
	out := make([]Sample, len(l.tickets))
	for i, t := range l.tickets {
		out[i] = t.sample
		out[i].Weight = float64(l.seen) / float64(len(l.tickets))
	}
	return out
}

func thinned(kept map[int32]*strata, room int) []Sample {
	var out []Sample
	for _, st := range kept {
		others := min(st.other.Len(), max(room/2, room-st.ok.Len()))
		out = append(out, st.ok.drawn(room-others)...)
		out = append(out, st.other.drawn(others)...)
	}
	slices.SortFunc(out, func(a, b Sample) int {
		return cmp.Or(cmp.Compare(a.Benchmark, b.Benchmark), cmp.Compare(a.Sent, b.Sent), cmp.Compare(a.Sequence, b.Sequence))
	})
	return out
}

// lot draws a request's place in the lottery from what identifies it (the finaliser of splitmix64).
func lot(r *results.Record) uint64 {
	x := uint64(r.Benchmark)<<48 ^ uint64(r.Shard)<<40 ^ uint64(r.Sequence) + 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
