package report

import (
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/metrics"
)

func TestVerdict_groupsWhatTheClientLimited(t *testing.T) {
	s := levelsRun()
	for i := range s.Benchmarks {
		s.Benchmarks[i].ClientLimited = []string{"It was late."}
	}
	limited := func() (texts []string) {
		for _, n := range verdict(s) {
			if n.Label == "CLIENT-LIMITED" {
				texts = append(texts, n.Text)
			}
		}
		return texts
	}
	if got := limited(); len(got) != 1 || !strings.HasPrefix(got[0], "every strategy may measure the client") || strings.Count(got[0], "It was late.") != 1 {
		t.Errorf("all: %q", got)
	}
	s.Benchmarks[0].ClientLimited = nil
	if got := limited(); len(got) != 1 || !strings.Contains(got[0], "concurrent 4, concurrent 16, concurrent 32, concurrent 64, and 2 more may") {
		t.Errorf("six of seven: %q", got)
	}
	if f, _ := finding(s, "client-limited"); strings.Count(f.Text, "It was late.") != mostNamed || !strings.Contains(f.Text, "And 2 more.") {
		t.Errorf("finding: %q", f.Text)
	}
}

// What was given up on purpose did not fail.
func TestVerdict_cancelledOnPurpose(t *testing.T) {
	s := quiet()
	s.Benchmarks = s.Benchmarks[:1]
	b := &s.Benchmarks[0]
	b.Counts = metrics.Counts{Total: 20, Cancelled: 20}
	b.Health.ConnectionsOpened, b.ConcurrencyMax = 20, 1
	for _, n := range verdict(s) {
		if n.Label == "NO SUCCESS" {
			t.Errorf("%s", n.Text)
		}
	}
	if f, ok := finding(s, "connections-closed"); ok {
		t.Errorf("the client closed them: %s", f.Text)
	}
	if got := reading(b); got != "Every request was cancelled on purpose." {
		t.Errorf("reading %q", got)
	}
	b.Counts = metrics.Counts{Total: 20, Cancelled: 15, Errors: 5}
	if ns := verdict(s); len(ns) == 0 || ns[0].Text != "None of 5 requests succeeded." {
		t.Errorf("five failed: %v", ns)
	}
}

// A run that was stopped says which of its loads it did not come to.
func TestVerdict_namesWhatWasNotRun(t *testing.T) {
	s := cutRun()
	s.Run.Config = map[string]any{"profile": "concurrent,constant", "concurrency": "1,4", "rate": "10"}
	s.Benchmarks[0].Strategy, s.Benchmarks[0].TargetConcurrency = "concurrent", 1
	if got := verdict(s)[0].Text; !strings.HasSuffix(got, "Not run: concurrent 4, constant 10/s.") {
		t.Errorf("%q", got)
	}
	s.Run.Stopped = ""
	if got := unrun(s); got != nil {
		t.Errorf("a run that came to its end left out %q", got)
	}
}
