package bench_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/mock"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/pace"
	"github.com/promptmill/promptmill/bench/results"
)

// Whatever happens to them, over a real server that fails in every way, by everything that the runner can do to them
// at once: each request that was taken has one record, and each that was sent may be at the server once.
func TestRun_countsAddUp(t *testing.T) {
	failures := mock.Failures{ErrorRate: 0.1, CutRate: 0.1, ResetRate: 0.05, HangRate: 0.02, EventRate: 0.05}
	for _, engine := range []string{openai.EngineNetHTTP, ""} {
		for _, s := range []bench.Strategy{
			{Kind: bench.Constant, Rate: 400, Cap: 30},
			{Kind: bench.Poisson, Rate: 300},
			{Kind: bench.Concurrent, Concurrency: 40},
		} {
			for _, replies := range []bench.Replies{bench.NoSessions, bench.LiveReplies} {
				t.Run(fmt.Sprintf("%s,%s,%s", engine, s.Kind, replies), func(t *testing.T) {
					t.Parallel()
					server, client, epoch := realServer(t, mock.Config{TTFT: 20 * time.Millisecond, ITL: time.Millisecond, Tokens: 10, Slots: 20, Failures: failures}, engine)
					sink := &memory{}
					r := &bench.Runner{
						Client: client, Sink: sink, Epoch: epoch, RunID: "test", Prompts: conversations(t),
						Body:    new(openai.BodyOptions).Append,
						Waiter:  func() (pace.Waiter, error) { return pace.NewTimer(), nil }, // threads would keep processors from the others
						Prefill: 15, Cancel: bench.Cancellation{Rate: 0.1, After: 10 * time.Millisecond}, Sessions: replies,
					}
					b, _ := run(t, r, s, bench.Limits{MaxDuration: 700 * time.Millisecond, Grace: 50 * time.Millisecond})
					client.CloseIdle()
					checkAddUp(t, b, sink.records, server.Stats().Arrived)
				})
			}
		}
	}
}

// realServer starts a mock and returns it with a client for it.
func realServer(t *testing.T, cfg mock.Config, engine string) (*mock.Server, *openai.Client, time.Time) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, err := mock.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- server.Serve(ln) }()
	t.Cleanup(func() {
		server.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	epoch := time.Now()
	client, err := openai.New(openai.Config{BaseURL: "http://" + ln.Addr().String(), Epoch: epoch, Engine: engine, KeepText: true})
	if err != nil {
		t.Fatal(err)
	}
	return server, client, epoch
}

func checkAddUp(t *testing.T, b results.Benchmark, records []results.Record, arrived int64) {
	t.Helper()
	seen, byStatus := map[int64]bool{}, map[string]int{}
	attempts := int64(0)
	for i := range records {
		r := &records[i]
		if seen[r.Sequence] {
			t.Errorf("request %d has two records", r.Sequence)
		}
		seen[r.Sequence] = true
		byStatus[r.Status]++
		if r.ConnectedNS != 0 {
			attempts += int64(r.Attempts)
		}
	}
	for n := range int64(len(records)) {
		if !seen[n] {
			t.Errorf("request %d of %d has no record", n, len(records))
		}
	}
	if len(byStatus) > 4 || byStatus[results.StatusOK] == 0 || byStatus[results.StatusError] == 0 {
		t.Errorf("%v: expected some that are fine, and some errors", byStatus)
	}
	if arrived > attempts { // fewer may have arrived: some are cut off on their way
		t.Errorf("%d requests at the server, %d attempts in the records", arrived, attempts)
	}
	if b.StopReason != bench.StopDuration {
		t.Errorf("ended by %s", b.StopReason)
	}
}

// A server that dies in the middle of a run ends it, and what was measured stands (GuideLLM's test_max_error_benchmark).
func TestRun_serverDies(t *testing.T) {
	server, client, epoch := realServer(t, mock.Config{TTFT: time.Millisecond, ITL: time.Millisecond, Tokens: 3}, "")
	sink := &memory{}
	r := &bench.Runner{
		Client: client, Sink: sink, Epoch: epoch, RunID: "test", Prompts: []bench.Prompt{{Line: 1, Messages: msg("user", "a")}},
		Body:   new(openai.BodyOptions).Append,
		Waiter: func() (pace.Waiter, error) { return pace.NewTimer(), nil },
	}
	died := make(chan struct{})
	go func() {
		defer close(died)
		for tick := time.Tick(5 * time.Millisecond); server.Stats().Answered < 40; {
			<-tick
		}
		server.Close()
	}()
	b, _ := run(t, r, bench.Strategy{Kind: bench.Constant, Rate: 200}, bench.Limits{MaxDuration: time.Minute, Grace: time.Second, MaxErrorRate: 0.1})
	<-died
	client.CloseIdle()
	if b.StopReason != bench.StopErrorRate || countOK(sink.records) < 40 {
		t.Errorf("ended by %s (%s) with %d answers", b.StopReason, b.StopDetail, countOK(sink.records))
	}
	if n := len(sink.records); n > 6000 { // of the 12,000 of a minute, on a machine that stands still for a while
		t.Errorf("%d requests: it went on after the server had died", n)
	}
}
