package compare

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/promptmill/promptmill/bench/compare/stat"
	"github.com/promptmill/promptmill/bench/metrics"
)

// A percentile of a distribution.
type percentile struct {
	name     string
	perMille int
	percent  float64
	of       func(d *metrics.Dist) float64
}

var percentiles = []percentile{
	{"p50", 500, 50, func(d *metrics.Dist) float64 { return d.P50 }},
	{"p90", 900, 90, func(d *metrics.Dist) float64 { return d.P90 }},
	{"p95", 950, 95, func(d *metrics.Dist) float64 { return d.P95 }},
	{"p99", 990, 99, func(d *metrics.Dist) float64 { return d.P99 }},
	{"p999", 999, 99.9, func(d *metrics.Dist) float64 { return d.P999 }},
}

// shown are the percentiles that every comparison has.
var shown = map[string]bool{"p50": true, "p95": true, "p99": true}

// A Figure names a row: a metric, and what is taken of it.
type Figure struct{ Metric, Stat string }

// rows are all rows of the pair at place index of its comparison: those of every comparison, then others asked for.
func rows(index int, m match, also []Figure) []Row {
	out := shownRows(index, m)
	for _, f := range also {
		known := slices.ContainsFunc(out, func(r Row) bool { return r.Metric == f.Metric && r.Stat == f.Stat })
		me, isMeasure := measureOf(f.Metric)
		i := slices.IndexFunc(percentiles, func(p percentile) bool { return p.name == f.Stat })
		switch {
		case known || !isMeasure:
		case i >= 0:
			out = append(out, percentileRow(index, m, me, percentiles[i]))
		case f.Stat == "paired":
			if r, ok := pairedRow(index, m, me); ok {
				out = append(out, r)
			}
		}
	}
	return out
}

func shownRows(index int, m match) []Row {
	var out []Row
	for _, name := range shownMeasures(m) {
		me, _ := measureOf(name)
		for _, p := range percentiles {
			if shown[p.name] {
				out = append(out, percentileRow(index, m, me, p))
			}
		}
		if r, ok := pairedRow(index, m, me); ok {
			out = append(out, r)
		}
	}
	for _, r := range rates {
		out = append(out, rateRow(index, m, r))
	}
	out = append(out, errorRow(m))
	if r, ok := accuracyRow(m); ok {
		out = append(out, r)
	}
	return out
}

// shownMeasures are the metrics that every comparison has, as far as both sides carry them: the time to the first
// token (or what comes nearest of that in both), the time of a token and of an answer. In an open loop the answer's
// time from its due instant counts what a busy client adds.
func shownMeasures(m match) []string {
	has := func(name string) bool {
		me, _ := measureOf(name)
		return me.Dist(&m.base.Benchmark).Count > 0 && me.Dist(&m.other.Benchmark).Count > 0
	}
	first := "ttft"
	if i := slices.IndexFunc([]string{"ttft", "ttfc", "ttfo"}, has); i > 0 {
		first = []string{"ttft", "ttfc", "ttfo"}[i]
	}
	list := []string{first, "tpot", "latency"}
	if m.base.TargetRate > 0 && has("scheduled_latency") {
		list = append(list, "scheduled_latency")
	}
	return list
}

// generator is the source of chance of one row: the same for the same row of the same pair, whatever else is compared.
func generator(index int, metric, name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%d %s %s", index, metric, name) // a hash never fails
	return rand.New(rand.NewPCG(h.Sum64(), 1))
}

// percentileRow compares a percentile. The median's test is a rank test over all requests, the strongest for a shift;
// those of the tail look at the tail alone.
func percentileRow(index int, m match, me metrics.Measure, p percentile) Row {
	r := blankOf(me, p.name)
	for i, b := range []*Benchmark{m.base, m.other} {
		d := me.Dist(&b.Benchmark)
		r.Samples[i], r.Certified[i] = d.Count, d.Certified >= p.percent
		if d.Count > 0 {
			*[]*float64{&r.Base, &r.Other}[i] = p.of(d)
		}
	}
	r.Change = change(r.Base, r.Other)
	a, b := m.base.values(me.Name), m.other.values(me.Name)
	if len(a) > 0 && len(b) > 0 {
		r.Interval = stat.QuantileChange(generator(index, me.Name, p.name), a, b, p.perMille)
	}
	switch least := metrics.MinSamples(p.percent); {
	case r.Samples[0] == 0 || r.Samples[1] == 0:
		return r.untested("no value")
	case !r.Certified[0] || !r.Certified[1]:
		return r.untested(fmt.Sprintf("%s takes %d requests", p.name, least))
	case len(a) == 0 || len(b) == 0:
		return r.untested("figures only")
	case p.perMille == 500:
		r.Test, r.P = "Mann-Whitney", stat.MannWhitney(a, b)
	default:
		r.Test, r.P = "exceedances", stat.Exceedances(a, b, p.perMille)
	}
	return r
}

