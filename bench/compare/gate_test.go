package compare_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/results"
)

func gate(t testing.TB, text string, must bool) *compare.Gate {
	t.Helper()
	g, err := compare.ParseGate(text, must)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestParseGate_refuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "column 1: expected a metric",
		"ttft.p99":                      "column 9: expected <, <=, > or >=",
		"ttft > 1s":                     "column 5: ttft is a distribution: say which value of it, such as ttft.p99",
		"ttft.p42 > 1s":                 `column 1: ttft has no "p42"`,
		"ttfp.p99 > 1s":                 `column 1: no metric "ttfp"`,
		"error_rate.p50 < 1%":           `error_rate is one number and has no "p50"`,
		"ttft.p99 > 10%":                "column 12: ttft.p99 is a time: expected one such as 300ms, or +10%",
		"ttft.p99 > 300":                "expected one such as 300ms",
		"ttft.p99 > +":                  "column 13: expected a number",
		"ttft.p99 > 1.2.3s":             "expected a number",
		"error_rate > +10%":             "+1pp",
		"error_rate > 5ms":              "error_rate is a share",
		"output_tokens_per_second < 5s": "is a rate: expected one such as 100/s",
		"latency.mean > +10%":           "changes of latency.mean are not tested",
		"chunk_gap.p99 > +10%":          "changes of chunk_gap.p99 are not tested",
		"latency.paired > 1s":           "is a change: compare it with one",
		"ttft.p99 > 1s or":              "expected a metric",
		"(ttft.p99 > 1s":                "column 15: expected )",
		"ttft.p99 > 1s ttft.p50 > 1s":   "column 15: expected and, or, or the end",
		"[concurrent 8 ttft.p99 > 1s":   "expected ] after the name",
		"[ ] ttft.p99 > 1s":             "expected the name of a benchmark",
		"ttft.p99 > 1sec":               "expected one such as 300ms",
		strings.Repeat("(", 60):         "more than 50 parentheses",
	} {
		_, err := compare.ParseGate(text, false)
		e, ok := errors.AsType[*compare.GateError](err)
		if !ok || !strings.Contains(err.Error(), want) || e.Gate != text {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

// Gates on two runs of which the second is 20 % slower and, of 700 requests, has 14 errors.
func TestCheck(t *testing.T) {
	a, b := simulate(t, server{slower: 1}, 1, 700, ""), simulate(t, server{slower: 1.2}, 2, 700, "")
	b.Benchmarks[0].Counts.Errors, b.Benchmarks[0].Counts.OK = 14, 686
	for _, tt := range []struct {
		text string
		must bool
		want compare.Outcome
	}{
		{"tpot.p50 > +10%", false, compare.Failed},
		{"tpot.p50 > +30%", false, compare.Passed},
		{"tpot.p50 < +10%", true, compare.Failed},
		{"tpot.p50 < -5%", true, compare.Failed},
		{"tpot.p50 > +1ms", false, compare.Failed},
		{"tpot.p50 > +1s", false, compare.Passed},
		{"latency.paired > +10%", false, compare.Failed},
		{"ttft.p99 < 1s", true, compare.Passed},
		{"ttft.p99 < 1 ms", true, compare.Failed},
		{"ttft.mean >= 40ms and ttft.max < 1min", true, compare.Passed},
		{"ttft.p99 > +1% and ttft.p99 > 10s", false, compare.Passed},
		{"ttft.p50 > +1% or ttft.p99 > 10s", false, compare.Failed},
		{"(ttft.p50 > 10s || tpot.p50 > +10%) && error_rate > 1%", false, compare.Failed},
		{"error_rate < 1%", true, compare.Failed},
		{"error_rate < 0.05", true, compare.Passed},
		{"error_rate > +1pp", false, compare.Failed},
		{"error_rate > +5pp", false, compare.Passed},
		{"requests_per_second > 5/s", true, compare.Passed},
		{"ttft.p999 < 1s", true, compare.Unchecked},
		{"ttft.p999 > +10%", false, compare.Unchecked},
		{"ttft.p999 > 10s and tpot.p50 > 10s", false, compare.Passed}, // one that is false decides
		{"ttft.p999 > 10s or tpot.p50 > +10%", false, compare.Failed}, // one that is true decides
		{"[constant 10/s] ttft.p50 < 1s", true, compare.Passed},
		{"accuracy > 50%", true, compare.Failed}, // what is not there is no pass
	} {
		g := gate(t, tt.text, tt.must)
		c := compared(t, a, b, compare.Options{Also: g.Figures()})
		got := compare.Check(c, []*compare.Gate{g}, false)
		if len(got) != 1 || got[0].Outcome != tt.want || got[0].Reason == "" {
			t.Errorf("%q, must %v: got %+v, want %s", tt.text, tt.must, got, tt.want)
		}
	}
	forced := gate(t, "ttft.p999 < 1ms", true)
	if got := compare.Check(compared(t, a, b, compare.Options{}), []*compare.Gate{forced}, true); got[0].Outcome != compare.Failed {
		t.Errorf("an uncertified percentile that must be checked: %+v", got)
	}
	if got := compare.CheckAlone(b, []*compare.Gate{gate(t, "tpot.p50 < 1ms", true)}, false); len(got) != 1 || got[0].Outcome != compare.Failed {
		t.Errorf("without a baseline: %+v", got)
	}
}

// A bound is as exact as the figure that it is held against: 9 ms are not above 9 ms, nor below.
func TestCheckAlone_atTheBound(t *testing.T) {
	recs := answers(20)
	for i := range recs {
		recs[i].FirstTokenNS = recs[i].SentNS + 9e6
	}
	r := load(t, "a", aRun(), recs)
	for text, want := range map[string]compare.Outcome{
		"ttft.p50 >= 9ms": compare.Passed, "ttft.p50 <= 9ms": compare.Passed, "ttft.p50 < 9ms": compare.Failed, "ttft.p50 > 9ms": compare.Failed,
		"ttft.p50 >= 9000us": compare.Passed, "ttft.p50 < 9000000 ns": compare.Failed,
	} {
		if got := compare.CheckAlone(r, []*compare.Gate{gate(t, text, true)}, false); got[0].Outcome != want {
			t.Errorf("%s: %+v, want %s", text, got[0], want)
		}
	}
}

// A change that is no more than chance passes a gate, however large it looks.
func TestCheck_chanceIsNoChange(t *testing.T) {
	s := server{slower: 1}
	a, b := simulate(t, s, 3, 30, ""), simulate(t, s, 4, 30, "other prompts")
	c := compared(t, a, b, compare.Options{})
	if r := row(t, c, "latency", "p50"); r.Verdict != compare.Same || r.Change == 0 {
		t.Fatalf("the two runs do not show what this test is about: %+v", r)
	}
	for _, text := range []string{"latency.p50 > +0%", "latency.p50 < -0%"} {
		if got := compare.Check(c, []*compare.Gate{gate(t, text, false)}, false); got[0].Outcome != compare.Passed {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

// A server that answers nothing fails every gate about its answers.
func TestCheck_nothingMeasured(t *testing.T) {
	a := simulate(t, server{slower: 1}, 1, 100, "")
	dead := load(t, "dead", &results.Run{Model: "m", Benchmarks: []results.Benchmark{{Strategy: "constant", TargetRate: 10}}}, []results.Record{
		{Strategy: "constant", TargetRate: 10, SentNS: 1, DoneNS: 2, Status: results.StatusError, ErrorKind: "timeout", TokenSource: results.TokensUnknown},
	})
	c := compared(t, a, dead, compare.Options{})
	for _, text := range []string{"ttft.p99 > +10%", "ttft.p50 > 10s", "latency.paired > +10%"} {
		if got := compare.Check(c, []*compare.Gate{gate(t, text, false)}, false); got[0].Outcome != compare.Failed {
			t.Errorf("%s of a server without an answer: %+v", text, got)
		}
	}
}

// Whatever the text: a gate that can be checked, or a GateError with a column inside it.
func FuzzParseGate(f *testing.F) {
	for _, text := range []string{"ttft.p99 > +10% and (error_rate < 1% or latency.paired > -2%)", "[concurrent 8] tpot.p50 >= 3.5 µs", "a||b&&c"} {
		f.Add(text)
	}
	a := simulate(f, server{slower: 1}, 1, 50, "")
	f.Fuzz(func(t *testing.T, text string) {
		g, err := compare.ParseGate(text, true)
		if err != nil {
			e, ok := errors.AsType[*compare.GateError](err)
			if !ok || e.Column < 1 || e.Column > len(text)+1 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		c := compared(t, a, a, compare.Options{Also: g.Figures()})
		must := compare.Check(c, []*compare.Gate{g}, true)
		opposite, err := compare.ParseGate(text, false)
		if err != nil {
			t.Fatal(err)
		}
		for i, j := range compare.Check(c, []*compare.Gate{opposite}, true) {
			if j.Outcome == compare.Passed && must[i].Outcome == compare.Passed {
				t.Fatalf("%q holds and does not: %+v", text, j)
			}
		}
	})
}
