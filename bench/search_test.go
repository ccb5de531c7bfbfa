package bench_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

func slo(t testing.TB, text string) *metrics.SLO {
	t.Helper()
	s, err := metrics.ParseSLO(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// answers makes the outcome of n requests under a load, whose TTFT is what ttft says.
func answers(s bench.Strategy, o *metrics.SLO, n int, ttft func(i int) float64) bench.Outcome {
	tally := metrics.NewTally(o)
	for i := range n {
		at := int64(1e9)
		first := at + int64(ttft(i)*1e9)
		tally.Add(&results.Record{Status: results.StatusOK, DueNS: at, SentNS: at, FirstTokenNS: first, LastTokenNS: first + 1e7, DoneNS: first + 1e7, OutputTokens: 2})
	}
	return bench.Outcome{Strategy: s, RequestsPerSecond: s.Rate, Tally: tally}
}

func load(s bench.Strategy) float64 { return max(s.Rate, float64(s.Concurrency)) }

// search runs a search against a server that answers every request at once up to a load, and none in time beyond.
func search(t testing.TB, s bench.Search, limit float64) (r results.Search, done []bench.Outcome) {
	for {
		next, ok := s.Next(done)
		if !ok {
			return s.Result(done), done
		}
		done = append(done, answers(next, s.SLO, 500, func(int) float64 {
			if load(next) > limit {
				return 2
			}
			return 0.1
		}))
		if len(done) > 100 {
			t.Fatalf("the search for %v goes on after 100 benchmarks", limit)
		}
	}
}

// TestSearch_findsTheLimit: whatever the server can take, the search ends on both sides of it, close to each other.
func TestSearch_findsTheLimit(t *testing.T) {
	o := slo(t, "ttft.p99<=300ms")
	rapid.Check(t, func(rt *rapid.T) {
		limit := math.Exp(rapid.Float64Range(-4, 10).Draw(rt, "log of the limit"))
		r, done := search(t, bench.Search{SLO: o, Over: bench.OverRate}, limit)
		if r.Found > limit || r.Missed <= limit {
			rt.Fatalf("the limit is %v, and the search says from %v to %v", limit, r.Found, r.Missed)
		}
		if r.Missed > r.Found*1.06 || r.Confidence != 0.95 || r.Ended == "" || len(done) > 40 {
			rt.Fatalf("after %d benchmarks for a limit of %v it says %+v", len(done), limit, r)
		}
	})
}

func TestSearch_overConcurrencyIsExact(t *testing.T) {
	o := slo(t, "ttft<=300ms")
	for limit := range 70 {
		r, _ := search(t, bench.Search{SLO: o, Over: bench.OverConcurrency, Precision: 1e-9}, float64(limit))
		if r.Found != float64(limit) || r.Missed != float64(limit+1) {
			t.Errorf("the limit is %d slots, and the search says from %v to %v", limit, r.Found, r.Missed)
		}
	}
}

func TestSearch_mostEndsIt(t *testing.T) {
	s := bench.Search{SLO: slo(t, "ttft.p99<=300ms"), Over: bench.OverConcurrency, Most: 20}
	r, done := search(t, s, 1e9)
	if r.Found != 20 || r.Missed != 0 || len(done) != 6 {
		t.Errorf("after %d benchmarks it says %+v, want 20 after 1, 2, 4, 8, 16, 20", len(done), r)
	}
	if why := s.Explain(done); !strings.Contains(why, "the highest that was to be tried") {
		t.Errorf("it says %q", why)
	}
}

// TestSearch_repeatsWhatIsUnsure: too few requests are measured again under the same load, a bounded number of times,
// and the answer says that they were too few.
func TestSearch_repeatsWhatIsUnsure(t *testing.T) {
	s := bench.Search{SLO: slo(t, "ttft.p99<=300ms"), Over: bench.OverRate, Most: 2, Open: bench.Strategy{Kind: bench.Poisson, Seed: 5}}
	var done []bench.Outcome
	var seeds []uint64
	for {
		next, ok := s.Next(done)
		if !ok {
			break
		}
		seeds = append(seeds, next.Seed)
		done = append(done, answers(next, s.SLO, 60, func(int) float64 { return 0.1 }))
	}
	if len(done) != 6 || done[2].Strategy.Rate != 1 || done[3].Strategy.Rate != 2 {
		t.Fatalf("%d benchmarks, want 3 at 1/s and 3 at 2/s", len(done))
	}
	if seeds[0] == seeds[1] {
		t.Error("a repeat has the same arrivals")
	}
	if why := s.Explain(done); !strings.Contains(why, "too small to be sure") {
		t.Errorf("it says %q", why)
	}
	// Two of 150 requests are enough to know when they are added up to 300 that all keep it.
	done = done[:0]
	for range 2 {
		next, _ := s.Next(done)
		done = append(done, answers(next, s.SLO, 150, func(int) float64 { return 0.1 }))
	}
	if next, _ := s.Next(done); next.Rate != 2 {
		t.Errorf("after 300 requests that all keep it the search tries %v", next)
	}
}

// TestSearch_confidence: a server that misses an SLO by a little is said to keep it, for sure, in at most one of
// twenty measurements.
func TestSearch_confidence(t *testing.T) {
	o := slo(t, "ttft.p90<=300ms")
	r := rand.New(rand.NewPCG(1, 2))
	wrong := 0
	const runs = 2000
	for range runs {
		out := answers(bench.Strategy{Rate: 1}, o, 400, func(int) float64 {
			if r.Float64() < 0.101 {
				return 1
			}
			return 0.1
		})
		if j := out.Tally.Judge(0.95); j.Kept && j.Sure {
			wrong++
		}
	}
	if share := float64(wrong) / runs; share > 0.06 || share < 0.01 {
		t.Errorf("sure and wrong in %.1f %% of the runs, want about 4", 100*share)
	}
}

// TestSearch_saturationIsAMiss: answers that are in time but too few do not make the rate.
func TestSearch_saturationIsAMiss(t *testing.T) {
	s := bench.Search{SLO: slo(t, "ttft<=10s"), Over: bench.OverRate}
	out := answers(bench.Strategy{Kind: bench.Constant, Rate: 1}, s.SLO, 500, func(int) float64 { return 1 })
	out.RequestsPerSecond, out.Early, out.Late = 0.5, 1e9, 9e9
	if r := s.Result([]bench.Outcome{out}); r.Found != 0 || r.Missed != 1 {
		t.Errorf("it says %+v, want that 1/s is missed", r)
	}
}

// TestSearch_clientLateIsNotSure: what a load does to a server is not known where the client did not apply it.
func TestSearch_clientLateIsNotSure(t *testing.T) {
	s := bench.Search{SLO: slo(t, "ttft<=10s"), Over: bench.OverRate, Most: 1}
	out := answers(bench.Strategy{Kind: bench.Constant, Rate: 1}, s.SLO, 5000, func(int) float64 { return 1 })
	out.RequestsPerSecond = 1
	if r := s.Result([]bench.Outcome{out}); r.Found != 1 || r.Confidence == 0 {
		t.Errorf("with a client in time it says %+v, want 1/s for sure", r)
	}
	out.Lag = 20 * time.Millisecond
	if r := s.Result([]bench.Outcome{out}); r.Found != 1 || r.Confidence != 0 {
		t.Errorf("with a late client it says %+v, want 1/s, and not for sure", r)
	}
	if said := s.Explain([]bench.Outcome{out}); !strings.Contains(said, "at 1/s the client itself sent late") {
		t.Errorf("it does not say why: %s", said)
	}
}

// TestSearch_growthIsNotSure: a rate at which latency still grew when the run ended is not one that the server is sure to
// keep, however many requests were in time.
func TestSearch_growthIsNotSure(t *testing.T) {
	s := bench.Search{SLO: slo(t, "ttft<=10s"), Over: bench.OverRate, Repeats: 2}
	out := answers(bench.Strategy{Kind: bench.Constant, Rate: 1}, s.SLO, 5000, func(int) float64 { return 1 })
	out.RequestsPerSecond, out.Early, out.Late = 1, 1e9, 1.4e9
	if next, _ := s.Next([]bench.Outcome{out}); next.Rate != 1 {
		t.Errorf("after a run in which latency grew it tries %v, want 1/s again", next)
	}
	if r := s.Result([]bench.Outcome{out, out}); r.Found != 1 || r.Confidence != 0 {
		t.Errorf("it says %+v, want 1/s, and not for sure", r)
	}
	out.Late = out.Early
	if next, _ := s.Next([]bench.Outcome{out}); next.Rate != 2 {
		t.Errorf("after a run of steady latency it tries %v, want 2/s", next)
	}
}
