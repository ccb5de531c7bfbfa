package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"
)

const referencePath = "../../docs/cli.md"

// docs/cli.md says what the program says; -update writes it.
func TestReference(t *testing.T) {
	got := reference(newTestApp())
	if *update {
		if err := os.WriteFile(referencePath, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(referencePath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/cli.md is behind the program, `make golden` rewrites it (-file +program):\n%s", diff)
	}
}

// reference is docs/cli.md.
func reference(a *app) string {
	var b strings.Builder
	b.WriteString("# Commands\n\nThis page is made from the program; `promptmill COMMAND --help` says the same.\n\n")
	for c := range everyCommand(a.cli.Commands) {
		fmt.Fprintf(&b, "- [%s](#%s): %s\n", c.HelpName, strings.ReplaceAll(c.HelpName, " ", "-"), markdownText(c.Usage))
	}
	b.WriteString("\n" + markdownText(strings.ReplaceAll(exitHelp, "\n", " ")) + "\n")
	for c := range everyCommand(a.cli.Commands) {
		referenceOf(&b, c)
	}
	return b.String()
}

func referenceOf(b *strings.Builder, c *cli.Command) {
	fmt.Fprintf(b, "\n## %s\n\n%s.\n\n```\n%s\n```\n", c.HelpName, markdownText(c.Usage), strings.TrimSpace(c.HelpName+" [flags] "+c.ArgsUsage))
	code := false
	for _, p := range blocks(c.Description) {
		if code != (p.kind == example) {
			code = !code
			b.WriteString(map[bool]string{true: "\n```sh\n", false: "```\n"}[code])
		}
		switch p.kind {
		case example:
			b.WriteString(strings.TrimPrefix(p.text, "  ") + "\n")
		case heading, paragraph:
			b.WriteString("\n" + markdownText(p.text) + "\n")
		}
	}
	if code {
		b.WriteString("```\n")
	}
	all := options(c)
	for _, group := range groupNames(all) {
		if group != otherFlags {
			fmt.Fprintf(b, "\n### %s of %s\n", group, c.Name)
		}
		b.WriteString("\n| flag | meaning | default |\n|---|---|---|\n")
		for _, o := range all {
			if o.group != group {
				continue
			}
			preset := ""
			if o.preset != "" {
				preset = "`" + o.preset + "`"
			}
			fmt.Fprintf(b, "| `%s` | %s | %s |\n", strings.ReplaceAll(strings.TrimSpace(o.head()), "|", `\|`), markdownText(o.usage), preset)
		}
	}
}

// markdownText escapes what markdown and HTML would take for theirs.
func markdownText(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "[", `\[`, "_", `\_`).Replace(s)
}

// Every command has a manual page that mandoc has nothing to say against.
func TestManuals(t *testing.T) {
	a := newTestApp()
	dir := t.TempDir()
	if err := a.writeManuals(dir); err != nil {
		t.Fatal(err)
	}
	for c := range everyCommand(a.cli.Commands) {
		path := filepath.Join(dir, manualName(c)+".1")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range options(c) {
			if !strings.Contains(string(text), roff(dashed(o.long()))) {
				t.Errorf("%s does not name --%s", path, o.long())
			}
		}
	}
	mandoc, err := exec.LookPath("mandoc")
	if err != nil && os.Getenv("NEED_SHELLS") != "" {
		t.Fatal("mandoc is not installed")
	}
	if err != nil {
		t.Skip("mandoc is not installed: the pages were not linted; make test-shells does")
	}
	pages, _ := filepath.Glob(filepath.Join(dir, "*.1"))
	out, err := exec.CommandContext(t.Context(), mandoc, append([]string{"-T", "lint", "-W", "warning"}, pages...)...).CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if !strings.Contains(line, "missing date") { // a binary that was built outside of a checkout knows none
			t.Error(line)
		}
	}
	if err != nil && len(out) == 0 {
		t.Error(err)
	}
}
