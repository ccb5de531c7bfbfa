package metrics

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/bench/results"
)

// Summarize computes the figures of a run from its records, which may come in any order. It keeps none of them:
// memory is the samples, 8 bytes each. Benchmarks are those of run, in its order, then any that only the records
// know, which happens when a run was killed before it could describe them.
//
// Goodput is for the SLO that the run was made for. Summarize returns the first error of recs and nothing else
// fails: records that make no sense (an answer before its request) count as requests and give no samples.
func Summarize(run *results.Run, recs iter.Seq2[*results.Record, error]) (*Summary, error) {
	slo, err := sloOf(run)
	s, recsErr := SummarizeFor(slo, run, recs)
	if err != nil && recsErr == nil {
		s.Warnings = append(s.Warnings, fmt.Sprintf("The SLO that the run was made for makes no sense, so there is no goodput: %v.", err))
	}
	return s, recsErr
}

// SummarizeFor is [Summarize] with another SLO than that of the run; nil is none.
func SummarizeFor(slo *SLO, run *results.Run, recs iter.Seq2[*results.Record, error]) (*Summary, error) {
	s := newSummarizer(slo, run)
	for r, err := range recs {
		if err != nil {
			return nil, err
		}
		s.add(r)
	}
	return s.finish(), nil
}

// summarizer collects the samples of a run.
type summarizer struct {
	slo     *SLO
	run     *results.Run
	benches map[int32]*collector
	latest  *collector // records of one benchmark follow one another
	prompts repeats
}

func newSummarizer(slo *SLO, run *results.Run) *summarizer {
	s := &summarizer{slo: slo, run: run, benches: make(map[int32]*collector), prompts: make(repeats)}
	for i, b := range run.Benchmarks {
		c := &collector{bench: b, order: i, described: true, good: newGoodCounter(slo)}
		s.benches[int32(b.Index)] = c
	}
	return s
}

func (s *summarizer) add(r *results.Record) {
	c := s.latest
	if c == nil || int32(c.bench.Index) != r.Benchmark {
		c = s.collector(r)
		s.latest = c
	}
	s.prompts.add(r)
	c.add(r)
}

// collector returns the collector of r's benchmark. One that the run does not describe takes its
// description from the record.
func (s *summarizer) collector(r *results.Record) *collector {
	c := s.benches[r.Benchmark]
	if c == nil {
		c = &collector{order: len(s.run.Benchmarks), good: newGoodCounter(s.slo), bench: results.Benchmark{
			Index:             int(r.Benchmark),
			Strategy:          strings.Clone(r.Strategy),
			TargetConcurrency: int(r.TargetConcurrency),
		}}
		if !math.IsNaN(r.TargetRate) && !math.IsInf(r.TargetRate, 0) { // JSON has neither
			c.bench.TargetRate = r.TargetRate
		}
		s.benches[r.Benchmark] = c
	}
	return c
}

func (s *summarizer) finish() *Summary {
	cs := make([]*collector, 0, len(s.benches))
	for _, c := range s.benches {
		cs = append(cs, c)
	}
	slices.SortFunc(cs, func(a, b *collector) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.bench.Index, b.bench.Index))
	})
	out := &Summary{Run: *s.run, Benchmarks: make([]Benchmark, 0, len(cs))}
	first := s.prompts.firsts()
	for _, c := range cs {
		b := c.finish()
		b.RepeatedPrompts = c.prompted - first[int32(c.bench.Index)]
		b.Servers = servers(s.run.ServerMetrics, windows(&b.Benchmark))
		b.ClientLimited = clientLimits(&b, c.latest(), s.run.Host.CPUs)
		out.Benchmarks = append(out.Benchmarks, b)
	}
	numberRepeats(out.Benchmarks)
	out.Warnings = warnings(out, cs)
	return out
}

// numberRepeats tells benchmarks of one load apart: the second is "concurrent 8 #2".
func numberRepeats(bs []Benchmark) {
	seen := make(map[string]int)
	for i := range bs {
		b := &bs[i]
		load := b.Name
		if seen[load]++; seen[load] > 1 {
			b.Repeat = seen[load]
			b.Name = load + b.repeatMark()
		}
	}
}

// Load is the name of b without the number of its repeat: what benchmarks of one load share.
func (b *Benchmark) Load() string {
	if b.Repeat == 0 {
		return b.Name
	}
	return strings.TrimSuffix(b.Name, b.repeatMark())
}

func (b *Benchmark) repeatMark() string { return " #" + strconv.Itoa(b.Repeat) }

// name is what a report calls a benchmark: all that tells its load from that of another.
func name(b *results.Benchmark) string {
	parts := []string{b.Strategy}
	switch {
	case shaped[b.Strategy] && b.Shape != "":
	case b.TargetRate > 0:
		rate := math.Round(b.TargetRate*1000) / 1000
		parts = append(parts, strconv.FormatFloat(cmp.Or(rate, b.TargetRate), 'f', -1, 64)+"/s")
	case b.Strategy != "synchronous" && b.Strategy != "throughput" && b.TargetConcurrency != 0:
		parts = append(parts, strconv.Itoa(b.TargetConcurrency))
	}
	if b.Shape != "" {
		parts = append(parts, b.Shape)
	}
	if b.Cap > 0 {
		parts = append(parts, "at most", strconv.Itoa(b.Cap))
	}
	for _, option := range slices.Sorted(maps.Keys(b.Vary)) {
		parts = append(parts, option+"="+b.Vary[option])
	}
	return strings.Join(parts, " ")
}

// shaped are the strategies whose rate varies, so that their shape says more than the mean of it.
var shaped = map[string]bool{"ramp": true, "stages": true, "trace": true}
