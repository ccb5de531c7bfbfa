package bench_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/results"
)

// A server that works at n requests at once, for a time that depends on when it begins.
func queue(n int, service func(at time.Duration) time.Duration) *fakeServer {
	return &fakeServer{works: make(chan struct{}, n), ttft: service, count: 1}
}

// noise is a time around one second that repeats itself only after long.
func noise(at time.Duration) time.Duration {
	return 500*time.Millisecond + (at*7919)%time.Second
}

// within returns a service time of busy between two instants and of calm otherwise.
func within(from, to, calm, busy time.Duration) func(time.Duration) time.Duration {
	return func(at time.Duration) time.Duration {
		if at >= from && at < to {
			return busy
		}
		return calm
	}
}

// In virtual time a server is put under an open loop of 10 requests/s for 15 minutes.
func TestRun_overSaturation(t *testing.T) {
	const s = time.Second
	slow := func(at time.Duration) time.Duration { return s + at/100 } // gradual degradation
	tests := []struct {
		name    string
		server  *fakeServer
		poisson bool
		limits  bench.Saturation
		by      time.Duration // detected by then; 0 is never
	}{
		{"never answers", queue(1, steadily(time.Hour)), false, bench.Saturation{Wait: 2500 * time.Millisecond}, 20 * s},
		{"never answers, by the defaults", queue(1, steadily(time.Hour)), false, bench.DefaultSaturation, 31 * s},
		{"takes half", queue(5, steadily(s)), true, bench.DefaultSaturation, 40 * s},
		{"takes nine tenths", queue(9, steadily(s)), true, bench.DefaultSaturation, 800 * s},
		{"gets slower and slower", queue(12, slow), true, bench.DefaultSaturation, 200 * s},
		{"keeps up", queue(15, steadily(s)), true, bench.DefaultSaturation, 0},
		{"keeps up with noise", queue(13, noise), true, bench.DefaultSaturation, 0},
		{"long answers, short wait", &fakeServer{ttft: steadily(100 * time.Millisecond), count: 2, token: 90 * s}, true, bench.DefaultSaturation, 0},
		{"a spike", queue(20, within(100*s, 105*s, s, 8*s)), true, bench.DefaultSaturation, 0},
		{"a spike late", queue(20, within(280*s, 285*s, s, 8*s)), true, bench.DefaultSaturation, 0},
		{"a higher level", queue(1000, within(100*s, 1000*s, s, 4*s)), true, bench.DefaultSaturation, 0},
		{"recovers", queue(20, within(0, 15*s, s, 6*s)), true, bench.DefaultSaturation, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for seed := range uint64(3) {
				synctest.Test(t, func(t *testing.T) {
					server := &fakeServer{ttft: tt.server.ttft, count: tt.server.count, token: tt.server.token}
					if n := cap(tt.server.works); n > 0 {
						server.works = make(chan struct{}, n)
					}
					r, sink := fakeRunner(server)
					load := bench.Strategy{Kind: bench.Constant, Rate: 10, Seed: seed}
					if tt.poisson {
						load.Kind = bench.Poisson
					}
					b, _ := run(t, r, load, bench.Limits{MaxDuration: 900 * s, Saturation: &tt.limits})
					checkCounts(t, server, sink.records)
					took := time.Duration(b.EndNS - b.StartNS)
					switch stopped := b.StopReason == bench.StopSaturated; {
					case tt.by == 0 && stopped:
						t.Errorf("seed %d: stopped after %v: %s", seed, took, b.StopDetail)
					case tt.by == 0:
					case !stopped || took > tt.by:
						t.Errorf("seed %d: ended by %s after %v, want %s by %v", seed, b.StopReason, took, bench.StopSaturated, tt.by)
					case took < tt.limits.After-time.Second || !strings.Contains(b.StopDetail, "became ever more, by quarters"):
						t.Errorf("seed %d: after %v: %q", seed, took, b.StopDetail)
					}
				})
			}
		})
	}
}

// What a cap holds back waits as well.
func TestRun_overSaturationUnderCap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := queue(1000, steadily(time.Second))
		r, sink := fakeRunner(server)
		limits := bench.Limits{MaxDuration: 5 * time.Minute, Saturation: new(bench.DefaultSaturation)}
		b, _ := run(t, r, bench.Strategy{Kind: bench.Constant, Rate: 10, Cap: 5}, limits)
		counts := checkCounts(t, server, sink.records)
		if took := time.Duration(b.EndNS - b.StartNS); b.StopReason != bench.StopSaturated || took > 40*time.Second {
			t.Errorf("ended by %s after %v", b.StopReason, took)
		}
		if counts[results.StatusUnfinished] < 100 {
			t.Errorf("%v: what was held back is not recorded", counts)
		}
	})
}

// A closed loop cannot be over-saturated: it waits for the answers.
func TestRun_overSaturationClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := queue(1, steadily(10*time.Second))
		r, _ := fakeRunner(server)
		limits := bench.Limits{MaxDuration: 5 * time.Minute, Saturation: &bench.Saturation{}}
		if b, _ := run(t, r, bench.Strategy{Kind: bench.Throughput, Concurrency: 512}, limits); b.StopReason != bench.StopDuration {
			t.Errorf("ended by %s: %s", b.StopReason, b.StopDetail)
		}
	})
}
