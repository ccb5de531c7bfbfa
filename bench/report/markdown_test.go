package report

import (
	"regexp"
	"strings"
	"testing"
)

func TestMarkdown_sections(t *testing.T) {
	got := shownAs(t, "md", levelsRun())
	at := 0
	for _, want := range []string{"# Benchmark of Qwen/Qwen2.5-0.5B-Instruct", "> **CLIENT-LIMITED**", "## Setup", "openai/gsm8k, commit 740312add88f",
		"## Results", "### concurrent 1", "### constant 16/s", "Scheduled latency", "Send lag", "## Key metrics",
		"| Strategy | Latency (Mdn) | TTFT (Mdn) | Gen speed (tok/s) | Errors |", "## What was learned", "## Next steps", "1. "} {
		i := strings.Index(got[at:], want)
		if i < 0 {
			t.Fatalf("no %q after byte %d of\n%s", want, at, got)
		}
		at += i
	}
}

var escapes = regexp.MustCompile(`\\.`)

// Every row of a table must have as many cells as its head, whatever is in them.
func TestMarkdown_tablesHold(t *testing.T) {
	for fixture, run := range fixtures {
		width := 0
		for line := range strings.Lines(shownAs(t, "md", run())) {
			if !strings.HasPrefix(line, "|") {
				width = 0
				continue
			}
			bars := strings.Count(escapes.ReplaceAllString(line, ""), "|")
			if width == 0 {
				width = bars
			}
			if bars != width {
				t.Errorf("%s: a row with %d bars under a head with %d: %s", fixture, bars, width, line)
			}
		}
	}
}

// Text of a run must not begin a block of its own.
func TestMarkdown_hostileTextMakesNoBlocks(t *testing.T) {
	for line := range strings.Lines(shownAs(t, "md", hostileRun())) {
		if strings.HasPrefix(line, "# ") && !strings.HasPrefix(line, "# Benchmark of ") || strings.HasPrefix(strings.TrimSpace(line), "heading") {
			t.Errorf("a heading that is not ours: %q", line)
		}
	}
}

func TestMarkdown_onlyErrors(t *testing.T) {
	got := shownAs(t, "md", failedRun())
	for _, want := range []string{"No request succeeded (connection_refused 10).", "| synchronous | - | - | - | 10 of 10 (100 %) |",
		"`connection_refused` | 36 |", "Check that the server is up"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
