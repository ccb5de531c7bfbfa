package main

import (
	"bytes"
	"iter"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/urfave/cli/v2"
)

// everyCommand yields the commands and their children.
func everyCommand(commands []*cli.Command) iter.Seq[*cli.Command] {
	return func(yield func(*cli.Command) bool) {
		for _, c := range commands {
			if !yield(c) {
				return
			}
			for sub := range everyCommand(c.Subcommands) {
				if !yield(sub) {
					return
				}
			}
		}
	}
}

func newTestApp() *app {
	var out bytes.Buffer
	return newApp(testProcess("", &out, &out))
}

// The help of every command has examples and fits a terminal of 80 columns.
func TestHelp_fits(t *testing.T) {
	a := newTestApp()
	pages := map[string]string{"promptmill": a.programPage()}
	for c := range everyCommand(a.cli.Commands) {
		for _, topic := range []string{"", "all"} {
			text, err := commandPage(c, topic)
			if err != nil {
				t.Fatalf("%s: %v", c.HelpName, err)
			}
			pages[c.HelpName+" --help="+topic] = text
		}
		if !strings.HasPrefix(c.Description, "Example") {
			t.Errorf("%s: its help does not begin with examples", c.HelpName)
		}
	}
	for name, text := range pages {
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > pageWidth {
				t.Errorf("%s: a line of %d columns: %s", name, n, line)
			}
		}
	}
}

// Where the first page describes only some flags, it names the others, and every one of them is in a group.
func TestHelp_everyFlag(t *testing.T) {
	for c := range everyCommand(newTestApp().cli.Commands) {
		text, err := commandPage(c, "")
		if err != nil {
			t.Fatal(err)
		}
		all := options(c)
		for _, o := range all {
			if !strings.Contains(text, dashed(o.long())) {
				t.Errorf("%s --help does not name --%s", c.HelpName, o.long())
			}
			if len(all) > manyFlags && o.group == otherFlags {
				t.Errorf("%s: --%s is in no group: give the flag a Category", c.HelpName, o.long())
			}
		}
		for _, name := range essentials[c.Name] {
			if !slices.ContainsFunc(all, func(o option) bool { return o.long() == name }) {
				t.Errorf("%s has no flag --%s that its first page could describe", c.HelpName, name)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, nil},
		{"one two three", 7, []string{"one two", "three"}},
		{"incomprehensibility is long", 5, []string{"incomprehensibility", "is", "long"}},
		{"run `a b c` now", 8, []string{"run", "`a b c`", "now"}},
		{"--x 'a b' it's fine", 9, []string{"--x 'a b'", "it's fine"}},
	} {
		if got := wrap(test.text, test.width); !slices.Equal(got, test.want) {
			t.Errorf("wrap(%q, %d) = %q, want %q", test.text, test.width, got, test.want)
		}
	}
}
