package bench_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
)

var refused = &openai.Error{Kind: openai.KindHTTP, Status: 503, Message: "503"}

// failing is a server of which those requests fail that f names.
func failing(f func(n int64) bool) *fakeServer {
	return &fakeServer{ttft: steadily(time.Second), count: 1, fails: func(n int64) *openai.Error {
		if f(n) {
			return refused
		}
		return nil
	}}
}

// Each limit ends the benchmark at the request that reaches it, and says what was seen.
func TestRun_errorLimits(t *testing.T) {
	everyTenth := func(n int64) bool { return n%10 == 9 }
	late := func(n int64) bool { return n >= 100 }
	tests := []struct {
		name   string
		fails  func(n int64) bool
		limits bench.Limits
		reason string
		detail string
		sent   int
	}{
		{"errors", everyTenth, bench.Limits{MaxErrors: 3}, bench.StopMaxErrors, "3 requests failed; the limit is 3", 30},
		{"errors below the limit", everyTenth, bench.Limits{MaxErrors: 21}, bench.StopRequests, "", 200},
		{"rate of the last", late, bench.Limits{MaxErrorRate: 0.5}, bench.StopErrorRate, "15 of the last 30 requests failed; the limit is 50 %", 115},
		{"rate of the last ten", late, bench.Limits{MaxErrorRate: 0.1, ErrorWindow: 10}, bench.StopErrorRate, "1 of the last 10 requests failed; the limit is 10 %", 101},
		{"rate not before the window is full", func(n int64) bool { return n < 10 }, bench.Limits{MaxErrorRate: 0.4}, bench.StopRequests, "", 200},
		{"rate leaves the window", func(n int64) bool { return n < 10 }, bench.Limits{MaxErrorRate: 0.33}, bench.StopErrorRate, "10 of the last 30 requests failed; the limit is 33 %", 30},
		{"rate of all", late, bench.Limits{MaxGlobalErrorRate: 0.2}, bench.StopGlobalRate, "25 of all 125 requests failed; the limit is 20 %", 125},
		{"rate of all not before enough", func(n int64) bool { return n < 10 }, bench.Limits{MaxGlobalErrorRate: 0.34}, bench.StopRequests, "", 200},
		{"both limits, the first counts", everyTenth, bench.Limits{MaxErrors: 5, MaxGlobalErrorRate: 0.05}, bench.StopGlobalRate, "3 of all 30 requests failed; the limit is 5 %", 30},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := failing(tt.fails)
				r, sink := fakeRunner(server)
				tt.limits.MaxRequests = 200
				b, _ := run(t, r, bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, tt.limits)
				checkCounts(t, server, sink.records)
				if b.StopReason != tt.reason || b.StopDetail != tt.detail || len(sink.records) != tt.sent {
					t.Errorf("%s (%s) after %d requests, want %s (%s) after %d", b.StopReason, b.StopDetail, len(sink.records), tt.reason, tt.detail, tt.sent)
				}
			})
		})
	}
}

// What is in flight when errors end a benchmark has its time of grace, and no more.
func TestRun_graceAfterErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := failing(func(n int64) bool { return n < 2 })
		server.ttft = func(at time.Duration) time.Duration {
			return map[bool]time.Duration{true: time.Second, false: 10 * time.Second}[at < 300*time.Millisecond]
		}
		r, sink := fakeRunner(server)
		b, _ := run(t, r, bench.Strategy{Kind: bench.Constant, Rate: 5}, bench.Limits{MaxRequests: 100, MaxErrors: 2, Grace: 9700 * time.Millisecond})
		counts := checkCounts(t, server, sink.records)
		// Sent at 0, 0.2, ... 1.2 s; the second fails at 1.2 s, so grace ends at 10.9 s: of the others those up to 0.8 s have their answer.
		if b.StopReason != bench.StopMaxErrors || counts[results.StatusError] != 2 || counts[results.StatusOK] != 3 || counts[results.StatusUnfinished] < 1 {
			t.Errorf("%s: %v", b.StopReason, counts)
		}
		for _, rec := range sink.records {
			if rec.Status == results.StatusUnfinished && !strings.Contains(rec.ErrorMessage, "grace") {
				t.Errorf("request %d: %q", rec.Sequence, rec.ErrorMessage)
			}
		}
		if took := time.Duration(b.EndNS - b.StartNS); took > 10900*time.Millisecond+time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}
