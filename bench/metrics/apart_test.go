package metrics_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// Cool-down and what was given up on purpose are counted apart, and in no distribution.
func TestSummarize_apart(t *testing.T) {
	cool := ok(1, 1700*ms, 50) // ends in the window, though it must not
	cool.Cooldown, cool.PromptSHA256 = true, "first here"
	given := ok(2, 1200*ms, 7)
	given.Status, given.ErrorKind = results.StatusCancelled, "cancelled"
	fine := ok(3, 1100*ms, 4)
	fine.PromptSHA256 = "first here"

	b := one(t, aRun(), cool, given, fine)
	want := metrics.Counts{Total: 2, OK: 1, Cancelled: 1, Cooldown: 1, ErrorKinds: []metrics.ErrorKind{}}
	if diff := cmp.Diff(want, b.Counts); diff != "" {
		t.Error(diff)
	}
	if b.Latency.Count != 1 || b.OutputTokens.Count != 1 || b.ChunkGap.Count != 3 {
		t.Errorf("latency of %d, tokens of %d answers, %d gaps; want 1, 1, 3", b.Latency.Count, b.OutputTokens.Count, b.ChunkGap.Count)
	}
	if b.SendLag.Count != 2 {
		t.Errorf("send lag of %d, want 2", b.SendLag.Count)
	}
	if b.RepeatedPrompts < 0 {
		t.Errorf("%d repeated prompts", b.RepeatedPrompts)
	}
}

// The definition names every reason.
func TestExplain_clientLimited(t *testing.T) {
	text, _ := metrics.Explain("client_limited")
	for _, reason := range []string{"requested rate", "send_lag", "cores", "waiting to be written", "garbage collection", "stood still"} {
		if !strings.Contains(text, reason) {
			t.Errorf("%q is not in %q", reason, text)
		}
	}
}

// What a cap makes late the client is not to blame for; that it stood still it is.
func TestSummarize_clientLimitedByWhat(t *testing.T) {
	var late []*results.Record
	for i := range int64(3) {
		late = append(late, ok(i, 1200*ms, 4))
		late[i].DueNS = 1000 * ms
	}
	limited := func(change func(*results.Benchmark)) string {
		run := aRun()
		change(&run.Benchmarks[0])
		return strings.Join(one(t, run, late...).ClientLimited, " ")
	}
	for _, tt := range []struct {
		name   string
		change func(*results.Benchmark)
		want   string
	}{
		{"late", func(*results.Benchmark) {}, "late or more"},
		{"capped", func(b *results.Benchmark) { b.Cap = 4 }, ""},
		{"capped before the first token", func(b *results.Benchmark) { b.PrefillCap = 4 }, ""},
		{"stopped", func(b *results.Benchmark) { b.Cap, b.Health.SuspendedNS = 4, 3.5e9 }, "The client stood still for 3.5s"},
	} {
		got := limited(tt.change)
		if tt.want == "" && strings.Contains(got, "late") || tt.want != "" && !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
