package bench_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/mock"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
)

// A faulty is a server with one fault, and what the requests that meet it are to be counted as.
type faulty struct {
	config mock.Config
	kinds  []openai.Kind // of streams
	whole  []openai.Kind // of answers in one piece; nil is those of streams

	patience time.Duration // with a token, and with the next; 0 is without end
}

// Half of the requests meet the fault: so many of them fail that each shows, and so few that the run goes on.
var faults = map[string]faulty{
	"none":   {},
	"status": {config: faultConfig(mock.Failures{ErrorRate: 0.5, Status: 500}), kinds: kinds(openai.KindHTTP)},
	"busy":   {config: faultConfig(mock.Failures{ErrorRate: 0.5, Status: 429}), kinds: kinds(openai.KindHTTP)},
	"html":   {config: mock.Config{Failures: mock.Failures{ErrorRate: 0.5, Status: 502}, Quirks: []mock.Quirk{mock.QuirkHTMLErrors}}, kinds: kinds(openai.KindHTTP)},
	"cut": {
		config: faultConfig(mock.Failures{CutRate: 0.5}), kinds: kinds(openai.KindTruncated),
		whole: kinds(openai.KindTruncated, openai.KindReset), // before the header
	},
	"reset": {config: faultConfig(mock.Failures{ResetRate: 0.5}), kinds: kinds(openai.KindReset)},
	"hang": {
		config: faultConfig(mock.Failures{HangRate: 0.5}), patience: 100 * time.Millisecond,
		kinds: kinds(openai.KindTimeoutFirstToken, openai.KindTimeoutToken),
	},
	"event": {
		config: faultConfig(mock.Failures{EventRate: 0.5}), kinds: kinds(openai.KindServer),
		whole: kinds(openai.KindServer, openai.KindHTTP),
	},
	"closes": {config: mock.Config{CloseAfter: 1}},
}

func faultConfig(f mock.Failures) mock.Config { return mock.Config{Failures: f} }

func kinds(k ...openai.Kind) []openai.Kind { return k }

// TestFaults: whatever a server does to the requests of any endpoint, on any way to it, each request is counted once, as
// what it was; the server saw as many as the client says that it sent; and nothing is left behind.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	before := openFiles(t)
	endpoints := []openai.Endpoint{
		openai.Chat, openai.Completions, openai.Responses, openai.Messages, openai.Embeddings, openai.Rerank,
	}
	for _, c := range carriers() {
		for _, endpoint := range endpoints {
			for _, name := range slices.Sorted(maps.Keys(faults)) {
				for _, whole := range []bool{false, true} {
					if whole && (!endpoint.Generates() || c.secure || c.http2) {
						continue // it always is, or has been on the same engine
					}
					t.Run(fmt.Sprintf("%s/%s/%s/whole=%v", c.name, endpoint, name, whole), func(t *testing.T) {
						meet(t, faults[name], c, endpoint, whole)
					})
				}
			}
		}
	}
	if after := openFiles(t); after > before+2 { // what the runtime keeps for itself
		t.Errorf("%d files were open, now %d are", before, after)
	}
}

// meet runs a benchmark against a server with the fault and checks its counts.
func meet(t *testing.T, f faulty, way carrier, endpoint openai.Endpoint, whole bool) {
	const requests, slots = 40, 20
	cfg := f.config
	cfg.Tokens, cfg.Queue, cfg.Seed = 8, -1, 3
	server, reach := way.reach(t, cfg)
	reach.Endpoint, reach.Timeout = endpoint, 20*time.Second
	reach.FirstTokenTimeout, reach.TokenTimeout = f.patience, f.patience
	client, err := openai.New(reach)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdle()
	r, sink := newRunner(0)
	body := openai.BodyOptions{Endpoint: endpoint, Model: "mock-model", MaxTokens: 8, Whole: whole}
	r.Client, r.Body = client, body.Append
	for i := range r.Prompts {
		r.Prompts[i].Documents = []string{"a", "b"}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	strategy := bench.Strategy{Kind: bench.Concurrent, Concurrency: slots}
	if _, _, err := r.Run(ctx, 0, strategy, bench.Limits{MaxRequests: requests}); err != nil {
		t.Fatal(err)
	}
	allowed := f.kinds
	if way.http2 && slices.Contains(allowed, openai.KindTruncated) {
		allowed = append(slices.Clone(allowed), openai.KindReset) // a stream has an end, or is reset
	}
	if (whole || !endpoint.Generates()) && f.whole != nil {
		allowed = f.whole
	}
	counts := tally(t, sink.records, allowed)
	if sum := counts.ok + counts.failed; sum != requests || ctx.Err() != nil {
		t.Errorf("%d answers and %d failures of %d requests: %v", counts.ok, counts.failed, requests, ctx.Err())
	}
	if (counts.failed > 0) != (len(f.kinds) > 0) {
		t.Errorf("%d failures", counts.failed)
	}
	lost := cfg.CloseAfter > 0 || f.patience > 0 // what is sent on a connection that is closed, or not sent in time
	if seen := server.Stats().Arrived; seen > int64(counts.attempts) || seen < int64(counts.attempts) && !lost {
		t.Errorf("the server saw %d requests of %d, the client says %d", seen, requests, counts.attempts)
	}
}

type faultCounts struct{ ok, failed, attempts int }

func tally(t *testing.T, records []results.Record, allowed []openai.Kind) (c faultCounts) {
	t.Helper()
	for i := range records {
		r := &records[i]
		c.attempts += int(r.Attempts)
		switch {
		case r.Status == results.StatusOK:
			c.ok++
		case r.Status != results.StatusError || r.DoneNS < r.SentNS:
			t.Errorf("%+v", *r)
		default:
			c.failed++
			if !slices.Contains(allowed, openai.Kind(r.ErrorKind)) {
				t.Errorf("%s: %s", r.ErrorKind, r.ErrorMessage)
			}
		}
	}
	return c
}

// openFiles is how many files this process has open, or 0 where the system does not tell.
func openFiles(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(list)
}
