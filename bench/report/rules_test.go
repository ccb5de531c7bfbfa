package report

import (
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/metrics"
)

// quiet is a run in which there is nothing to learn but its best level.
func quiet() *metrics.Summary {
	sync := healthy(0, "synchronous", "synchronous", 700, 0.050, 0.010, 1)
	four := healthy(1, "concurrent", "concurrent 4", 700, 0.052, 0.0102, 4)
	four.TargetConcurrency = 4
	steady := constant(healthy(2, "constant", "constant 2/s", 700, 0.051, 0.0101, 2.1), 2)
	return summaryOf(sync, four, steady)
}

// failing gives b n errors of a kind.
func failing(b *metrics.Benchmark, kind string, n int) {
	b.Counts.OK -= n
	b.Counts.Errors += n
	b.Counts.ErrorKinds = append(b.Counts.ErrorKinds, metrics.ErrorKind{Kind: kind, Count: n, Example: "why"})
}

// ruleTests have, for each rule, changes to a quiet run that are its evidence, what the finding must say, and
// changes that come close and are none.
var ruleTests = []struct {
	rule    string
	with    func(s *metrics.Summary)
	want    []string
	without []func(s *metrics.Summary)
}{
	{rule: "stopped-early",
		with: func(s *metrics.Summary) { s.Run.Stopped = "interrupted" },
		want: []string{"interrupted"}},
	{rule: "client-limited",
		with: func(s *metrics.Summary) {
			s.Benchmarks[2].ClientLimited = []string{"The client was slow.", "It was busy"}
		},
		want: []string{"constant 2/s: The client was slow. It was busy."}},
	{rule: "unreachable",
		with: func(s *metrics.Summary) {
			for i := range s.Benchmarks {
				failing(&s.Benchmarks[i], "connection_refused", 700)
			}
		},
		want: []string{"2,100 of 2,100", "http://127.0.0.1:8000"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { failing(&s.Benchmarks[0], "connection_refused", 700) }, // the others were served
			func(s *metrics.Summary) {
				for i := range s.Benchmarks {
					failing(&s.Benchmarks[i], "http_status", 700)
				}
			},
		}},
	{rule: "overload",
		with: func(s *metrics.Summary) {
			failing(&s.Benchmarks[2], "http_status", 9)
			s.Benchmarks[2].TTFT = dist(691, 0.2, 0.4)
		},
		want: []string{"constant 2/s", "9 errors in 700", "200 ms"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { failing(&s.Benchmarks[2], "http_status", 9) }, // short TTFT
			func(s *metrics.Summary) { s.Benchmarks[2].TTFT = dist(691, 3, 4) },      // no errors
			func(s *metrics.Summary) { failing(&s.Benchmarks[1], "http_status", 9) }, // closed loop
			func(s *metrics.Summary) { s.Benchmarks[2] = failedRun().Benchmarks[1] }, // no TTFT at all
			func(s *metrics.Summary) { // as many errors where nothing queues: not from the load
				failing(&s.Benchmarks[0], "http_status", 9)
				failing(&s.Benchmarks[2], "http_status", 9)
				s.Benchmarks[2].TTFT = dist(691, 0.2, 0.4)
			},
		}},
	{rule: "requests-failed",
		with: func(s *metrics.Summary) { failing(&s.Benchmarks[1], "http_status", 7) },
		want: []string{"concurrent 4: 7 of 700", "http_status 7"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { failing(&s.Benchmarks[1], "timeout", 7) }, // has a rule of its own
		}},
	{rule: "timeouts-under-rate",
		with: func(s *metrics.Summary) { failing(&s.Benchmarks[2], "timeout", 7) },
		want: []string{"constant 2/s: 7 of 700 at 2 requests/s"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { failing(&s.Benchmarks[1], "timeout", 7) },     // closed loop
			func(s *metrics.Summary) { failing(&s.Benchmarks[2], "http_status", 7) }, // no timeout
		}},
	{rule: "repeats-differ",
		with: func(s *metrics.Summary) {
			s.Benchmarks[1] = healthy(1, "synchronous", "synchronous", 700, 0.050, 0.012, 1)
		},
		want: []string{"synchronous was run 2 times", "1.04 s to 1.24 s"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { // 5 % apart
				s.Benchmarks[1] = healthy(1, "synchronous", "synchronous", 700, 0.050, 0.0105, 1)
			},
			func(s *metrics.Summary) { // one of them has nothing to compare
				s.Benchmarks[1] = failedRun().Benchmarks[0]
			},
		}},
	{rule: "slo-missed",
		with: func(s *metrics.Summary) {
			s.Benchmarks[0].Goodput = &metrics.Goodput{SLO: "ttft<=51ms", Requests: 700, Good: 700, Share: 1, RequestsPerSecond: 0.96}
			s.Benchmarks[1].Goodput = &metrics.Goodput{SLO: "ttft<=51ms", Requests: 700, Good: 350, Share: 0.5, RequestsPerSecond: 1.9}
		},
		want: []string{"concurrent 4 misses the SLO ttft<=51ms: 50 %", "synchronous keeps it with 0.960 good requests/s"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) {
				s.Benchmarks[0].Goodput = &metrics.Goodput{SLO: "ttft<=51ms", Requests: 700, Good: 695, Share: 0.993}
			},
			func(s *metrics.Summary) { // too few answers to tell
				s.Benchmarks[0].Goodput = &metrics.Goodput{SLO: "ttft.p99<=1ms", Requests: 700, Share: 1, Percentiles: []metrics.PercentileResult{{Bound: "ttft.p99<=1ms"}}}
			},
		}},
	{rule: "slow-first-token",
		with: func(s *metrics.Summary) { s.Benchmarks[0].TTFT = dist(700, 1.2, 1.4) },
		want: []string{"synchronous: median TTFT 1.20 s, 1.00 requests in flight"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { s.Benchmarks[0].TTFT = dist(700, 0.9, 1.4) },
			func(s *metrics.Summary) { s.Benchmarks[1].TTFT = dist(700, 1.2, 1.4) }, // four in flight
		}},
	{rule: "timeouts",
		with: func(s *metrics.Summary) { failing(&s.Benchmarks[1], "timeout", 7) },
		want: []string{"concurrent 4: 7 of 700"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { failing(&s.Benchmarks[1], "http_status", 7) },
		}},
	{rule: "truncated-streams",
		with: func(s *metrics.Summary) { failing(&s.Benchmarks[1], "stream_truncated", 7) },
		want: []string{"concurrent 4: 7 of 700"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { failing(&s.Benchmarks[1], "bad_stream", 7) },
		}},
	{rule: "connections-closed",
		with: func(s *metrics.Summary) { s.Benchmarks[1].Health.ConnectionsOpened = 698 },
		want: []string{"698 connections opened for 702 requests"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { s.Benchmarks[1].Reconnects = 5 },
			func(s *metrics.Summary) { // every request at once needs a connection of its own
				s.Benchmarks[1].Health.ConnectionsOpened, s.Benchmarks[1].ConcurrencyMax = 702, 700
			},
			func(s *metrics.Summary) {
				s.Benchmarks = cutRun().Benchmarks
				s.Benchmarks[0].Health.ConnectionsOpened = 9
			},
		}},
	{rule: "saturation",
		with: func(s *metrics.Summary) {
			b := healthy(3, "concurrent", "concurrent 16", 700, 0.07, 0.04, 16)
			b.TargetConcurrency = 16
			s.Benchmarks = append(s.Benchmarks, b)
		},
		want: []string{"at concurrent 4", "at concurrent 16"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { // as little gain, but as little load
				b := healthy(3, "concurrent", "concurrent 5", 700, 0.053, 0.0125, 5)
				b.TargetConcurrency = 5
				s.Benchmarks = append(s.Benchmarks, b)
			},
		}},
	{rule: "ttft-grows",
		with: func(s *metrics.Summary) { s.Benchmarks[1].TTFT = dist(700, 0.101, 0.2) },
		want: []string{"50.0 ms (synchronous)", "101 ms (concurrent 4)"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { s.Benchmarks[1].TTFT = dist(700, 0.09, 0.2) },
			func(s *metrics.Summary) { s.Benchmarks[0].TTFT = dist(700, 0.2, 0.4) }, // falls
		}},
	{rule: "ttft-tail",
		with: func(s *metrics.Summary) { s.Benchmarks[1].TTFT = dist(700, 0.052, 0.3) },
		want: []string{"concurrent 4: TTFT p50 52.0 ms, p99 300 ms"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { s.Benchmarks[1].TTFT = dist(600, 0.052, 0.3) }, // too few to say
			func(s *metrics.Summary) { s.Benchmarks[1].TTFT = dist(700, 0.001, 0.02) },
		}},
	{rule: "cache-hits",
		with: func(s *metrics.Summary) {
			s.Benchmarks[1].CachedTokenShare, s.Benchmarks[1].RepeatedPrompts = 0.62, 400
		},
		want: []string{"Prompts repeat and hit the cache", "62 %"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { s.Benchmarks[1].CachedTokenShare = 0.01 },
			func(s *metrics.Summary) { s.Benchmarks[1].RepeatedPrompts = 400 },
		}},
	{rule: "prompts-repeat",
		with: func(s *metrics.Summary) { s.Benchmarks[1].RepeatedPrompts = 525 },
		want: []string{"525 of 2,100", "25 %"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { s.Benchmarks[1].RepeatedPrompts = 3 },
			func(s *metrics.Summary) { s.Benchmarks[1].RepeatedPrompts, s.Benchmarks[1].CachedTokenShare = 525, 0.5 },
		}},
	{rule: "tokens-per-chunk",
		with: func(s *metrics.Summary) { s.Benchmarks[1].TokensPerChunk = dist(700, 2.3, 4) },
		want: []string{"concurrent 4: 2.30 tokens"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { s.Benchmarks[1].TokensPerChunk = dist(700, 1.01, 4) },
		}},
	{rule: "chunks-share-reads",
		with:    func(s *metrics.Summary) { s.Benchmarks[1].CoalescedShare = 0.4 },
		want:    []string{"concurrent 4: 40 %"},
		without: []func(s *metrics.Summary){func(s *metrics.Summary) { s.Benchmarks[1].CoalescedShare = 0.01 }}},
	{rule: "cut-by-max-tokens",
		with: func(s *metrics.Summary) { s.Benchmarks[1].FinishReasons = map[string]int{"length": 690, "stop": 10} },
		want: []string{"690 of 2,100", "32.9 %"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { s.Benchmarks[1].FinishReasons = map[string]int{"length": 3, "stop": 697} },
		}},
	{rule: "zero-token-answers",
		with: func(s *metrics.Summary) { s.Benchmarks[1].Counts.ZeroToken = 21 },
		want: []string{"21 of 2,100", "1 %"}},
	{rule: "tokens-from-chunks",
		with: func(s *metrics.Summary) { s.Benchmarks[1].TokenSources = map[string]int{"chunks": 700} },
		want: []string{"700 of 2,100"}},
	{rule: "accuracy-falls",
		with: func(s *metrics.Summary) { s.Benchmarks[0].Accuracy, s.Benchmarks[1].Accuracy = new(0.74), new(0.61) },
		want: []string{"74 % (synchronous)", "61 % (concurrent 4)"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { s.Benchmarks[0].Accuracy, s.Benchmarks[1].Accuracy = new(0.74), new(0.72) }, // chance
			func(s *metrics.Summary) { s.Benchmarks[0].Accuracy, s.Benchmarks[1].Accuracy = new(0.61), new(0.74) },
			func(s *metrics.Summary) { s.Benchmarks[0].Accuracy = new(0.9) },
		}},
	{rule: "unfinished",
		with: func(s *metrics.Summary) { s.Benchmarks[1].Counts.Unfinished, s.Benchmarks[1].Counts.OK = 100, 600 },
		want: []string{"concurrent 4: 100 of 700"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { s.Benchmarks[1].Counts.Unfinished, s.Benchmarks[1].Counts.OK = 4, 696 },
		}},
	{rule: "few-samples",
		with: func(s *metrics.Summary) { s.Benchmarks[1].Latency = dist(661, 1, 2) },
		want: []string{"concurrent 4: 661"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { s.Benchmarks[1].Latency = dist(662, 1, 2) },
			func(s *metrics.Summary) { s.Benchmarks[1].Latency = metrics.Dist{} },
		}},
	{rule: "best-level",
		with: func(s *metrics.Summary) { // the client set these figures: they are not the best of the server
			s.Benchmarks[2].OutputTokensPerSecond, s.Benchmarks[2].ClientLimited = 1e6, []string{"busy"}
		},
		want: []string{"(concurrent 4)", "50.0 ms (synchronous)"},
		without: []func(s *metrics.Summary){
			func(s *metrics.Summary) { s.Benchmarks = nil },
			func(s *metrics.Summary) { s.Benchmarks = failedRun().Benchmarks },
		}},
}

