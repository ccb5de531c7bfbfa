package bench_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/results"
)

// Every request takes a second, or three; instants are in seconds since the start.
func TestRun_warmupAndCooldown(t *testing.T) {
	const s = time.Second
	sync := bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}
	two := bench.Strategy{Kind: bench.Concurrent, Concurrency: 2}
	rate := bench.Strategy{Kind: bench.Constant, Rate: 1}
	tests := []struct {
		name        string
		strategy    bench.Strategy
		limits      bench.Limits
		takes       time.Duration
		parts       string // of each request: w, m or c
		start, end  time.Duration
		rps         float64
		coolDownEnd time.Duration
	}{
		{"none", sync, bench.Limits{MaxRequests: 3}, s, "mmm", 0, 3 * s, 1, 0},
		{"requests", sync, bench.Limits{MaxRequests: 10, Warmup: bench.Span{Requests: 2}, Cooldown: bench.Span{Requests: 3}}, s, "wwmmmmmccc", 2 * s, 7 * s, 1, 9 * s},
		{"time", rate, bench.Limits{MaxDuration: 10 * s, Warmup: bench.Span{Time: 5 * s / 2}, Cooldown: bench.Span{Time: 2 * s}}, 3 * s, "wwwmmmmmcc", 5 * s / 2, 8 * s, 6 / 5.5, 10 * s},
		{"share of requests", sync, bench.Limits{MaxRequests: 10, Warmup: bench.Span{Share: 0.2}, Cooldown: bench.Span{Share: 0.05}}, s, "wwmmmmmmmc", 2 * s, 9 * s, 1, 9 * s},
		{"share that is no binary fraction", sync, bench.Limits{MaxRequests: 100, Warmup: bench.Span{Share: 7.0 / 100}}, s, strings.Repeat("w", 7) + strings.Repeat("m", 93), 7 * s, 100 * s, 1, 0},
		{"share of time", sync, bench.Limits{MaxDuration: 19 * s / 2, Warmup: bench.Span{Share: 0.2}}, s, "wwmmmmmmmm", 19 * s / 10, 19 * s / 2, 8 / 7.6, 0},
		{"share of what ends first", two, bench.Limits{MaxRequests: 10, MaxDuration: time.Hour, Warmup: bench.Span{Share: 0.2}, Cooldown: bench.Span{Share: 0.2}}, s, "wwmmmmmmcc", s, 4 * s, 2, 4 * s},
		{"the window counts whoever ends in it", two, bench.Limits{MaxRequests: 8, Warmup: bench.Span{Requests: 1}}, s, "wmmmmmmm", 0, 4 * s, 2, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &fakeServer{ttft: steadily(tt.takes), count: 1}
				r, sink := fakeRunner(server)
				tt.limits.Grace = time.Minute
				b, outcome := run(t, r, tt.strategy, tt.limits)
				checkCounts(t, server, sink.records)
				if got := parts(sink.records); got != tt.parts {
					t.Errorf("parts %s, want %s", got, tt.parts)
				}
				began := b.StartNS
				if tt.limits.Warmup != (bench.Span{}) {
					began = b.WarmupStartNS
				}
				at := func(ns int64) time.Duration { return time.Duration(ns - began) }
				if at(b.StartNS) != tt.start || at(b.WindowEndNS) != tt.end {
					t.Errorf("window from %v to %v, want %v to %v", at(b.StartNS), at(b.WindowEndNS), tt.start, tt.end)
				}
				if tt.coolDownEnd != 0 && at(b.CooldownEndNS) != tt.coolDownEnd || tt.coolDownEnd == 0 && b.CooldownEndNS != 0 {
					t.Errorf("the cool-down ended at %v, want %v", at(b.CooldownEndNS), tt.coolDownEnd)
				}
				if b.SendEndNS > b.WindowEndNS || b.WindowEndNS > b.EndNS {
					t.Errorf("sending ended at %v, the window at %v, all at %v", at(b.SendEndNS), at(b.WindowEndNS), at(b.EndNS))
				}
				if diff := outcome.RequestsPerSecond - tt.rps; diff > 1e-9 || diff < -1e-9 {
					t.Errorf("%v requests/s, want %v", outcome.RequestsPerSecond, tt.rps)
				}
			})
		})
	}
}

