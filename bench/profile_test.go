package bench_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench"
)

// drive runs a profile against a server whose closed-loop capacity is 2 req/s for one slot and 10 req/s for many.
func drive(p bench.Profile) (names []string) {
	var done []bench.Outcome
	for {
		s, ok := p.Next(done)
		if !ok {
			return names
		}
		rps := s.Rate
		switch {
		case s.Rate == 0 && s.Concurrency == 1:
			rps = 2
		case s.Rate == 0:
			rps = 10
		}
		names = append(names, s.String())
		done = append(done, bench.Outcome{Strategy: s, RequestsPerSecond: rps})
	}
}

func TestParseProfile(t *testing.T) {
	o := bench.ProfileOptions{Rates: []float64{0.5, 4}, Concurrency: []int{1, 8}, SweepSize: 6}
	tests := []struct {
		names []string
		want  []string
	}{
		{[]string{"synchronous"}, []string{"synchronous"}},
		{[]string{"throughput"}, []string{"throughput"}},
		{[]string{"concurrent"}, []string{"concurrent 1", "concurrent 8"}},
		{[]string{"constant"}, []string{"constant 0.5/s", "constant 4/s"}},
		{[]string{"sweep"}, []string{"synchronous", "throughput", "constant 4/s", "constant 6/s", "constant 8/s", "constant 10/s"}},
		{
			[]string{"synchronous", "sweep", " constant"},
			[]string{"synchronous", "synchronous", "throughput", "constant 4/s", "constant 6/s", "constant 8/s", "constant 10/s", "constant 0.5/s", "constant 4/s"},
		},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.names, "+"), func(t *testing.T) {
			p, err := bench.ParseProfile(tt.names, o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, drive(p)); diff != "" {
				t.Errorf("strategies (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseProfile_refuses(t *testing.T) {
	tests := []struct {
		name  string
		names []string
		o     bench.ProfileOptions
		want  string
	}{
		{"unknown", []string{"poison"}, bench.ProfileOptions{}, `unknown profile "poison"`},
		{"none", nil, bench.ProfileOptions{}, "no profile"},
		{"constant without rate", []string{"constant"}, bench.ProfileOptions{}, "needs --rate"},
		{"concurrent without levels", []string{"concurrent"}, bench.ProfileOptions{}, "needs --concurrency"},
		{"rate 0", []string{"constant"}, bench.ProfileOptions{Rates: []float64{0}}, "above 0"},
		{"negative concurrency", []string{"concurrent"}, bench.ProfileOptions{Concurrency: []int{-1}}, "at least 1"},
		{"tiny sweep", []string{"sweep"}, bench.ProfileOptions{SweepSize: 1}, "at least 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := bench.ParseProfile(tt.names, tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// A sweep of a server that answers nothing has no range to divide and must end.
func TestSweep_endsWithoutSuccess(t *testing.T) {
	done := []bench.Outcome{{}, {}}
	sweep := bench.Sweep{Size: 10, Slots: 4}
	if s, ok := sweep.Next(done); ok {
		t.Errorf("got %v, want the end", s)
	}
	if why := sweep.Explain(done); !strings.Contains(why, "nothing succeeded") {
		t.Errorf("it says %q", why)
	}
}

// TestSweep_goldens are GuideLLM's: synchronous and throughput always run, of two benchmarks none is a rate, and the
// last rate is that of throughput.
func TestSweep_goldens(t *testing.T) {
	for size, want := range map[int][]string{
		2: {"synchronous", "throughput"},
		3: {"synchronous", "throughput", "poisson 10/s"},
		4: {"synchronous", "throughput", "poisson 6/s", "poisson 10/s"},
	} {
		got := drive(bench.Sweep{Size: size, Slots: 64, Rates: bench.Strategy{Kind: bench.Poisson}})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("sweep of %d (-want +got):\n%s", size, diff)
		}
	}
}

// TestSweep_stopsAtSaturation: a rate that the server answers too slowly, and ever more slowly, is the last; one that
// is merely answered slowly is not.
func TestSweep_stopsAtSaturation(t *testing.T) {
	sweep := bench.Sweep{Size: 10, Slots: 64}
	done := []bench.Outcome{
		{Strategy: bench.Strategy{Kind: bench.Synchronous}, RequestsPerSecond: 2},
		{Strategy: bench.Strategy{Kind: bench.Throughput}, RequestsPerSecond: 10},
		{Strategy: bench.Strategy{Kind: bench.Constant, Rate: 3}, RequestsPerSecond: 2.5, Early: 500e6, Late: 501e6},
	}
	if _, ok := sweep.Next(done); !ok {
		t.Error("the sweep ended at a rate with a latency that does not grow")
	}
	chance := bench.Outcome{Strategy: bench.Strategy{Kind: bench.Poisson, Rate: 4}, Window: 10e9, RequestsPerSecond: 3, Early: 500e6, Late: 5e9}
	if _, ok := sweep.Next(append(slices.Clone(done), chance)); !ok {
		t.Error("the sweep ended at a rate that came out short by chance")
	}
	done = append(done, bench.Outcome{Strategy: bench.Strategy{Kind: bench.Constant, Rate: 4}, Window: 10e9, RequestsPerSecond: 3, Early: 500e6, Late: 5e9})
	if s, ok := sweep.Next(done); ok {
		t.Errorf("the sweep goes on with %v after one that saturated", s)
	}
	want := "The sweep ended after 4 of 10 benchmarks: at constant 4/s the server answered 3/s, and its latency grew from 500ms to 5s meanwhile."
	if got := sweep.Explain(done); got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}

func TestParseProfile_shapes(t *testing.T) {
	stages, err := bench.ParseStages("1/s..50/s:1m")
	if err != nil {
		t.Fatal(err)
	}
	o := bench.ProfileOptions{
		Rates: []float64{4}, Concurrency: []int{8}, Users: []int{8}, Cap: 64, Burstiness: 0.5, Stages: stages, Ramp: stages,
		Rampup: 90e9, Think: bench.Think{Least: 2e9, Most: 5e9},
		SessionThink: bench.Think{Least: 1e9, Most: 1e9},
	}
	names := []string{"constant", "async", "poisson", "gamma", "users", "concurrent", "ramp", "stages"}
	p, err := bench.ParseProfile(names, o)
	if err != nil {
		t.Fatal(err)
	}
	const rest = " think 1s ramp-up 1m30s at most 64"
	want := []string{
		"constant 4/s" + rest, "constant 4/s" + rest, "poisson 4/s" + rest, "gamma 4/s burstiness 0.5" + rest,
		"users 8 think 2s..5s ramp-up 1m30s", "concurrent 8 think 1s ramp-up 1m30s",
		"ramp 1/s..50/s:1m think 1s at most 64", "stages 1/s..50/s:1m think 1s at most 64",
	}
	if diff := cmp.Diff(want, drive(p)); diff != "" {
		t.Errorf("strategies (-want +got):\n%s", diff)
	}
}
