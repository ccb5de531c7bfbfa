package bench_test

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/pace"
	"github.com/promptmill/promptmill/bench/results"
)

// fakeServer is a Client over a server that works at a bounded number of requests at once and streams its answers.
type fakeServer struct {
	epoch time.Time
	works chan struct{}                        // one for each request that it works at; nil is no bound
	ttft  func(at time.Duration) time.Duration // once it works at a request; at is since the epoch
	token time.Duration                        // from one to the next
	count int                                  // tokens of an answer
	fails func(n int64) *openai.Error          // of the n-th request; nil is never

	asked    atomic.Int64
	prefills atomic.Int64 // requests that wait for their first token
	most     atomic.Int64 // the most of them

	mu     sync.Mutex
	bodies []string
}

func (s *fakeServer) now() int64 { return time.Since(s.epoch).Nanoseconds() }

func (s *fakeServer) Do(ctx context.Context, req *openai.Request, resp *openai.Response) {
	*resp = openai.Response{Chunks: resp.Chunks[:0], Text: []byte{}, Sent: s.now(), Attempts: 1, HTTPStatus: 200}
	resp.Connected = resp.Sent + 1 // 0 is never
	s.mu.Lock()
	s.bodies = append(s.bodies, string(req.Body))
	s.mu.Unlock()
	n := s.asked.Add(1) - 1
	s.most.Store(max(s.most.Load(), s.prefills.Add(1)))
	err := s.answer(ctx, req, resp, n)
	if err == nil && s.fails != nil {
		resp.Err = s.fails(n)
	}
	if err != nil {
		resp.Err = &openai.Error{Kind: openai.KindCancelled, Message: context.Cause(ctx).Error()}
	}
	resp.Done = s.now()
}

func (s *fakeServer) answer(ctx context.Context, req *openai.Request, resp *openai.Response, n int64) error {
	prefilled := sync.OnceFunc(func() { s.prefills.Add(-1) })
	defer prefilled()
	if s.works != nil {
		select {
		case s.works <- struct{}{}:
			defer func() { <-s.works }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	wait := s.ttft(time.Since(s.epoch))
	for i := range s.count {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
		prefilled()
		resp.Chunks = append(resp.Chunks, s.now())
		resp.FirstToken, resp.LastToken = resp.Chunks[0], resp.Chunks[i]
		resp.Text = append(resp.Text, 'x')
		if req.OnToken != nil {
			req.OnToken(i + 1)
		}
		wait = s.token
	}
	resp.Text = append(resp.Text, byte('0'+n%10))
	return nil
}

func steadily(d time.Duration) func(time.Duration) time.Duration {
	return func(time.Duration) time.Duration { return d }
}

// fakeRunner sends to s, with the messages as the body.
func fakeRunner(s *fakeServer) (*bench.Runner, *memory) {
	sink := &memory{}
	s.epoch = time.Now()
	<-time.After(time.Millisecond) // so that nothing happens at 0, which is never
	return &bench.Runner{
		Client:  s,
		Sink:    sink,
		Prompts: []bench.Prompt{{Line: 1, Messages: msg("user", "a")}},
		Body: func(dst []byte, in *openai.Input) []byte {
			b, _ := json.Marshal(in.Messages) // strings only
			return append(dst, b...)
		},
		Waiter: func() (pace.Waiter, error) { return pace.NewTimer(), nil },
		Epoch:  s.epoch,
		RunID:  "test",
	}, sink
}

// run runs one benchmark.
func run(t *testing.T, r *bench.Runner, s bench.Strategy, l bench.Limits) (results.Benchmark, bench.Outcome) {
	t.Helper()
	b, outcome, err := r.Run(t.Context(), 0, s, l)
	if err != nil {
		t.Fatal(err)
	}
	return b, outcome
}

// checkCounts checks that every request has one record, and that each was sent, unless it was recorded as never sent.
func checkCounts(t *testing.T, s *fakeServer, records []results.Record) (byStatus map[string]int) {
	t.Helper()
	byStatus = map[string]int{}
	seen := map[int64]bool{}
	sent := 0
	for i := range records {
		r := &records[i]
		if seen[r.Sequence] {
			t.Errorf("request %d has two records", r.Sequence)
		}
		seen[r.Sequence] = true
		byStatus[r.Status]++
		if r.SentNS != 0 {
			sent++
		}
	}
	if int64(sent) != s.asked.Load() {
		t.Errorf("%d records of requests sent, the server had %d", sent, s.asked.Load())
	}
	total := byStatus[results.StatusOK] + byStatus[results.StatusError] + byStatus[results.StatusUnfinished] + byStatus[results.StatusCancelled]
	if total != len(records) {
		t.Errorf("%d records with the status they may have, of %d: %v", total, len(records), byStatus)
	}
	return byStatus
}
