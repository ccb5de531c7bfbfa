package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// The policy must allow exactly the style sheet and the script of the page, byte for byte.
func TestHTML_policyMatchesItsContent(t *testing.T) {
	page := shownAs(t, "html", cleanRun())
	policy := html.UnescapeString(regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)[1])
	for directive, element := range map[string]string{"style-src": "style", "script-src": "script"} {
		text := regexp.MustCompile(`(?s)<` + element + `>(.*?)</` + element + `>`).FindStringSubmatch(page)[1]
		sum := sha256.Sum256([]byte(text))
		if want := directive + " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %q", policy, want)
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy = %q", policy)
	}
}

// A page must not ask anything of the network, nor need what its policy forbids.
func TestHTML_isSelfContained(t *testing.T) {
	for fixture, run := range fixtures {
		page := shownAs(t, "html", run())
		markup := embedded.ReplaceAllString(page, "")
		for _, bad := range []string{` style=`, ` src=`, ` href="h`, ` href="/`, ` href="j`, `<link`, `<img`, `<iframe`, `<base`, `url(`, `@import`} {
			if strings.Contains(markup, bad) {
				t.Errorf("%s: page has %q", fixture, bad)
			}
		}
		if m := regexp.MustCompile(`<[a-z][^>]* on[a-z]+=`).FindString(regexp.MustCompile(`"[^"]*"`).ReplaceAllString(markup, `""`)); m != "" {
			t.Errorf("%s: page has an event handler: %q", fixture, m)
		}
		for element, want := range map[string]int{"script": 2, "style": 1, "main": 1, "h1": 1} {
			if n := strings.Count(page, "<"+element+">") + strings.Count(page, "<"+element+" "); n != want {
				t.Errorf("%s: %d <%s> elements, want %d", fixture, n, element, want)
			}
		}
	}
	for _, bad := range []string{"http:", "https:", "fetch(", "XMLHttpRequest", "innerHTML", "eval("} {
		if strings.Contains(strings.ReplaceAll(script, `"http://www.w3.org/2000/svg"`, ""), bad) || strings.Contains(styleSheet, bad) {
			t.Errorf("script or style sheet has %q", bad)
		}
	}
}

func TestHTML_figures(t *testing.T) {
	page := shownAs(t, "html", levelsRun())
	for _, want := range []string{"Throughput against load", "TTFT against load", "Latency against load", "TPOT against load", ">saturation<",
		"TTFT: share of requests within a time", "Latency: share of requests within a time", `id="timeline"`,
		"constant 16/s: p50 1.90 s, p95 2.96 s, p99 3.42 s", "(client-limited)", "concurrent 64: 90 % within 1.26 s"} {
		if !strings.Contains(page, html.EscapeString(want)) && !strings.Contains(page, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if m := regexp.MustCompile(`NaN|Inf\b|%!`).FindString(embedded.ReplaceAllString(page, "")); m != "" {
		t.Errorf("page has %q", m)
	}
	if strings.Contains(shownAs(t, "html", failedRun()), "against load") {
		t.Error("a run without a success has figures over load")
	}
}

var pageData = regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`)

func TestHTML_timelineData(t *testing.T) {
	s := cutRun()
	start := float64(s.Benchmarks[0].StartNS) / 1e9
	samples := []Sample{
		{Sequence: 3, PromptLine: 4, Sent: start + 1, First: start + 1.25, Done: start + 2, OutputTokens: 9, Status: results.StatusOK, Weight: 2.5},
		{Sequence: 4, PromptLine: 5, Sent: start + 2, Done: start + 2.5, Status: results.StatusError, ErrorKind: "</script>", Weight: 1},
		{Sequence: 5, PromptLine: 6, Sent: start + 2.1, Status: results.StatusUnfinished, Weight: 1},
	}
	var b bytes.Buffer
	if err := HTML(&b, s, samples); err != nil {
		t.Fatal(err)
	}
	var got timeline
	if err := json.Unmarshal([]byte(pageData.FindStringSubmatch(b.String())[1]), &got); err != nil {
		t.Fatal(err)
	}
	end := (s.Benchmarks[0].EndNS - s.Benchmarks[0].StartNS) / 1000
	want := []timelineRow{
		{1e6, 1.25e6, 2e6, 0, 9, -1, 3, 4, 2500, 0},
		{2e6, -1, 2.5e6, 1, 0, 0, 4, 5, 1000, 0},
		{2.1e6, -1, end, 2, 0, -1, 5, 6, 1000, 1},
	}
	tb := got.Benchmarks[0]
	if len(tb.Rows) != len(want) || tb.Rows[0] != want[0] || tb.Rows[1] != want[1] || tb.Rows[2] != want[2] {
		t.Errorf("rows = %v, want %v", tb.Rows, want)
	}
	if tb.Lanes != 2 {
		t.Errorf("%d lanes, want 2", tb.Lanes)
	}
	if tb.All || len(tb.Kinds) != 1 || tb.Kinds[0] != "</script>" {
		t.Errorf("all = %v, kinds = %q", tb.All, tb.Kinds)
	}
}

// Answers without output are not in the latency figures, so not in their drawing either.
func TestCurve_leavesOutEmptyAnswers(t *testing.T) {
	samples := []Sample{
		{Sent: 1, First: 1.5, Last: 2, Done: 2, OutputTokens: 3, Status: results.StatusOK, Weight: 1},
		{Sent: 1, Done: 1.001, Empty: true, Status: results.StatusOK, Weight: 1},
	}
	for _, m := range measures {
		if values, _ := m.curve(samples, 0, metrics.Dist{Count: 1}); len(values) != 1 {
			t.Errorf("%s is drawn from %v", m.id, values)
		}
	}
}

// Distributions must be drawn from the percentiles when there are no requests to draw them from.
func TestHTML_withoutSamples(t *testing.T) {
	var b bytes.Buffer
	if err := HTML(&b, cleanRun(), nil); err != nil {
		t.Fatal(err)
	}
	if page := b.String(); !strings.Contains(page, `id="ecdf-ttft-title"`) || strings.Contains(page, `id="timeline"`) {
		t.Error("want distributions and no timeline")
	}
}

func TestScales(t *testing.T) {
	for _, test := range []struct {
		name  string
		s     scale
		first float64
		last  float64
		log   bool
	}{
		{"linear", linear(94, 0, 100), 0, 100, false},
		{"nothing", linear(0, 0, 100), 0, 1, false},
		{"not a number", linear(math.NaN(), 0, 100), 0, 1, false},
		{"infinite", linear(math.Inf(1), 0, 100), 0, 1, false},
		{"close", between(1.02, 1.31, 0, 100), 1, 1.4, false},
		{"far apart", between(0.01, 3.2, 0, 100), 0.01, 3, true},
		{"from zero", between(0, 10, 0, 100), 0, 10, false},
		{"one value", between(5, 5, 0, 100), 0, 5, false},
	} {
		ticks := test.s.ticks
		if len(ticks) < 2 || len(ticks) > 12 {
			t.Errorf("%s: ticks %v", test.name, ticks)
			continue
		}
		if math.Abs(ticks[0]-test.first) > 1e-9 || math.Abs(ticks[len(ticks)-1]-test.last) > 1e-9 || test.s.log != test.log {
			t.Errorf("%s: ticks %v (log %v), want %v to %v (log %v)", test.name, ticks, test.s.log, test.first, test.last, test.log)
		}
		for _, v := range append(ticks, -1, 0, 1e9) {
			if at := test.s.at(v); !(at >= 0 && at <= 100) {
				t.Errorf("%s: %v is drawn at %v", test.name, v, at)
			}
		}
	}
}
