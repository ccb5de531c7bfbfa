package metrics

import "github.com/promptmill/promptmill/bench/results"

// Goodput is how well a benchmark kept an [SLO].
type Goodput struct {
	SLO               string             `json:"slo"`
	Requests          int                `json:"requests"`            // measured ones that were sent, but for those cancelled on purpose
	Good              int                `json:"good"`                // measured requests whose answer keeps every bound
	Share             float64            `json:"share"`               // of these, failed and unfinished ones too
	RequestsPerSecond float64            `json:"requests_per_second"` // good ones that ended inside the window / window
	Bounds            []BoundResult      `json:"bounds"`              // of each request, in the order of the SLO
	Percentiles       []PercentileResult `json:"percentiles"`         // of all answers, in the order of the SLO
}

// BoundResult is how many answers keep one bound of an SLO.
type BoundResult struct {
	Bound string `json:"bound"`
	Kept  int    `json:"kept"`
}

// PercentileResult is what became of a bound of all answers.
type PercentileResult struct {
	Bound     string  `json:"bound"`
	Value     float64 `json:"value"`     // in seconds, or tokens/s; 0 without an answer
	Kept      bool    `json:"kept"`      // false without an answer
	Certified bool    `json:"certified"` // the sample is large enough to tell; always so for mean and max
}

// Unit is what the value is in, "s" or "tokens/s"; "" where the bound is none that [ParseSLO] takes.
func (p *PercentileResult) Unit() string {
	b, err := parseBound(p.Bound)
	if err != nil {
		return ""
	}
	return b.measure.Unit
}

// Kept reports whether at least share of the requests sent are good and no percentile misses its bound. Percentiles that
// the sample does not certify do not count; unchecked has their bounds. Without a request nothing is missed, and all of
// the SLO is unchecked.
func (g *Goodput) Kept(share float64) (kept bool, unchecked []string) {
	if g.Requests == 0 {
		return true, []string{g.SLO}
	}
	kept = g.Share >= share
	for _, p := range g.Percentiles {
		if p.Certified {
			kept = kept && p.Kept
		} else {
			unchecked = append(unchecked, p.Bound)
		}
	}
	return kept, unchecked
}

// goodCounter counts the answers of a benchmark that keep an SLO.
type goodCounter struct {
	slo  *SLO
	kept []int   // by bound
	done []int64 // when the good ones ended
}

func newGoodCounter(slo *SLO) *goodCounter {
	if slo == nil {
		return nil
	}
	return &goodCounter{slo: slo, kept: make([]int, len(slo.bounds))}
}

// add takes an answer.
func (g *goodCounter) add(r *results.Record) {
	if g == nil {
		return
	}
	good := true
	for i := range g.slo.bounds {
		if g.slo.bounds[i].keptBy(r) {
			g.kept[i]++
		} else {
			good = false
		}
	}
	if good {
		g.done = append(g.done, r.DoneNS)
	}
}

// finish makes the figures of b, whose distributions are there. The sample of a percentile must certify it.
func (g *goodCounter) finish(b *Benchmark, sent int, ws []results.Window) *Goodput {
	if g == nil {
		return nil
	}
	out := &Goodput{SLO: g.slo.text, Requests: sent, Good: len(g.done), Bounds: []BoundResult{}, Percentiles: []PercentileResult{}}
	out.Share = share(int64(len(g.done)), int64(sent))
	inWindow := 0
	for _, at := range g.done {
		if inside(ws, at) {
			inWindow++
		}
	}
	if b.WindowSeconds > 0 {
		out.RequestsPerSecond = float64(inWindow) / b.WindowSeconds
	}
	for i := range g.slo.bounds {
		out.Bounds = append(out.Bounds, BoundResult{g.slo.bounds[i].text, g.kept[i]})
	}
	for i := range g.slo.limits {
		out.Percentiles = append(out.Percentiles, g.slo.limits[i].of(b))
	}
	return out
}

// of holds a bound against the distribution in b.
func (l *bound) of(b *Benchmark) PercentileResult {
	d := l.measure.Dist(b)
	v := statistics[l.stat](d)
	return PercentileResult{Bound: l.text, Value: v, Kept: d.Count > 0 && l.holds(v), Certified: d.Count > 0 && d.Certified >= percents[l.stat]}
}
