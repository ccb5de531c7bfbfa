package compare

import (
	"cmp"
	"hash/fnv"
	"iter"
	"math"
	"slices"
	"strconv"

	"github.com/promptmill/promptmill/bench/conditions"
	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// sliceCount is how many pieces a window is cut into: enough for a rank test, few enough that each holds several
// answers and hardly depends on its neighbours. Schmeiser (Operations Research 30(3), 1982) finds that more than thirty
// batches gain little.
const sliceCount = 20

// FromRun makes a Result of the records of a run, which may come in any order. Its figures are those that
// [metrics.Summarize] gives. It returns the first error of recs.
func FromRun(name string, run *results.Run, recs iter.Seq2[*results.Record, error]) (*Result, error) {
	collected := map[int32]*collector{}
	summary, err := metrics.Summarize(run, func(yield func(*results.Record, error) bool) {
		for r, err := range recs {
			if err == nil {
				c := collected[r.Benchmark]
				if c == nil {
					c = &collector{}
					collected[r.Benchmark] = c
				}
				c.add(r)
			}
			if !yield(r, err) {
				return
			}
		}
	})
	if err != nil {
		return nil, err
	}
	result := &Result{Name: name, Tool: run.Tool, Model: run.Model, StartedAt: run.StartedAt, Conditions: conditions.Of(run)}
	if run.Stopped != "" {
		result.Notes = append(result.Notes, "The run stopped before its plan did: "+run.Stopped+".")
	}
	for i := range summary.Benchmarks {
		b := Benchmark{Benchmark: summary.Benchmarks[i]}
		if c := collected[int32(b.Index)]; c != nil {
			b.Requests = c.requests(&b.Benchmark)
		}
		result.Benchmarks = append(result.Benchmarks, b)
	}
	return result, nil
}

// collector gathers what is compared of the answers of one benchmark.
type collector struct{ answers []answer }

type answer struct {
	sent, done int64
	sequence   int64
	key        uint64
	tokens     int64
	timed      bool // in the latency figures
	values     [len(metrics.Measures)]float64
}

func (c *collector) add(r *results.Record) {
	if r.Warmup || r.Cooldown || r.Status != results.StatusOK {
		return
	}
	a := answer{sent: r.SentNS, done: r.DoneNS, sequence: r.Sequence, key: key(r), tokens: r.OutputTokens, timed: !r.Empty()}
	for i := range metrics.Measures {
		a.values[i] = sampleOf(&metrics.Measures[i], r)
	}
	c.answers = append(c.answers, a)
}

// key tells a request of a benchmark apart by its place in the schedule and its prompt; 0 where the prompt is unknown.
func key(r *results.Record) uint64 {
	if r.PromptSHA256 == "" {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write(strconv.AppendInt([]byte(r.PromptSHA256+" "), r.Sequence, 10)) // a hash never fails
	return max(h.Sum64(), 1)
}

// nth tells the requests apart that runs which were merged have in common: the first of one is paired with the first of
// the other, and so on.
func nth(key, n uint64) uint64 {
	if key == 0 {
		return 0
	}
	return max(key+n*0x9e3779b97f4a7c15, 1)
}

func (c *collector) requests(b *metrics.Benchmark) *Requests {
	slices.SortFunc(c.answers, func(x, y answer) int {
		return cmp.Or(cmp.Compare(x.sent, y.sent), cmp.Compare(x.sequence, y.sequence), cmp.Compare(x.key, y.key))
	})
	q := &Requests{Values: map[string][]float64{}, Slices: c.slices(b)}
	seen := map[uint64]uint64{}
	for i := range c.answers {
		a := &c.answers[i]
		if !a.timed {
			continue
		}
		q.Keys = append(q.Keys, nth(a.key, seen[a.key]))
		seen[a.key]++
		for j, m := range metrics.Measures {
			q.Values[m.Name] = append(q.Values[m.Name], a.values[j])
		}
	}
	return q
}

// slices cuts the measured time into pieces and counts what ended in each. Where runs were merged, what lies between
// their windows is no part of it.
func (c *collector) slices(b *metrics.Benchmark) []Slice {
	windows := b.Windows
	if len(windows) == 0 {
		windows = []results.Window{{StartNS: b.StartNS, WindowEndNS: b.WindowEndNS}}
	}
	if !(b.WindowSeconds > 0) {
		return nil
	}
	pieces := make([]Slice, sliceCount)
	for i := range c.answers {
		at, ok := measuredAt(windows, c.answers[i].done)
		if !ok {
			continue
		}
		s := &pieces[min(max(int(math.Ceil(at/b.WindowSeconds*sliceCount))-1, 0), sliceCount-1)]
		s.Requests++
		s.OutputTokens += float64(c.answers[i].tokens)
	}
	return pieces
}

// measuredAt is how many measured seconds lie before an instant, if it was measured itself.
func measuredAt(windows []results.Window, at int64) (float64, bool) {
	before := 0.0
	for _, w := range windows {
		if at > w.StartNS && at <= w.WindowEndNS {
			return before + float64(at-w.StartNS)/1e9, true
		}
		before += float64(w.WindowEndNS-w.StartNS) / 1e9
	}
	return 0, false
}
