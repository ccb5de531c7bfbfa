package bench_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
)

// conversations are three: of three turns with replies, of one, and of two without a reply.
func conversations(t *testing.T) []bench.Prompt {
	t.Helper()
	prompts, err := bench.ReadPrompts(strings.NewReader(`{"messages":[{"role":"system","content":"S"},{"role":"user","content":"a1"},{"role":"assistant","content":"A1"},{"role":"user","content":"a2"},{"role":"assistant","content":"A2"},{"role":"user","content":"a3"}],"expected":"A3"}
{"messages":[{"role":"user","content":"b1"}],"expected":"B1"}
{"turns":[{"text":"c1"},{"text":"c2","delay":2000}]}
`), bench.PromptOptions{Format: bench.JSONL})
	if err != nil {
		t.Fatal(err)
	}
	return prompts
}

// said is what a request says, such as "S a1 A1 a2".
func said(body string) string {
	for _, s := range []string{`{"role":"system","content":"`, `{"role":"user","content":"`, `{"role":"assistant","content":"`, `"}`, "[", "]"} {
		body = strings.ReplaceAll(body, s, "")
	}
	return strings.ReplaceAll(body, ",", " ")
}

// A slot plays one conversation after another: each turn follows the answer to the one before it and the time to
// think, with the server's answers in its history.
func TestRun_sessionsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{ttft: steadily(time.Second), count: 1}
		r, sink := fakeRunner(server)
		r.Prompts, r.Sessions = conversations(t), bench.LiveReplies
		b, _ := run(t, r, bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{})
		checkCounts(t, server, sink.records)
		var got []string
		for _, body := range server.bodies {
			got = append(got, said(body))
		}
		want := []string{"S a1", "S a1 x0 a2", "S a1 x0 a2 x1 a3", "b1", "c1", "c1 x4 c2"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		due, sent := instants(b.StartNS, sink.records)
		if diff := cmp.Diff([]float64{0, 1, 2, 3, 4, 7}, due); diff != "" { // the last turn thinks for 2 s
			t.Error(diff)
		}
		if diff := cmp.Diff(due, sent); diff != "" {
			t.Error(diff)
		}
		if b.StopReason != bench.StopPrompts || b.TurnsDropped != 0 {
			t.Errorf("ended by %s, %d turns dropped", b.StopReason, b.TurnsDropped)
		}
		checkTurns(t, sink.records, []turn{{0, 0, 1}, {0, 1, 1}, {0, 2, 1}, {1, 0, 2}, {2, 0, 3}, {2, 1, 3}})
	})
}

type turn struct {
	Session int64
	Turn    int32
	Line    int64
}

// checkTurns checks which turns the records are of, and that what is expected stands with the last one alone.
func checkTurns(t *testing.T, records []results.Record, want []turn) {
	t.Helper()
	got := make([]turn, len(records))
	digests := map[string]bool{}
	for _, r := range records {
		got[r.Sequence] = turn{*r.Session, *r.Turn, r.PromptLine}
		digests[r.PromptSHA256] = true
		if last := map[int64]int32{1: 2, 2: 0}[r.PromptLine] == *r.Turn && r.PromptLine < 3; (r.Expected != nil) != last {
			t.Errorf("turn %d of line %d: expected %v", *r.Turn, r.PromptLine, r.Expected)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(digests) != len(records) {
		t.Errorf("%d digests of %d different requests", len(digests), len(records))
	}
}

// The schedule of an open loop starts conversations; their later turns follow the answers, due when the user has
// thought.
func TestRun_sessionsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{ttft: steadily(3 * time.Second), count: 1}
		r, sink := fakeRunner(server)
		r.Prompts, r.Sessions = conversations(t)[:1], bench.DatasetReplies
		think := bench.Think{Least: time.Second, Most: time.Second}
		b, _ := run(t, r, bench.Strategy{Kind: bench.Constant, Rate: 0.5, Think: think}, bench.Limits{MaxRequests: 7})
		checkCounts(t, server, sink.records)
		due, sent := instants(b.StartNS, sink.records)
		if diff := cmp.Diff(due, sent); diff != "" {
			t.Error(diff)
		}
		slices.Sort(due) // a request of the schedule has its number before it is due
		if diff := cmp.Diff([]float64{0, 2, 4, 4, 6, 6, 8}, due); diff != "" {
			t.Error(diff)
		}
		if got := said(server.bodies[0]); got != "S a1" {
			t.Errorf("the first turn says %q", got)
		}
		for _, body := range server.bodies {
			if got := said(body); !strings.HasPrefix("S a1 A1 a2 A2 a3", got) {
				t.Errorf("a turn says %q, which is not the dataset's conversation", got)
			}
		}
	})
}

