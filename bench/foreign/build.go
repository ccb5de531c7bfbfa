package foreign

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/conditions"
	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// epochNS is where the first request of a foreign run is put: not 0, which is an instant that did not happen.
const epochNS = int64(1e9)

// A load is what a benchmark asked of the server.
type load struct {
	strategy    string // as this program calls it
	rate        float64
	concurrency int
}

// unknownLoad is that of a file that does not tell.
var unknownLoad = load{strategy: "unknown load"}

// byLoad names the load that a rate and a number of slots make; 0 is none of it.
func byLoad(rate float64, slots int, random bool) load {
	switch {
	case rate > 0 && !math.IsInf(rate, 0) && random:
		return load{"poisson", rate, 0}
	case rate > 0 && !math.IsInf(rate, 0):
		return load{"constant", rate, 0}
	case slots == 1:
		return load{"synchronous", 0, 1}
	case slots > 1:
		return load{"concurrent", 0, slots}
	}
	return load{strategy: "throughput"}
}

// benchmark describes l as benchmark index of a run.
func (l load) benchmark(index int) results.Benchmark {
	return results.Benchmark{Index: index, Strategy: l.strategy, TargetRate: l.rate, TargetConcurrency: l.concurrency}
}

// name is what a report calls the load.
func (l load) name() string {
	switch {
	case l.rate > 0:
		return l.strategy + " " + strconv.FormatFloat(l.rate, 'f', -1, 64) + "/s"
	case l.strategy == "concurrent":
		return fmt.Sprintf("%s %d", l.strategy, l.concurrency)
	}
	return l.strategy
}

// fromRecords makes a result of records, as of a run of ours. Metrics in without are taken out again: the tool does not
// measure them, or means something else by them.
func fromRecords(run *results.Run, recs []results.Record, without ...string) (*compare.Result, error) {
	r, err := compare.FromRun("", run, func(yield func(*results.Record, error) bool) {
		for i := range recs {
			if !yield(&recs[i], nil) {
				return
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for i := range r.Benchmarks {
		b := &r.Benchmarks[i]
		for _, metric := range without {
			*distOf(&b.Benchmark, metric) = metrics.Dist{}
			if b.Requests != nil {
				delete(b.Requests.Values, metric)
			}
		}
		b.ClientLimited = nil // their clients do not tell how they fared
	}
	return r, nil
}

// distOf is the distribution of a metric in b.
func distOf(b *metrics.Benchmark, metric string) *metrics.Dist {
	return map[string]*metrics.Dist{
		"ttft": &b.TTFT, "ttfc": &b.TTFC, "ttfo": &b.TTFO, "tpot": &b.TPOT, "latency": &b.Latency,
		"scheduled_latency": &b.ScheduledLatency, "gen_speed": &b.GenSpeed,
	}[metric]
}

// fromFigures makes a result of benchmarks that have no requests.
func fromFigures(run *results.Run, benches []compare.Benchmark) *compare.Result {
	return &compare.Result{
		Tool: run.Tool, Model: run.Model, StartedAt: run.StartedAt, Conditions: conditions.Of(run), Benchmarks: benches,
		Notes: []string{"The file has figures, not requests: how much of a change is chance cannot be said."},
	}
}

// window sets the measured window of b, in seconds from the first request.
func window(b *results.Benchmark, seconds float64) {
	if !(seconds > 0) || seconds > 1e9 {
		return // the requests say it
	}
	b.StartNS = epochNS - 1
	b.WindowEndNS = b.StartNS + int64(math.Ceil(seconds*1e9)) + 1
	b.SendEndNS, b.EndNS = b.WindowEndNS, b.WindowEndNS
}

// after is the instant some seconds after another, or 0 where the time makes no sense.
func after(instant int64, seconds float64) int64 {
	if instant == 0 || !(seconds >= 0) || seconds > 1e9 {
		return 0
	}
	return instant + int64(math.Round(seconds*1e9))
}

// place puts an instant of the tool's clock, in seconds, on the clock of the run, whose first request is at start. It
// is 0 for an instant that is not known.
func place(seconds *float64, start float64) int64 {
	if seconds == nil || math.IsNaN(*seconds) || math.Abs(*seconds-start) > 1e9 {
		return 0
	}
	return max(1, epochNS+int64(math.Round((*seconds-start)*1e9)))
}

// dist is a distribution of a tool's own figures. What it does not say is NaN.
func dist(count int, scale float64, figures map[string]float64) metrics.Dist {
	of := func(names ...string) float64 {
		for _, name := range names {
			if v, ok := figures[name]; ok {
				return v * scale
			}
		}
		return math.NaN()
	}
	d := metrics.Dist{
		Count: count, Mean: of("mean", "avg"), Std: of("std", "std_dev"), Min: of("min"), Max: of("max"),
		P50: of("p50", "median"), P90: of("p90"), P95: of("p95"), P99: of("p99"), P999: of("p999", "p99.9"),
		Certified: metrics.Certified(count),
	}
	if math.IsNaN(d.P50) && math.IsNaN(d.P99) && math.IsNaN(d.Mean) {
		return metrics.Dist{}
	}
	return d
}

// figuresOnly is a benchmark with counts and nothing else yet.
func figuresOnly(l load, ok, failed int) compare.Benchmark {
	b := compare.Benchmark{Benchmark: metrics.Benchmark{Benchmark: l.benchmark(0), Name: l.name()}}
	b.Counts = metrics.Counts{Total: ok + failed, OK: ok, Errors: failed}
	nan := math.NaN()
	b.RequestsPerSecond, b.OutputTokensPerSecond, b.TotalTokensPerSecond = nan, nan, nan
	return b
}

// atSeconds is the time of a Unix clock, zero where it makes no sense.
func atSeconds(unix float64) time.Time {
	if !(unix > 0 && unix < 1e11) {
		return time.Time{}
	}
	return time.UnixMicro(int64(unix * 1e6)).UTC()
}
