package bench_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/bench"
)

// TestSchedules_rampGoldens are GuideLLM's: a rate that grows to 10/s in 2 s and holds, and one that grows to 1/s in
// 100 s.
func TestSchedules_rampGoldens(t *testing.T) {
	at := first(bench.Schedules([]bench.Stage{{To: 10, Duration: 2 * time.Second}, {From: 10, To: 10}}, bench.EvenArrivals), 13)
	for n, got := range at {
		want := math.Sqrt(2 * float64(n) * 2 / 10)
		if n > 10 {
			want = 2 + float64(n-10)/10
		}
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("request %d at %.9f s, want %.9f", n, got, want)
		}
	}
	if at[0] != 0 || at[11] != 2.1 {
		t.Errorf("the first request is at %v s and the eleventh after it at %v, want 0 and 2.1", at[0], at[11])
	}
	slow := first(bench.Schedules([]bench.Stage{{To: 1, Duration: 100 * time.Second}, {From: 1, To: 1}}, bench.EvenArrivals), 51)
	if slow[50] != 100 {
		t.Errorf("request 50 is at %v s, want 100", slow[50])
	}
}

func TestSchedules_stagesFollowOneAnother(t *testing.T) {
	stages, err := bench.ParseStages("2/s:2s, 4:1s")
	if err != nil {
		t.Fatal(err)
	}
	got := slices.Collect(bench.Schedules(stages, bench.EvenArrivals))
	const ms = time.Millisecond
	want := []time.Duration{0, 500 * ms, 1000 * ms, 1500 * ms, 2000 * ms, 2250 * ms, 2500 * ms, 2750 * ms}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("instants (-want +got):\n%s", diff)
	}
}

func drawStage(t *rapid.T) bench.Stage {
	s := bench.Stage{
		From: rapid.Float64Range(0.01, 500).Draw(t, "from"), To: rapid.Float64Range(0.01, 500).Draw(t, "to"),
		Duration:    time.Duration(rapid.Int64Range(1e6, 20e9).Draw(t, "duration")),
		Exponential: rapid.Bool().Draw(t, "exponential"),
	}
	if !s.Exponential && rapid.Bool().Draw(t, "from 0") {
		s.From = 0
	}
	return s
}

// requestsBy is the rate of s summed up to a time, by the formulas of a textbook rather than those of the code.
func requestsBy(s bench.Stage, t float64) float64 {
	d := s.Duration.Seconds()
	if s.Exponential && s.From != s.To {
		k := math.Log(s.To/s.From) / d
		return s.From / k * (math.Exp(k*t) - 1)
	}
	return s.From*t + (s.To-s.From)*t*t/(2*d)
}

// TestSchedules_isTheInverseOfTheRate: request n is due when the summed rate is n, the requests of a stage are all in
// it, and their number is its integral.
func TestSchedules_isTheInverseOfTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStage(t)
		n, last := 0, time.Duration(0)
		for due := range bench.Schedules([]bench.Stage{s}, bench.EvenArrivals) {
			if due < last || due > s.Duration {
				t.Fatalf("request %d of %v is due at %v, after one at %v", n, s, due, last)
			}
			if sum := requestsBy(s, due.Seconds()); math.Abs(sum-float64(n)) > 1e-6*float64(n+1)+1e-6 {
				t.Fatalf("request %d of %v is due at %v, when the rate sums up to %v", n, s, due, sum)
			}
			last = due
			n++
		}
		whole := requestsBy(s, s.Duration.Seconds())
		if want := math.Ceil(whole - 1e-6); math.Abs(float64(n)-want) > 1 || math.Abs(s.Requests()-whole) > 1e-6*whole {
			t.Fatalf("%v has %d requests and says %v, want %v", s, n, s.Requests(), whole)
		}
	})
}

func TestParseStages_roundTrip(t *testing.T) {
	for _, text := range []string{"10/s:30s,50/s:1m", "10/s..50/s:30s", "1/s..64/s:1m:exp", "0/s..5/s:1h30m,5/s:500ms"} {
		stages, err := bench.ParseStages(text)
		if err != nil {
			t.Fatal(err)
		}
		s := bench.Strategy{Kind: bench.Stages, Rate: 1, Stages: stages}
		if got := s.Shape(); got != text {
			t.Errorf("%q reads as %q", text, got)
		}
	}
}

func TestParseStages_refuses(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "no time"},
		{"10/s", "no time"},
		{"10/s:", `time ""`},
		{"10/s:0", "its time is 0"},
		{"0:10s", "its rate is 0"},
		{"0..5:10s:exp", "its rate is 0 at one end"},
		{"-1:10s", `rate "-1"`},
		{"NaN:10s", `rate "NaN"`},
		{"inf..3:10s", `rate "inf"`},
		{"1e-300:10s", `rate "1e-300"`},
		{"5..:3s", `rate ""`},
		{"5:3s,", `stage ""`},
		{"5:3s:quick", `time "3s:quick"`},
		{"1:1000000h,1:1000000h", "together"},
		{"5:-3s", `time "-3s"`},
		{"5:NaN", `time "NaN"`},
	}
	for _, tt := range tests {
		if s, err := bench.ParseStages(tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v and %v, want an error with %q", tt.text, s, err, tt.want)
		}
	}
}

// FuzzParseStages: what is read is written as it is read again, and its schedule is ascending.
func FuzzParseStages(f *testing.F) {
	for _, seed := range []string{"10/s:30s,50/s:1m", "0..9:5", "1/s..64/s:1m:exp", "3:1e300", ":", "1..2..3:4"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		stages, err := bench.ParseStages(text)
		if err != nil {
			return
		}
		last, n := time.Duration(0), 0
		for due := range bench.Schedules(stages, bench.EvenArrivals) {
			if due < last {
				t.Fatalf("%q: due at %v after %v", text, due, last)
			}
			if last, n = due, n+1; n == 100 {
				break
			}
		}
		for _, s := range stages {
			if _, err := bench.ParseStages(s.String()); err != nil {
				t.Fatalf("%q has a stage %v, which does not parse: %v", text, s, err)
			}
		}
	})
}