func TestRules(t *testing.T) {
	tested := map[string]bool{}
	for _, test := range ruleTests {
		tested[test.rule] = true
		t.Run(test.rule, func(t *testing.T) {
			s := quiet()
			test.with(s)
			f, ok := finding(s, test.rule)
			if !ok {
				t.Fatalf("the evidence is there and nothing was found; found %v", findings(s))
			}
			for _, w := range test.want {
				if !strings.Contains(f.Text, w) {
					t.Errorf("the finding does not say %q: %s", w, f.Text)
				}
			}
			if f.Next == "" || !strings.HasSuffix(f.Text, ".") || !strings.HasSuffix(f.Next, ".") {
				t.Errorf("not two sentences: %q, %q", f.Text, f.Next)
			}
			for i, without := range test.without {
				s := quiet()
				without(s)
				if f, ok := finding(s, test.rule); ok {
					t.Errorf("case %d has no evidence, found %q", i, f.Text)
				}
			}
		})
	}
	for _, r := range rules {
		if !tested[r.name] {
			t.Errorf("rule %s has no test", r.name)
		}
	}
}

func TestFindings_ofAQuietRun(t *testing.T) {
	if fs := findings(quiet()); len(fs) != 1 || fs[0].Rule != "best-level" {
		t.Errorf("a run without a flaw gives %v", fs)
	}
}

