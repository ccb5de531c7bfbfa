package compare_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/results"
)

// A server is a simulated one: log-normal times about those of a small model, answers whose length the prompt decides,
// and a load that comes and goes in waves, so that requests sent one after the other have much in common.
type server struct {
	slower float64 // factor of all times
	waves  float64 // autocorrelation of the load from one request to the next
}

// simulate runs requests against s as a schedule of ten a second. Prompts are the same for every seed unless salt differs.
func simulate(t testing.TB, s server, seed uint64, requests int, salt string) *compare.Result {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 7))
	lognormal := func(median, sigma float64) float64 { return median * math.Exp(sigma*rng.NormFloat64()) }
	run := &results.Run{Model: "m", Benchmarks: []results.Benchmark{{Strategy: "constant", TargetRate: 10}}}
	wave := rng.NormFloat64()
	var recs []results.Record
	for i := range requests {
		wave = s.waves*wave + math.Sqrt(1-s.waves*s.waves)*rng.NormFloat64()
		load := s.slower * math.Exp(0.1*wave)
		prompt := rand.New(rand.NewPCG(uint64(i), 1))
		tokens := int64(20 + prompt.IntN(200))
		at := int64(i+1) * 100e6
		first := at + int64(load*lognormal(0.05, 0.25)*1e9)
		last := first + int64(load*lognormal(0.01, 0.1)*float64(tokens-1)*1e9)
		recs = append(recs, results.Record{
			Strategy: "constant", TargetRate: 10, Sequence: int64(i), PromptSHA256: fmt.Sprint(i, salt),
			DueNS: at, SentNS: at, HeadersNS: first, FirstChunkNS: first, FirstTokenNS: first, FirstOutputNS: first,
			LastTokenNS: last, DoneNS: last + 1000, OutputTokens: tokens, TokenSource: results.TokensFromUsage,
			TimeSource: "kernel", Status: results.StatusOK, Attempts: 1,
		})
	}
	b := &run.Benchmarks[0]
	b.StartNS, b.SendEndNS = 1, recs[len(recs)-1].SentNS
	for i := range recs {
		b.WindowEndNS = max(b.WindowEndNS, recs[i].DoneNS)
	}
	b.EndNS = b.WindowEndNS
	return load(t, fmt.Sprintf("run %d", seed), run, recs)
}

func load(t testing.TB, name string, run *results.Run, recs []results.Record) *compare.Result {
	t.Helper()
	r, err := compare.FromRun(name, run, func(yield func(*results.Record, error) bool) {
		for i := range recs {
			if !yield(&recs[i], nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func compared(t testing.TB, a, b *compare.Result, o compare.Options) *compare.Comparison {
	t.Helper()
	c, err := compare.Compare(a, b, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func row(t testing.TB, c *compare.Comparison, metric, stat string) compare.Row {
	t.Helper()
	for _, r := range c.Pairs[0].Rows {
		if r.Metric == metric && r.Stat == stat {
			return r
		}
	}
	t.Fatalf("no row %s %s", metric, stat)
	return compare.Row{}
}

// Of a hundred pairs of runs of the same server at least 95 have no row at all that is called a change: with
// independent requests, with requests that depend on those before, and where every change counts, however small.
func TestCompare_sameIsSame(t *testing.T) {
	for _, waves := range []float64{0, 0.8} {
		for _, salt := range []string{"", "other prompts"} {
			t.Run(fmt.Sprintf("waves %v %s", waves, salt), func(t *testing.T) {
				t.Parallel()
				quiet := 0
				for i := range uint64(100) {
					s := server{slower: 1, waves: waves}
					c := compared(t, simulate(t, s, 2*i, 500, ""), simulate(t, s, 2*i+1, 500, salt), compare.Options{})
					if c.Tests < 10 {
						t.Fatalf("%d rows were tested", c.Tests)
					}
					if c.Count(compare.Worse)+c.Count(compare.Better) == 0 {
						quiet++
					}
				}
				t.Logf("%d of 100 pairs have no change", quiet)
				if quiet < 95 {
					t.Errorf("%d of 100 pairs of the same server have no change, want 95", quiet)
				}
			})
		}
	}
}

// Of a hundred servers that became 10 % slower at least 95 are found with 500 requests: by the time of a token and to
// the first one, and by the answer's time where the same prompts were sent.
func TestCompare_findsTenPercent(t *testing.T) {
	for _, tt := range []struct {
		name, salt, metric, stat string
		waves                    float64
	}{
		{"same prompts, first token", "", "ttft", "paired", 0},
		{"same prompts, answer", "", "latency", "paired", 0},
		{"same prompts, token", "", "tpot", "p50", 0},
		{"other prompts, first token", "x", "ttft", "p50", 0},
		{"other prompts, token", "x", "tpot", "p50", 0},
		{"waves, answer", "", "latency", "paired", 0.5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			found := 0
			for i := range uint64(100) {
				a := simulate(t, server{slower: 1, waves: tt.waves}, 2*i, 500, "")
				b := simulate(t, server{slower: 1.1, waves: tt.waves}, 2*i+1, 500, tt.salt)
				if row(t, compared(t, a, b, compare.Options{MinChange: 0.02}), tt.metric, tt.stat).Verdict == compare.Worse {
					found++
				}
			}
			t.Logf("%d of 100 found", found)
			if found < 95 {
				t.Errorf("a slowdown by 10 %% was found in %d of 100 pairs by %s.%s, want 95", found, tt.metric, tt.stat)
			}
		})
	}
}
