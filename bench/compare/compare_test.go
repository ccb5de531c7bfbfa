package compare_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// aRun is a run of one benchmark with everything that a condition is made of.
func aRun() *results.Run {
	return &results.Run{
		Tool: "promptmill 1.0", Model: "m", Endpoint: "/v1/chat/completions", Engine: "http1", Target: "http://a",
		Config:     map[string]any{"max-tokens": 100.0, "max-requests": 5.0, "output": "a.parquet"},
		Prompts:    results.PromptSet{SHA256: "ab"},
		Benchmarks: []results.Benchmark{{Strategy: "synchronous", TargetConcurrency: 1, StartNS: 1, WindowEndNS: 1e9, EndNS: 1e9}},
	}
}

// answers are n requests of one benchmark, one after the other.
func answers(n int) []results.Record {
	recs := make([]results.Record, n)
	for i := range recs {
		at := int64(i+1) * 1e6
		recs[i] = results.Record{
			Strategy: "synchronous", TargetConcurrency: 1, Sequence: int64(i), PromptSHA256: fmt.Sprint(i), DueNS: at, SentNS: at,
			FirstChunkNS: at + 1000, FirstTokenNS: at + 2000, LastTokenNS: at + 9000, DoneNS: at + 9500, OutputTokens: 4,
			TokenSource: results.TokensFromUsage, Status: results.StatusOK,
		}
	}
	return recs
}

// The samples that are compared are those that the report summarises: same counts, same percentiles.
func TestFromRun_samplesAreTheReports(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	recs := answers(500)
	for i := range recs {
		r := &recs[i]
		r.Status = []string{results.StatusOK, results.StatusOK, results.StatusOK, results.StatusError, results.StatusUnfinished}[rng.IntN(5)]
		r.Warmup = rng.IntN(10) == 0
		r.OutputTokens = rng.Int64N(4)
		r.TokenSource = []string{
			results.TokensFromUsage, results.TokensFromChunks, results.TokensUnknown, results.TokensUncounted, results.TokensNotAsked,
		}[rng.IntN(5)]
		for _, at := range []*int64{&r.SentNS, &r.FirstChunkNS, &r.FirstTokenNS, &r.FirstOutputNS, &r.HeadersNS, &r.LastTokenNS, &r.DoneNS} {
			if *at = r.DueNS + rng.Int64N(1e7) - 1e6; rng.IntN(8) == 0 {
				*at = 0 // did not happen
			}
		}
	}
	b := &load(t, "x", aRun(), recs).Benchmarks[0]
	for metric, d := range map[string]metrics.Dist{
		"ttft": b.TTFT, "ttfc": b.TTFC, "ttfb": b.TTFB, "ttfo": b.TTFO, "tpot": b.TPOT, "latency": b.Latency,
		"scheduled_latency": b.ScheduledLatency, "gen_speed": b.GenSpeed,
	} {
		values := slices.DeleteFunc(slices.Clone(b.Requests.Values[metric]), func(v float64) bool { return math.IsNaN(v) })
		slices.Sort(values)
		if len(values) != d.Count || d.Count == 0 || values[0] != d.Min || values[len(values)-1] != d.Max || values[(len(values)+1)/2-1] != d.P50 {
			t.Errorf("%s: %d samples from %v, the report has %d from %v", metric, len(values), values[:1], d.Count, d.Min)
		}
	}
}

