package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestTerminal_fitsItsWidth(t *testing.T) {
	for fixture, run := range fixtures {
		for _, width := range []int{48, 60, 72, 80, 100, 120, 160, 240} {
			var b bytes.Buffer
			if err := Terminal(&b, run(), TerminalOptions{Width: width}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				if w := cells.StringWidth(strings.TrimSuffix(line, "\n")); w > width {
					t.Errorf("%s at %d columns: a line of %d: %q", fixture, width, w, line)
				}
			}
		}
	}
}

func TestTerminal_showsMoreWhenWider(t *testing.T) {
	for format, wanted := range map[string][]string{
		"80.txt":  {"Strategy", "ok/err", "Latency", "TTFT", "TPOT", "tok/s", "req/s", "conc"},
		"120.txt": {"Strategy", "ok/err", "Latency", "TTFT", "TPOT", "tok/s", "req/s", "conc", "p95", "Gap", "Lag"},
	} {
		header, _, _ := strings.Cut(shownAs(t, format, cleanRun())[strings.Index(shownAs(t, format, cleanRun()), "Strategy"):], "\nsynchronous")
		for _, w := range wanted {
			if !strings.Contains(header, w) {
				t.Errorf("%s: the table has no %s:\n%s", format, w, header)
			}
		}
	}
}

func TestTerminal_colorChangesNoText(t *testing.T) {
	for fixture, run := range fixtures {
		plain, colored := shownAs(t, "80.txt", run()), shownAs(t, "color.txt", run())
		if ansi.ReplaceAllString(colored, "") != plain {
			t.Errorf("%s: coloured and plain output differ in more than colour", fixture)
		}
		if strings.Contains(plain, "\x1b") {
			t.Errorf("%s: plain output has an escape sequence", fixture)
		}
	}
}

func TestTerminal_warnsFirst(t *testing.T) {
	got := shownAs(t, "80.txt", levelsRun())
	if verdict, table := strings.Index(got, "CLIENT-LIMITED"), strings.Index(got, "Strategy"); verdict < 0 || verdict > table {
		t.Errorf("the client-limited verdict is not above the table:\n%s", got)
	}
	if got := shownAs(t, "80.txt", cleanRun()); strings.Contains(got, "LIMITED") || strings.Contains(got, "WARNING") {
		t.Errorf("a clean run is warned about:\n%s", got)
	}
}

func TestTerminal_saysOnceThatARunWasStopped(t *testing.T) {
	got := shownAs(t, "80.txt", cutRun())
	if strings.Count(got, "interrupted") != 1 || !strings.Contains(got, "STOPPED EARLY") {
		t.Errorf("want one notice of the interrupt:\n%s", got)
	}
}

func TestTerminal_wideRunes(t *testing.T) {
	s := cleanRun()
	s.Run.Model = strings.Repeat("模型", 60)
	s.Benchmarks[0].Name = strings.Repeat("負荷", 20)
	for line := range strings.Lines(shownAs(t, "80.txt", s)) {
		if w := cells.StringWidth(strings.TrimSuffix(line, "\n")); w > 80 {
			t.Errorf("a line of %d cells: %q", w, line)
		}
	}
}
