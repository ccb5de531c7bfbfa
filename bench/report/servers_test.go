package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/metrics"
)

// serversRun is two benchmarks whose servers spoke, with answers that were scored.
func serversRun(targets ...string) *metrics.Summary {
	s := cleanRun()
	s.Run.Config["score"] = "numeric"
	for i := range 2 {
		b := &s.Benchmarks[i]
		graded(b, 148-2*i, 200)
		for _, target := range targets {
			b.Servers = append(b.Servers, metrics.Server{
				Target: target, Server: "vllm", Samples: 40, Running: &metrics.Level{Mean: 31.25, Max: 64}, Waiting: &metrics.Level{Mean: 0.5, Max: 7},
				KVUse: &metrics.Level{Mean: 0.5, Max: 0.871}, PrefixHitShare: new(0.125), Preemptions: new(3.0),
			})
		}
	}
	return s
}

func TestTerminal_servers(t *testing.T) {
	for width, want := range map[int][]string{
		60:  {"Server said", "64", "7", "87.1 %", "Samples", "40"},
		80:  {"Server said", "Running", "Waiting", "KV use", "31.2", "64", "0.500", "7", "87.1 %", "Samples", "40"},
		120: {"Prefix", "12.5 %", "empted", "Samples", "40"},
	} {
		var b bytes.Buffer
		if err := Terminal(&b, serversRun("http://a/metrics"), TerminalOptions{Width: width}); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("%d columns: no %q:\n%s", width, w, b.String())
			}
		}
		for line := range strings.Lines(b.String()) {
			if n := cells.StringWidth(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("%d columns: a line of %d: %q", width, n, line)
			}
		}
	}
}

// Which server it was is said where there are several, and what a server does not give is not made up.
func TestMarkdown_servers(t *testing.T) {
	s := serversRun("http://a/metrics", "http://b/metrics")
	s.Benchmarks[0].Servers[1].KVUse, s.Benchmarks[0].Servers[1].Preemptions = nil, nil
	var b bytes.Buffer
	if err := Markdown(&b, s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"74 % of 200 scored answers; 67.9 % to 80.1 % at 95 % confidence",
		"## What the server said of itself",
		"| Strategy | Running mean | Running max | Waiting mean | Waiting max | KV use max | Prefix hits | Preempted | Samples |",
		"| " + markdown("synchronous http://a/metrics") + " | 31.2 | 64 | 0.500 | 7 | 87.1 % | 12.5 % | 3 | 40 |",
		"| " + markdown("synchronous http://b/metrics") + " | 31.2 | 64 | 0.500 | 7 | - | 12.5 % | - | 40 |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	b.Reset()
	if err := Markdown(&b, cleanRun()); err != nil || strings.Contains(b.String(), "of itself") {
		t.Errorf("a server that said nothing is shown: %v", err)
	}
}

func TestTerminal_accuracies(t *testing.T) {
	var b bytes.Buffer
	if err := Terminal(&b, serversRun(), TerminalOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Accuracy", "74 %", "67.9 % to 80.1 %", "73 %", "200", "numeric"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}