// parts says to which part each request belongs, in order of sequence.
func parts(records []results.Record) string {
	letters := make([]byte, len(records))
	for _, r := range records {
		letters[r.Sequence] = map[[2]bool]byte{{true, false}: 'w', {false, false}: 'm', {false, true}: 'c', {true, true}: '!'}[[2]bool{r.Warmup, r.Cooldown}]
	}
	return string(letters)
}

// A benchmark that ends in its warm-up has measured nothing, and says so.
func TestRun_endsInWarmup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{ttft: steadily(time.Second), count: 1}
		r, sink := fakeRunner(server)
		r.Prompts = make([]bench.Prompt, 5)
		for i := range r.Prompts {
			r.Prompts[i] = bench.Prompt{Line: int64(i), Messages: msg("user", "a")}
		}
		b, outcome := run(t, r, bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{Warmup: bench.Span{Time: time.Minute}})
		if got := parts(sink.records); got != "wwwww" {
			t.Errorf("parts %s", got)
		}
		if b.StartNS != b.WindowEndNS || b.WindowEndNS != b.EndNS {
			t.Errorf("a window from %d to %d of %d", b.StartNS, b.WindowEndNS, b.EndNS)
		}
		if outcome.RequestsPerSecond != 0 {
			t.Errorf("%v requests/s", outcome.RequestsPerSecond)
		}
	})
}

func TestParseSpan(t *testing.T) {
	for text, want := range map[string]bench.Span{
		"": {}, "0": {}, "20": {Requests: 20}, "10s": {Time: 10 * time.Second}, "1.5m": {Time: 90 * time.Second},
		"5%": {Share: 0.05}, "0.5%": {Share: 0.005},
	} {
		if got, err := bench.ParseSpan(text); got != want || err != nil {
			t.Errorf("%q: %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"-1", "ten", "-5s", "100%", "-1%", "NaN%", "%", "1e3", "5 %s"} {
		if got, err := bench.ParseSpan(text); err == nil || !strings.Contains(err.Error(), "expected a number of requests, a time or a share") {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestLimits_Check(t *testing.T) {
	sync := bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}
	for _, tt := range []struct {
		name   string
		limits bench.Limits
		want   string // "" for no error
	}{
		{"fits", bench.Limits{MaxRequests: 10, Warmup: bench.Span{Requests: 4}, Cooldown: bench.Span{Requests: 5}}, ""},
		{"all is warm-up", bench.Limits{MaxRequests: 10, Warmup: bench.Span{Requests: 10}}, "no more than 10"},
		{"more than the prompts", bench.Limits{Warmup: bench.Span{Requests: 20}}, "no more than 20"},
		{"nothing left", bench.Limits{MaxRequests: 10, Warmup: bench.Span{Requests: 5}, Cooldown: bench.Span{Requests: 5}}, "leave nothing to measure"},
		{"nothing left of the time", bench.Limits{MaxDuration: time.Second, Warmup: bench.Span{Time: time.Second}}, "no more than 1s"},
		{"nothing left of the shares", bench.Limits{MaxRequests: 10, Warmup: bench.Span{Share: 0.5}, Cooldown: bench.Span{Share: 0.5}}, "leave nothing to measure"},
		{"cool-down from an unknown end", bench.Limits{MaxRequests: 10, Cooldown: bench.Span{Time: time.Second}}, "when the benchmark ends"},
		{"cool-down of unknown requests", bench.Limits{MaxDuration: time.Second, Cooldown: bench.Span{Requests: 5}}, "how many are sent"},
	} {
		err := tt.limits.Check(sync, 20)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
