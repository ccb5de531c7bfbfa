package mock_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/mock"
)

// offsets are a request's send times in virtual time, from when it was received.
func offsets(s mock.Sent) []time.Duration {
	var d []time.Duration
	for _, ns := range s.SendsNS {
		d = append(d, time.Duration(ns-s.ReceivedNS))
	}
	return d
}

func TestTiming(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name string
		cfg  mock.Config
		body string
		want []time.Duration
	}{
		{"stream", mock.Config{TTFT: 50 * ms, ITL: 10 * ms, Tokens: 4}, chat("x", ""), []time.Duration{50 * ms, 60 * ms, 70 * ms, 80 * ms}},
		{"first token at once", mock.Config{ITL: 10 * ms, Tokens: 2}, chat("x", ""), []time.Duration{0, 10 * ms}},
		{"max_tokens", mock.Config{TTFT: ms, ITL: ms, Tokens: 9}, chat("x", `,"max_tokens":2`), []time.Duration{ms, 2 * ms}},
		{"ignore_eos", mock.Config{ITL: ms, Tokens: 1}, chat("x", `,"max_tokens":3,"ignore_eos":true`), []time.Duration{0, ms, 2 * ms}},
		{"chunks of two tokens", mock.Config{TTFT: 5 * ms, ITL: ms, Tokens: 5, TokensPerChunk: 2}, chat("x", ""), []time.Duration{5 * ms, 7 * ms, 9 * ms}},
		{"whole", mock.Config{TTFT: 50 * ms, ITL: 10 * ms, Tokens: 4}, `{"messages":[{"role":"user","content":"x"}]}`, []time.Duration{80 * ms}},
		{"completion", mock.Config{TTFT: ms, ITL: ms}, `{"prompt":"x","max_tokens":2,"stream":true}`, []time.Duration{ms, 2 * ms}},
		{"no tokens", mock.Config{Like: "vllm", TTFT: ms}, `{"messages":[],"stream":true}`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tt.cfg.GoTimers, tt.cfg.RecordSends = true, true
				s := newServer(t, tt.cfg)
				path := chatPath
				if strings.Contains(tt.body, "prompt") {
					path = "/v1/completions"
				}
				exchange(t, s, "POST", path, tt.body, "X-Request-Id: r1")
				sent := s.Sends()
				if len(sent) != 1 || sent[0].ID != "r1" {
					t.Fatalf("got %+v, want one record of r1", sent)
				}
				if d := cmp.Diff(tt.want, offsets(sent[0])); d != "" {
					t.Errorf("send times: -want +got:\n%s", d)
				}
			})
		})
	}
}

// The client's clock sees the same as the record says.
func TestTiming_onTheWire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, mock.Config{GoTimers: true, Like: "llama-server", TTFT: time.Second, ITL: time.Minute, Tokens: 3})
		conn := pipe(s)
		start := time.Now()
		send(t, conn, raw("POST", chatPath, chat("x", "")))
		var got []time.Duration
		buf := make([]byte, 4096)
		for {
			n, err := conn.Read(buf)
			if n > 0 {
				got = append(got, time.Since(start))
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		want := []time.Duration{0, time.Second, time.Second + time.Minute, time.Second + 2*time.Minute} // the header first
		if d := cmp.Diff(want, slices.Compact(got)); d != "" {
			t.Errorf("arrivals: -want +got:\n%s", d)
		}
	})
}

func TestJitter(t *testing.T) {
	run := func(seed int64) (got []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(t, mock.Config{
				GoTimers: true, RecordSends: true, Seed: seed, Tokens: 50,
				TTFT: 100 * time.Millisecond, TTFTJitter: 20 * time.Millisecond,
				ITL: 10 * time.Millisecond, ITLJitter: 20 * time.Millisecond,
			})
			exchange(t, s, "POST", chatPath, chat("x", ""))
			got = offsets(s.Sends()[0])
		})
		return got
	}
	one, again, other := run(1), run(1), run(2)
	if d := cmp.Diff(one, again); d != "" {
		t.Errorf("the same seed gave other times: -first +second:\n%s", d)
	}
	if cmp.Equal(one, other) {
		t.Error("another seed gave the same times")
	}
	if len(one) != 50 || !slices.IsSorted(one) {
		t.Errorf("got %v, want 50 times in order", one)
	}
	if one[0] == 100*time.Millisecond || one[1]-one[0] == 10*time.Millisecond {
		t.Errorf("no jitter in %v", one[:2])
	}
}

func TestPromptCache(t *testing.T) {
	for _, like := range []string{"llama-server", "vllm"} {
		t.Run(like, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t, mock.Config{
					Like: like, GoTimers: true, RecordSends: true, PromptCache: true, Tokens: 1,
					TTFT: time.Second, CachedTTFT: time.Millisecond,
				})
				ask := func(prompt string) string {
					return exchange(t, s, "POST", chatPath, chat(prompt, `,"stream_options":{"include_usage":true}`))
				}
				for i, tt := range []struct {
					prompt, cached string
					ttft           time.Duration
				}{
					{"one two three", `"cached_tokens":0}`, time.Second},
					{"one two three", `"cached_tokens":2}`, time.Millisecond},
					{"four", `"cached_tokens":0}`, time.Second},
				} {
					if got := ask(tt.prompt); !strings.Contains(got, tt.cached) {
						t.Errorf("request %d: no %s in %s", i, tt.cached, got)
					}
					if got := offsets(s.Sends()[i])[0]; got != tt.ttft {
						t.Errorf("request %d: got TTFT %v, want %v", i, got, tt.ttft)
					}
				}
			})
		})
	}
}

func TestAnswers_samePromptSameAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, mock.Config{GoTimers: true, Tokens: 200, Like: "vllm"})
		ask := func(prompt string) []string { return contents(t, exchange(t, s, "POST", chatPath, chat(prompt, ""))) }
		a, b, c := ask("2+2?"), ask("2+2?"), ask("2+3?")
		if d := cmp.Diff(a, b); d != "" {
			t.Errorf("-first +second:\n%s", d)
		}
		if cmp.Equal(a, c) {
			t.Error("two prompts have the same answer")
		}
		if len(a) != 200 || len(strings.Fields(strings.Join(a, ""))) != 200 {
			t.Errorf("got %d chunks, %d words, want 200", len(a), len(strings.Fields(strings.Join(a, ""))))
		}
	})
}