// A turn that fails ends its conversation, what is left of it is counted, and the next one is played.
func TestRun_sessionFails(t *testing.T) {
	for _, s := range []bench.Strategy{{Kind: bench.Synchronous, Concurrency: 1}, {Kind: bench.Constant, Rate: 0.1}} {
		synctest.Test(t, func(t *testing.T) {
			server := failing(func(n int64) bool { return n == 0 })
			r, sink := fakeRunner(server)
			r.Prompts, r.Sessions = conversations(t), bench.LiveReplies
			b, _ := run(t, r, s, bench.Limits{})
			counts := checkCounts(t, server, sink.records)
			if want := map[string]int{results.StatusError: 1, results.StatusOK: 3}; !cmp.Equal(counts, want) {
				t.Errorf("%v: %v, want %v", s, counts, want)
			}
			if b.TurnsDropped != 2 || b.StopReason != bench.StopPrompts {
				t.Errorf("%v: %d turns dropped, ended by %s, want 2, %s", s, b.TurnsDropped, b.StopReason, bench.StopPrompts)
			}
		})
	}
}

// Each turn takes a place of its own under a cap: a user who thinks holds none.
func TestRun_sessionsUnderCap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{ttft: steadily(2 * time.Second), count: 1}
		r, sink := fakeRunner(server)
		r.Prompts, r.Sessions = conversations(t)[:1], bench.LiveReplies
		think := bench.Think{Least: 10 * time.Second, Most: 10 * time.Second}
		b, _ := run(t, r, bench.Strategy{Kind: bench.Constant, Rate: 1, Cap: 1, Think: think}, bench.Limits{MaxRequests: 5})
		checkCounts(t, server, sink.records)
		_, sent := instants(b.StartNS, sink.records)
		if diff := cmp.Diff([]float64{0, 2, 4, 6, 8}, sent); diff != "" { // each of another conversation
			t.Error(diff)
		}
	})
}

// The next benchmark goes on with the next conversation.
func TestRun_sessionsGoOnAcrossBenchmarks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{ttft: steadily(time.Second), count: 1}
		r, sink := fakeRunner(server)
		r.Prompts, r.Sessions = conversations(t), bench.LiveReplies
		for range 2 {
			run(t, r, bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{MaxRequests: 3})
		}
		var lines []int64
		for _, rec := range sink.records {
			lines = append(lines, rec.PromptLine)
		}
		if diff := cmp.Diff([]int64{1, 1, 1, 2, 3, 3}, lines); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCheckSessions(t *testing.T) {
	prompts := conversations(t)
	if err := bench.CheckSessions(prompts, bench.LiveReplies); err != nil {
		t.Error(err)
	}
	if err := bench.CheckSessions(prompts, bench.DatasetReplies); err == nil || !strings.Contains(err.Error(), "line 3 has no reply to turn 1") {
		t.Error(err)
	}
	if err := bench.CheckSessions(prompts[1:2], bench.LiveReplies); err == nil {
		t.Error("single questions make sessions")
	}
	if got := bench.RequestsOnce(prompts, bench.LiveReplies); got != 6 {
		t.Errorf("%d requests, want 6", got)
	}
}

// Tools that the dataset's assistant called belong to its reply.
func TestRun_sessionsWithTools(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{ttft: steadily(time.Second), count: 1}
		r, _ := fakeRunner(server)
		r.Prompts = []bench.Prompt{{Line: 1, Messages: []openai.Message{
			{Role: "user", Content: "a1"}, {Role: "assistant", Content: "call"}, {Role: "tool", Content: "result"}, {Role: "assistant", Content: "A1"},
			{Role: "user", Content: "a2"},
		}}}
		r.Sessions = bench.LiveReplies
		run(t, r, bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{})
		if got := said(server.bodies[1]); got != "a1 x0 a2" {
			t.Errorf("the second turn says %q", got)
		}
	})
}

// What the system says after the last user is sent, too, as it is without sessions.
func TestRun_sessionsEndWithTheSystem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{ttft: steadily(time.Second), count: 1}
		r, _ := fakeRunner(server)
		r.Prompts = []bench.Prompt{{Line: 1, Messages: []openai.Message{
			{Role: "user", Content: "a1"}, {Role: "assistant", Content: "A1"}, {Role: "system", Content: "S"},
		}}}
		r.Sessions = bench.DatasetReplies
		run(t, r, bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{})
		if n := len(server.bodies); n != 2 {
			t.Fatalf("%d requests, want 2", n)
		}
		if got := said(server.bodies[1]); got != "a1 A1 S" {
			t.Errorf("the last request says %q", got)
		}
	})
}
