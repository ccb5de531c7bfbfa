package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

const appHelp = `promptmill: {{.Usage}}

{{.Description}}

Commands:{{range .VisibleCommands}}
  {{.Name}}{{"\t"}}{{.Usage}}{{end}}

Flags may come before or after arguments. ` + "`promptmill COMMAND --help`" + ` has examples.
` + exitHelp + "\n"

const commandHelp = `{{.HelpName}}: {{.Usage}}

{{.Description}}

Usage:
  {{.HelpName}} [flags]{{if .ArgsUsage}} {{.ArgsUsage}}{{end}}
{{if .VisibleCommands}}
Commands:{{range .VisibleCommands}}
  {{.Name}}{{"\t"}}{{.Usage}}{{end}}
{{end}}{{if .VisibleFlags}}
Flags:{{range .VisibleFlags}}
  {{.}}{{end}}

Every flag can be set as PROMPTMILL_<FLAG> in the environment; the command line wins.
{{end}}` + exitHelp + "\n"

// The library keeps these two for the whole process.
func init() {
	cli.FlagStringer = flagLine
	cli.VersionPrinter = func(c *cli.Context) { fmt.Fprintln(c.App.Writer, "promptmill", c.App.Version) }
}

// dashed is the name of a flag as it is typed.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// flagLine is a flag's line of help: names and value, a tab, what it is for and its default where that is not nothing.
func flagLine(f cli.Flag) string {
	var names []string
	for _, n := range f.Names() {
		names = append(names, dashed(n))
	}
	slices.SortStableFunc(names, func(a, b string) int { return len(a) - len(b) })
	doc, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return strings.Join(names, ", ")
	}
	usage, value := doc.GetUsage(), ""
	if before, rest, found := strings.Cut(usage, "`"); found {
		var after string
		value, after, _ = strings.Cut(rest, "`")
		usage = before + value + after
		value = " " + value
	} else if doc.TakesValue() {
		value = " WORD"
	}
	if d := strings.Trim(doc.GetDefaultText(), `"`); doc.TakesValue() && d != "" && d != "0" && d != "0s" {
		usage += " (default: " + d + ")"
	}
	return strings.Join(names, ", ") + value + "\t" + usage
}