// The order of records, and whatever else is compared, changes nothing.
func TestCompare_isDeterministic(t *testing.T) {
	a, b := simulate(t, server{slower: 1}, 1, 200, ""), simulate(t, server{slower: 1.1}, 2, 200, "")
	want := compared(t, a, b, compare.Options{})
	again := compared(t, simulate(t, server{slower: 1}, 1, 200, ""), b, compare.Options{Also: []compare.Figure{{Metric: "ttfb", Stat: "p50"}}})
	ignore := cmpopts.IgnoreFields(compare.Row{}, "Adjusted")
	if diff := cmp.Diff(want.Pairs[0].Rows, again.Pairs[0].Rows[:len(want.Pairs[0].Rows)], ignore, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
	if again.Tests != want.Tests+1 {
		t.Errorf("%d tests with one more row, %d without", again.Tests, want.Tests)
	}
}

func TestFromRun_orderDoesNotMatter(t *testing.T) {
	recs := answers(100)
	want := load(t, "x", aRun(), recs)
	slices.Reverse(recs)
	if diff := cmp.Diff(want, load(t, "x", aRun(), recs), cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
}

// What makes the work another refuses, unless it was named; what may move figures is told.
func TestCompare_conditions(t *testing.T) {
	base := load(t, "a", aRun(), answers(20))
	for name, change := range map[string]func(r *results.Run){
		"model":      func(r *results.Run) { r.Model = "other" },
		"endpoint":   func(r *results.Run) { r.Endpoint = "/v1/completions" },
		"prompts":    func(r *results.Run) { r.Prompts.SHA256 = "cd" },
		"max-tokens": func(r *results.Run) { r.Config["max-tokens"] = 50.0 },
	} {
		run := aRun()
		change(run)
		other := load(t, "b", run, answers(20))
		if _, err := compare.Compare(base, other, compare.Options{}); !errors.Is(err, compare.ErrDiffers) || !strings.Contains(err.Error(), "--across "+name) {
			t.Errorf("%s differs: error %v, want one that says --across %s", name, err, name)
		}
		if c := compared(t, base, other, compare.Options{Across: []string{name}}); len(c.Differs)+len(c.Warnings) != 0 {
			t.Errorf("across %s: %v %v", name, c.Differs, c.Warnings)
		}
	}
	run := aRun()
	run.Tool, run.Target, run.Config = "promptmill 2.0", "http://b", map[string]any{"max-tokens": 100.0, "max-requests": 9.0, "output": "b", "temperature": 0.5}
	var told []string
	for _, d := range compared(t, base, load(t, "b", run, answers(20)), compare.Options{}).Differs {
		told = append(told, d.Name)
	}
	if want := []string{"target", "tool"}; !slices.Equal(told, want) { // only one of them tells its temperature
		t.Errorf("told of %v, want %v", told, want)
	}
	run = aRun()
	run.Model = ""
	if c := compared(t, base, load(t, "b", run, answers(20)), compare.Options{}); !strings.Contains(strings.Join(c.Warnings, " "), "tells its model") {
		t.Errorf("a model that is not told: %q", c.Warnings)
	}
}

// Benchmarks are matched by strategy and load; what has no partner is listed.
func TestCompare_matches(t *testing.T) {
	at := func(loads ...results.Benchmark) *compare.Result {
		run := aRun()
		run.Benchmarks = nil
		for i, l := range loads {
			l.Index = i
			run.Benchmarks = append(run.Benchmarks, l)
		}
		return load(t, "x", run, nil)
	}
	slots := func(n int) results.Benchmark { return results.Benchmark{Strategy: "concurrent", TargetConcurrency: n} }
	rate := func(r float64) results.Benchmark { return results.Benchmark{Strategy: "constant", TargetRate: r} }
	c := compared(t, at(slots(1), slots(8), rate(10), rate(20), slots(8)), at(rate(10.1), slots(8), slots(16), rate(30), slots(8)), compare.Options{})
	var names []string
	for _, p := range c.Pairs {
		names = append(names, p.Name)
	}
	if want := []string{"concurrent 8", "constant 10/s", "concurrent 8 #2"}; !slices.Equal(names, want) {
		t.Errorf("pairs %q, want %q", names, want)
	}
	if want := []string{"concurrent 1", "constant 20/s"}; !slices.Equal(c.OnlyBase, want) {
		t.Errorf("only in the baseline %q, want %q", c.OnlyBase, want)
	}
	if want := []string{"concurrent 16", "constant 30/s"}; !slices.Equal(c.OnlyOther, want) {
		t.Errorf("only in the other %q, want %q", c.OnlyOther, want)
	}
	if _, err := compare.Compare(at(slots(1)), at(slots(2)), compare.Options{}); !errors.Is(err, compare.ErrNothing) {
		t.Errorf("nothing in common: %v", err)
	}
	if _, err := compare.Compare(at(), at(), compare.Options{}); !errors.Is(err, compare.ErrNothing) {
		t.Errorf("empty runs: %v", err)
	}
}

// Runs with hardly anything in them compare as far as they go, and no verdict comes of it.
func TestCompare_littleToSay(t *testing.T) {
	failing := answers(50)
	for i := range failing {
		failing[i].Status, failing[i].ErrorKind = results.StatusError, "timeout"
	}
	for name, recs := range map[string][]results.Record{"none": nil, "one": answers(1), "only errors": failing, "one of each": append(answers(1), failing[1])} {
		a, b := load(t, "a", aRun(), answers(50)), load(t, "b", aRun(), recs)
		for _, c := range []*compare.Comparison{compared(t, a, b, compare.Options{}), compared(t, b, b, compare.Options{}), compared(t, b, a, compare.Options{})} {
			for _, r := range c.Pairs[0].Rows {
				if r.Metric == "error_rate" {
					continue
				}
				if r.Verdict != compare.Unknown && r.Verdict != compare.Same || r.Verdict == compare.Unknown && r.Why == "" {
					t.Errorf("%s: %+v", name, r)
				}
			}
		}
	}
	a, b := load(t, "a", aRun(), answers(50)), load(t, "b", aRun(), failing)
	if r := row(t, compared(t, a, b, compare.Options{}), "error_rate", ""); r.Verdict != compare.Worse {
		t.Errorf("every request fails: %+v", r)
	}
}

// Where a result has a request several times, as one of merged runs has, each is paired once.
func TestCompare_pairsRepeatsOnce(t *testing.T) {
	twice := append(answers(40), answers(40)...)
	for i := range twice[40:] {
		r := &twice[40+i]
		for _, at := range []*int64{&r.DueNS, &r.SentNS, &r.FirstChunkNS, &r.FirstTokenNS, &r.LastTokenNS, &r.DoneNS} {
			*at += 1e9
		}
		r.DoneNS += 9500 // half as slow again on the second day
	}
	a := load(t, "a", aRun(), twice)
	if r := row(t, compared(t, a, a, compare.Options{}), "latency", "paired"); r.Change != 0 || r.Samples[0] != 80 || r.Verdict != compare.Same {
		t.Errorf("a result against itself: %+v", r)
	}
}

// A change below the least one is none, and in the tail the least is five times as much.
func TestCompare_minChange(t *testing.T) {
	a, b := simulate(t, server{slower: 1}, 1, 2000, ""), simulate(t, server{slower: 1.06}, 2, 2000, "")
	for _, tt := range []struct {
		least        float64
		middle, tail compare.Verdict
	}{{0, compare.Worse, compare.Worse}, {0.01, compare.Worse, compare.Worse}, {0.02, compare.Worse, compare.Same}, {0.08, compare.Same, compare.Same}} {
		c := compared(t, a, b, compare.Options{MinChange: tt.least})
		if middle, tail := row(t, c, "tpot", "p50"), row(t, c, "tpot", "p95"); middle.Verdict != tt.middle || tail.Verdict != tt.tail {
			t.Errorf("least change %v: p50 changed by %v and is %s, p95 by %v and is %s", tt.least, middle.Change, middle.Verdict, tail.Change, tail.Verdict)
		}
	}
}

// A metric that a tool does not measure has no requests to be paired.
func TestCompare_withoutAMetric(t *testing.T) {
	var sides []*compare.Result
	for range 2 {
		r, err := compare.FromRun("r", aRun(), func(yield func(*results.Record, error) bool) {
			for _, record := range answers(50) {
				if !yield(&record, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		b := &r.Benchmarks[0]
		b.TTFT, b.TTFC, b.TTFO = metrics.Dist{}, metrics.Dist{}, metrics.Dist{}
		delete(b.Requests.Values, "ttft")
		sides = append(sides, r)
	}
	if _, err := compare.Compare(sides[0], sides[1], compare.Options{}); err != nil {
		t.Error(err)
	}
}
