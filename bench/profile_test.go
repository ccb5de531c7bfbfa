package bench_test

import (
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
		{"tiny sweep", []string{"sweep"}, bench.ProfileOptions{SweepSize: 2}, "at least 3"},
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
	if s, ok := (bench.Sweep{Size: 10, Slots: 4}).Next(done); ok {
		t.Errorf("got %v, want the end", s)
	}
}