// values are the samples of a metric in the order of sending, without those that have none.
func (b *Benchmark) values(metric string) []float64 {
	if b.Requests == nil {
		return nil
	}
	all := b.Requests.Values[metric]
	out := make([]float64, 0, len(all))
	for _, v := range all {
		if !math.IsNaN(v) {
			out = append(out, v)
		}
	}
	return out
}

// fewestPairs is how many pairs the median of their change takes, and the share of the requests that they must be.
const (
	fewestPairs = 11
	pairedLeast = 0.5
)

// pairedRow compares each request with the same one of the other run: same prompt, same place in the schedule. What
// differs between prompts falls out, which finds changes that no other row can; there is none without such pairs.
func pairedRow(index int, m match, me metrics.Measure) (Row, bool) {
	logs := pairs(m.base, m.other, me.Name)
	fewer := min(len(m.base.values(me.Name)), len(m.other.values(me.Name)))
	if len(logs) < fewestPairs || float64(len(logs)) < pairedLeast*float64(fewer) {
		return Row{}, false
	}
	r := blankOf(me, "paired")
	r.Samples, r.Certified = [2]int{len(logs), len(logs)}, [2]bool{true, true}
	r.Change = math.Expm1(median(logs))
	i := stat.MedianInterval(generator(index, me.Name, "paired"), logs)
	r.Interval = stat.Interval{Low: math.Expm1(i.Low), High: math.Expm1(i.High)}
	r.Test, r.P = "signed rank", stat.SignedRank(logs)
	return r, true
}

// pairs returns the logarithm of the change of every request that both have, in base's order of sending.
func pairs(base, other *Benchmark, metric string) []float64 {
	if base.Requests == nil || other.Requests == nil {
		return nil
	}
	before, after := base.Requests.Values[metric], other.Requests.Values[metric]
	if before == nil || after == nil { // a metric that a tool does not measure
		return nil
	}
	theirs := make(map[uint64]float64, len(other.Requests.Keys))
	for i, k := range other.Requests.Keys {
		theirs[k] = after[i]
	}
	var logs []float64
	for i, k := range base.Requests.Keys {
		v, ok := theirs[k]
		if l := math.Log(v / before[i]); ok && k != 0 && !math.IsNaN(l) && !math.IsInf(l, 0) {
			logs = append(logs, l)
		}
	}
	return logs
}

// fewestAnswers is how many answers a window must hold for its slices to be compared.
const fewestAnswers = 40

// rateRow compares a throughput: the slices of one window with those of the other.
func rateRow(index int, m match, of rate) Row {
	r := blank(of.name, "", PerSecond, HigherIsBetter)
	r.Base, r.Other = of.of(&m.base.Benchmark), of.of(&m.other.Benchmark)
	r.Change = change(r.Base, r.Other)
	r.Samples, r.Certified = [2]int{m.base.Counts.OK, m.other.Counts.OK}, [2]bool{true, true}
	a, b := m.base.slices(of), m.other.slices(of)
	switch {
	case math.IsNaN(r.Base) || math.IsNaN(r.Other):
		return r.untested("no value")
	case a == nil || b == nil:
		return r.untested("figures only")
	case r.Samples[0] < fewestAnswers || r.Samples[1] < fewestAnswers:
		return r.untested(fmt.Sprintf("a rate takes %d answers", fewestAnswers))
	}
	r.Interval = stat.MeanChange(generator(index, of.name, ""), a, b)
	r.Test, r.P = "Mann-Whitney of slices", stat.MannWhitney(a, b)
	return r
}

// slices are the rates of the pieces of the window, up to the factor of their length, which is that of the window.
func (b *Benchmark) slices(of rate) []float64 {
	if b.Requests == nil || b.Requests.Slices == nil || !(b.WindowSeconds > 0) {
		return nil
	}
	var out []float64
	for _, s := range b.Requests.Slices {
		out = append(out, of.slice(s)*float64(len(b.Requests.Slices))/b.WindowSeconds)
	}
	return out
}

// errorRow compares the shares of requests that failed.
func errorRow(m match) Row {
	r := blank("error_rate", "", Share, LowerIsBetter)
	x, n := m.base.Counts.Errors, m.base.Counts.Total
	y, k := m.other.Counts.Errors, m.other.Counts.Total
	r.Samples, r.Certified = [2]int{n, k}, [2]bool{true, true}
	if n == 0 || k == 0 {
		return r.untested("no requests")
	}
	r.Base, r.Other = float64(x)/float64(n), float64(y)/float64(k)
	r.Change, r.Interval = r.Other-r.Base, stat.ShareInterval(x, n, y, k)
	r.Test, r.P = "Fisher", stat.Fisher(x, n, y, k)
	return r
}
