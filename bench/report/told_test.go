package report

import (
	"strings"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// Each of these facts of a results file is in every report for people.
func TestFormats_tell(t *testing.T) {
	for name, tt := range map[string]struct {
		with func(s *metrics.Summary)
		want []string
	}{
		"the answer of a search": {func(s *metrics.Summary) { s.Run.Conclusion = "The highest rate that keeps it: 12.5/s." }, []string{"12.5/s"}},
		"the answer of a search that was stopped": {func(s *metrics.Summary) {
			s.Run.Search = &results.Search{SLO: "ttft.p99 of 1s", Over: "concurrency", Found: 9, Missed: 12}
		}, []string{"9 slots", "12 slots"}},
		"turns that were not sent": {func(s *metrics.Summary) { s.Benchmarks[1].TurnsDropped = 10 }, []string{"10 turns of conversations"}},
		"several targets": {func(s *metrics.Summary) {
			s.Benchmarks[0].Targets = []metrics.Target{{URL: "http-one", Requests: 71, OK: 70, Errors: 1}, {URL: "http-two", Requests: 629, OK: 629}}
		}, []string{"http-one", "http-two", "71", "629"}},
		"a merge": {func(s *metrics.Summary) {
			at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
			s.Run.Parts = []results.Part{{ID: "aaa", Rows: 5, StartedAt: at}, {ID: "bbb", Rows: 7, StartedAt: at, OffsetNS: 3e9}}
		}, []string{"of 2 runs"}},
	} {
		for _, format := range []string{"80.txt", "md", "html"} {
			s := quiet()
			tt.with(s)
			got := shownAs(t, format, s)
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("%s: %s does not say %q", format, name, want)
				}
			}
		}
	}
}

func TestSetup_parts(t *testing.T) {
	s := quiet()
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	s.Run.Parts = []results.Part{{ID: "aaa", Rows: 5, StartedAt: at}, {ID: "bbb", Rows: 7, StartedAt: at, OffsetNS: 3e9, Shard: "2/2"}}
	if got := shownAs(t, "md", s); !strings.Contains(got, "bbb, 7 requests, started 2026-11-23 12:00:00 UTC, 3.00 s after the first, shard 2/2") {
		t.Errorf("the second part is not told:\n%.900s", got)
	}
}

// Options that were not given are not listed, and times have units.
func TestOptions(t *testing.T) {
	r := &results.Run{Config: map[string]any{
		"temperature": nil, "top-p": 0.0, "n": 0.0, "max-tokens": 0.0, "vary": map[string]any{}, "stop": []any{},
		"connect-timeout": "30", "timeout": "10m", "grace": 2.5, "seed": 0.0,
	}}
	var got []string
	for _, o := range options(r) {
		got = append(got, o.Label+"="+o.Value)
	}
	if want := "connect-timeout=30s grace=2.5s seed=0 timeout=10m"; strings.Join(got, " ") != want {
		t.Errorf("options %q, want %q", got, want)
	}
}

// Requests in flight were there whatever came of them, and one request has no rate.
func TestTerminal_ofFailures(t *testing.T) {
	s := failedRun()
	s.Benchmarks[1].Concurrency, s.Benchmarks[1].SentPerSecond = 3.74, 0
	got := shownAs(t, "120.txt", s)
	if !strings.Contains(got, "3.74") {
		t.Errorf("the concurrency of failed requests is not shown:\n%s", got)
	}
	if sentRate(&s.Benchmarks[1]) != none {
		t.Errorf("a rate of one request: %s", sentRate(&s.Benchmarks[1]))
	}
}

// One run says nothing of repeats, and several should not be told to repeat.
func TestFindings_ofRepeats(t *testing.T) {
	const advice = "Repeat the run"
	s := quiet()
	if f, _ := finding(s, "best-level"); !strings.Contains(f.Next, advice) {
		t.Errorf("one run: %q", f.Next)
	}
	s.Run.Parts = make([]results.Part, 2)
	if f, _ := finding(s, "best-level"); f.Next == "" || strings.Contains(f.Next, advice) {
		t.Errorf("a merged run: %q", f.Next)
	}
	s.Run.Parts = nil
	s.Benchmarks[1].Name, s.Benchmarks[1].Repeat = "synchronous #2", 2
	if f, _ := finding(s, "best-level"); f.Next == "" || strings.Contains(f.Next, advice) {
		t.Errorf("a repeat: %q", f.Next)
	}
}

// The slowest request of all is the first of the list.
func TestWorst_slowestFirst(t *testing.T) {
	s := quiet()
	samples := []Sample{
		{Benchmark: 0, Sequence: 1, Status: results.StatusOK, Sent: 1, First: 1.1, Done: 2},
		{Benchmark: 1, Sequence: 2, Status: results.StatusOK, Sent: 1, First: 1.1, Done: 9},
	}
	if got := worstRequests(s, samples); len(got) != 2 || got[0].Sequence != "2" {
		t.Errorf("%+v", got)
	}
}
