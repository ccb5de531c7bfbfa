package report

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/report/plain"
)

func TestMarkdown_escapes(t *testing.T) {
	for in, want := range map[string]string{
		"a|b":                   `a\|b`,
		"`rm -rf`":              "\\`rm -rf\\`",
		"[x](http://evil.test)": `\[x\](http&#58;//evil.test)`,
		"www.evil.test @team":   `www&#46;evil.test &#64;team`,
		"<b>&amp;":              `&lt;b&gt;&amp;amp;`,
		"max_tokens _em_":       `max_tokens \_em\_`,
		"~~gone~~ $x$ # !":      `\~\~gone\~\~ \$x\$ \# \!`,
		"a\nb":                  `a\\nb`,
	} {
		if got := markdown(in); got != want {
			t.Errorf("markdown(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCode_onlyWhereItIsSafe(t *testing.T) {
	for in, want := range map[string]string{
		"Qwen/Qwen2.5-0.5B": "`Qwen/Qwen2.5-0.5B`",
		"a`b":               "a\\`b",
		"a|b":               `a\|b`,
		"<b>":               "`<b>`",
		`a\b`:               "`a\\b`",
		" a":                " a",
		"":                  "",
	} {
		if got := code(in); got != want {
			t.Errorf("code(%q) = %q, want %q", in, got, want)
		}
	}
}

var seeds = []string{"", "plain", hostileText, "\xff", "a_b_c", "__", "www.x", "://", "\\|", "&lt;", "\u202e", "模型", "a\u0301"}

var (
	escapedPunctuation = regexp.MustCompile("\\\\[\\\\`*_\\[\\]|~$#!]")
	entity             = regexp.MustCompile(`&(lt|gt|amp|#58|#64|#46);`)
)

// markdown leaves no character that means something, and what a reader sees is the visible text.
func FuzzMarkdown(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := markdown(s)
		bare := entity.ReplaceAllString(escapedPunctuation.ReplaceAllString(got, "."), ".")
		if strings.ContainsAny(bare, "\\`*[]|~$#!<>&@\n\r\x1b") || strings.Contains(bare, "://") {
			t.Fatalf("markdown(%q) = %q leaves %q", s, got, bare)
		}
		seen := html.UnescapeString(escapedPunctuation.ReplaceAllStringFunc(got, func(e string) string { return e[1:] }))
		if want := plain.Text(s); seen != want {
			t.Fatalf("markdown(%q) reads as %q, want %q", s, seen, want)
		}
	})
}

// Every format takes any text: no cell of a table is broken open, no line of a terminal is too wide.
func FuzzFormats(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, name, message string) {
		s := failedRun()
		s.Run.Model, s.Benchmarks[0].Name, s.Benchmarks[1].Counts.ErrorKinds[0].Example = name, name, message
		for line := range strings.Lines(shownAs(t, "80.txt", s)) {
			if w := cells.StringWidth(strings.TrimSuffix(line, "\n")); w > 80 {
				t.Errorf("a line of %d cells: %q", w, line)
			}
		}
		for line := range strings.Lines(shownAs(t, "md", s)) {
			if bars := strings.Count(line, "|") - strings.Count(line, `\|`); strings.HasPrefix(line, "| ") && bars != 4 && bars != 6 && bars != 11 {
				t.Errorf("a row of %d bars: %q", bars, line)
			}
		}
		page := shownAs(t, "html", s)
		if n := strings.Count(page, "<script"); n != 2 {
			t.Errorf("%d scripts in the page", n)
		}
		shownAs(t, "json", s)
	})
}
