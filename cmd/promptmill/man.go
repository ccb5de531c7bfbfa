package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"
)

func (a *app) manCommand() *cli.Command {
	return &cli.Command{
		Name:      "man",
		Usage:     "write a manual page for each command into a folder",
		ArgsUsage: "FOLDER",
		Description: `Examples:
  promptmill man ~/.local/share/man/man1
  man promptmill-bench`,
		Category: aboutItself,
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usagef("man takes one folder to write to; got %d arguments", c.NArg())
			}
			return a.writeManuals(c.Args().First())
		},
	}
}

// writeManuals writes promptmill.1 and a page for each command.
func (a *app) writeManuals(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	pages := map[string]string{"promptmill": a.programManual()}
	for _, c := range a.cli.Commands {
		pages[manualName(c)] = commandManual(c)
		for _, sub := range c.Subcommands {
			pages[manualName(sub)] = commandManual(sub)
		}
	}
	for name, text := range pages {
		if err := a.writeFile(filepath.Join(dir, name+".1"), []byte(text)); err != nil {
			return err
		}
	}
	a.logf("%s in %s", counted(len(pages), "page"), dir)
	return nil
}

// manualName is promptmill-mock-hub for the command `promptmill mock hub`.
func manualName(c *cli.Command) string { return strings.ReplaceAll(c.HelpName, " ", "-") }

// manual is a page in the man macros of roff.
type manual struct{ strings.Builder }

func newManual(name, usage string) *manual {
	m := new(manual)
	fmt.Fprintf(m, ".TH %s 1 %q \"promptmill %s\" \"promptmill manual\"\n", strings.ToUpper(name), releaseDate(), version())
	m.section("NAME")
	m.text(name + ` \- ` + roff(usage))
	return m
}

// releaseDate is the day of the commit that was built, or "".
func releaseDate() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.time" && len(s.Value) >= len("2006-01-02") {
				return s.Value[:len("2006-01-02")]
			}
		}
	}
	return ""
}

func (a *app) programManual() string {
	m := newManual("promptmill", a.cli.Usage)
	m.section("SYNOPSIS")
	m.text(`.B promptmill`, `.I COMMAND`, `[flags] [arguments]`)
	m.section("DESCRIPTION")
	m.description(a.cli.Description)
	m.section("COMMANDS")
	for _, c := range a.cli.VisibleCommands() {
		m.item(`.BR `+roff(manualName(c))+` (1)`, c.Usage)
	}
	m.ending()
	return m.String()
}

func commandManual(c *cli.Command) string {
	m := newManual(manualName(c), c.Usage)
	m.section("SYNOPSIS")
	m.text(".B "+roff(c.HelpName), roff(strings.TrimSpace("[flags] "+c.ArgsUsage)))
	m.section("DESCRIPTION")
	m.description(c.Description)
	all := options(c)
	if len(all) > 0 {
		m.section("OPTIONS")
	}
	for _, group := range groupNames(all) {
		if group != otherFlags {
			m.text(".SS " + roff(group))
		}
		for _, o := range all {
			if o.group == group {
				m.item(".B "+roff(strings.TrimSpace(o.head())), o.text())
			}
		}
	}
	m.ending()
	return m.String()
}

func (m *manual) section(name string) { m.text(".SH " + name) }

// text writes lines of roff.
func (m *manual) text(lines ...string) {
	for _, l := range lines {
		m.WriteString(l + "\n")
	}
}

func (m *manual) item(head, text string) { m.text(".TP", head, roff(text)) }

func (m *manual) description(s string) {
	inside := false
	for i, b := range blocks(s) {
		if inside != (b.kind == example) {
			inside = !inside
			if inside {
				m.text(".PP", ".nf", ".RS 2")
			} else {
				m.text(".RE", ".fi")
			}
		}
		switch b.kind {
		case example:
			m.text(roff(strings.TrimSpace(b.text)))
		case heading, paragraph:
			if i > 0 {
				m.text(".PP")
			}
			m.text(roff(b.text))
		}
	}
	if inside {
		m.text(".RE", ".fi")
	}
}

// ending is what all pages share.
func (m *manual) ending() {
	m.section("ENVIRONMENT")
	m.text(roff("Every flag can be set as PROMPTMILL_<FLAG>, or in promptmill.yaml; the command line wins over the environment, and that over the file. " +
		"PROMPTMILL_API_KEY or OPENAI_API_KEY is the key of a model server, HF_TOKEN that of the Hub."))
	m.section("EXIT STATUS")
	m.text(roff(strings.ReplaceAll(strings.TrimPrefix(exitHelp, "Exit codes: "), "\n", " ")))
	m.section("SEE ALSO")
	m.text(`.BR promptmill (1)`)
}

// roff escapes text: what begins a request at the start of a line, backslashes, and hyphens that are to be typed.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "`", `\(ga`, "'", `\(aq`, "~", `\(ti`, "^", `\(ha`).Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
