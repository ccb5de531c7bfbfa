package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// worstShown is how many of the slowest requests of a strategy the page lists for each way to be slow.
const worstShown = 3

// A worstRequest is one of the slowest of its strategy.
type worstRequest struct {
	Of       string // index of its benchmark
	Strategy string
	Link     string // for the page's script: benchmark and sequence
	Sequence string
	Reason   string
	Cells    []tableCell
	latency  float64
}

// worstHead are the columns of Cells.
var worstHead = []string{"Latency", "TTFT", "TPOT", "Sent at", "Prompt tokens", "Output tokens", "Prompt line", "Request id"}

// worstRequests are the slowest of each strategy among samples, which hold them all when they are from [Collect]; the
// slowest of all is the first.
func worstRequests(s *metrics.Summary, samples []Sample) []worstRequest {
	var out []worstRequest
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		var oks []*Sample
		for j := range samples {
			if x := &samples[j]; x.Benchmark == b.Index && x.Status == results.StatusOK && !x.Empty {
				oks = append(oks, x)
			}
		}
		var listed []*Sample
		for _, m := range measures[:2] {
			for _, x := range m.slowest(oks) {
				if !slices.Contains(listed, x) {
					listed = append(listed, x)
					out = append(out, newWorst(i, b, x, "longest "+m.short))
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b worstRequest) int { return -cmp.Compare(a.latency, b.latency) })
	return out
}

// slowest are the samples with the greatest values of m, the greatest first.
func (m measure) slowest(xs []*Sample) []*Sample {
	value := func(x *Sample) float64 { v, _ := m.of(x); return v }
	with := slices.DeleteFunc(slices.Clone(xs), func(x *Sample) bool { _, ok := m.of(x); return !ok })
	slices.SortStableFunc(with, func(a, b *Sample) int { return -cmp.Compare(value(a), value(b)) })
	return with[:min(worstShown, len(with))]
}

func newWorst(n int, b *metrics.Benchmark, x *Sample, reason string) worstRequest {
	w := worstRequest{Of: strconv.Itoa(n), Strategy: b.Name, Link: fmt.Sprintf("%d %d", n, x.Sequence), Sequence: integer(x.Sequence), Reason: reason, latency: x.Done - x.Sent}
	for _, m := range []measure{measures[1], measures[0], measures[2]} {
		c := tableCell{Text: none}
		if v, ok := m.of(x); ok {
			c = numberCell(duration(v), v)
		}
		w.Cells = append(w.Cells, c)
	}
	sent := x.Sent - float64(b.StartNS)/1e9
	w.Cells = append(w.Cells, numberCell(duration(sent), sent))
	for _, n := range []int64{x.PromptTokens, x.OutputTokens, x.PromptLine} {
		c := tableCell{Text: none}
		if n > 0 {
			c = numberCell(integer(n), float64(n))
		}
		w.Cells = append(w.Cells, c)
	}
	w.Cells = append(w.Cells, textCell(x.RequestID))
	return w
}