// The highest throughput must not be claimed while a faster strategy is passed over without a word.
func TestFindings_bestLevelSaysWhatIsLeftOut(t *testing.T) {
	s := quiet()
	const left = "the client may have limited are left out"
	if f, _ := finding(s, "best-level"); strings.Contains(f.Text, left) {
		t.Errorf("nothing is left out: %q", f.Text)
	}
	s.Benchmarks[1].ClientLimited = []string{"The client was slow."}
	if f, _ := finding(s, "best-level"); !strings.Contains(f.Text, "(constant 2/s)") || !strings.Contains(f.Text, left) {
		t.Errorf("finding = %q", f.Text)
	}
	if page := shownAs(t, "html", s); !strings.Contains(page, "client-limited strategies left out") {
		t.Error("the page's card does not say that a faster strategy is left out")
	}
}

// A finding must name a few benchmarks, not all of a long sweep.
func TestFindings_nameAFewBenchmarks(t *testing.T) {
	s := quiet()
	for len(s.Benchmarks) < 30 {
		s.Benchmarks = append(s.Benchmarks, s.Benchmarks[1])
	}
	for i := range s.Benchmarks {
		failing(&s.Benchmarks[i], "timeout", 1)
	}
	f, _ := finding(s, "timeouts")
	if strings.Count(f.Text, "1 of 700") != mostNamed || !strings.Contains(f.Text, "and 25 more") {
		t.Errorf("finding = %q", f.Text)
	}
}

func finding(s *metrics.Summary, rule string) (Finding, bool) {
	for _, f := range findings(s) {
		if f.Rule == rule {
			return f, true
		}
	}
	return Finding{}, false
}
