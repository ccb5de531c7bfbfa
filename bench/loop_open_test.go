package bench_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/mock"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/pace"
	"github.com/promptmill/promptmill/bench/results"
)

// starter counts the requests that the pacing goroutine could start.
type starter struct {
	*openai.Client
	started, refused int
}

func (s *starter) Start(ctx context.Context, req *openai.Request, resp *openai.Response) (openai.Pending, bool) {
	p, ok := s.Client.Start(ctx, req, resp)
	if ok {
		s.started++
	} else {
		s.refused++
	}
	return p, ok
}

// TestRun_openLoopStarts: an open loop over a real client sends every request once, in time and in order, on the
// goroutine that paces where there is a connection, and each has its own answer.
func TestRun_openLoopStarts(t *testing.T) {
	for _, engine := range []string{openai.EngineNetHTTP, ""} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server, err := mock.New(mock.Config{Tokens: 3, RecordSends: true})
		if err != nil {
			t.Fatal(err)
		}
		served := make(chan error)
		go func() { served <- server.Serve(ln) }()
		epoch := time.Now()
		client, err := openai.New(openai.Config{BaseURL: "http://" + ln.Addr().String(), Epoch: epoch, Engine: engine, KeepText: true})
		if err != nil {
			t.Fatal(err)
		}
		counted, sink := &starter{Client: client}, &memory{}
		r := &bench.Runner{
			Client: counted, Sink: sink, Epoch: epoch, RunID: "test",
			Prompts: []bench.Prompt{{Line: 1, Messages: msg("user", "a")}},
			Body: func(dst []byte, in *openai.Input) []byte {
				return new(openai.BodyOptions).Append(dst, in)
			},
			Waiter: func() (pace.Waiter, error) { return pace.NewThread() },
		}
		const n = 200
		if _, _, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Constant, Rate: 2000}, bench.Limits{MaxRequests: n}); err != nil {
			t.Fatal(err)
		}
		client.CloseIdle()
		server.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
		checkStarts(t, client.Engine(), counted, sink.records, server.Sends(), n)
	}
}

func checkStarts(t *testing.T, engine string, s *starter, records []results.Record, sent []mock.Sent, n int) {
	t.Helper()
	if s.started+s.refused != n || engine == openai.EngineNetHTTP && s.started > 0 || engine == openai.EngineHTTP1 && s.started == 0 {
		t.Errorf("%s: %d requests started, %d not", engine, s.started, s.refused)
	}
	if len(records) != n || len(sent) != n || countOK(records) != n {
		t.Fatalf("%s: %d records, %d of them good, and %d requests at the server, want %d", engine, len(records), countOK(records), len(sent), n)
	}
	seen := map[string]bool{}
	for _, r := range records {
		seen[r.RequestID] = true
		if r.SentNS < r.DueNS || r.ConnectedNS < r.SentNS || r.FirstTokenNS < r.ConnectedNS {
			t.Errorf("%s: request %d was due at %d, sent at %d, connected at %d, answered at %d",
				engine, r.Sequence, r.DueNS, r.SentNS, r.ConnectedNS, r.FirstTokenNS)
		}
	}
	for _, at := range sent {
		if !seen[at.ID] {
			t.Errorf("%s: the server had a request %s, of which there is no record", engine, at.ID)
		}
	}
}
