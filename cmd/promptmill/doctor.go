package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"
)

// What a finding says of this machine.
const (
	findingOK   = "ok"
	findingNote = "note" // works, and some numbers or commands are limited by it
	findingBad  = "bad"  // something will not work
)

// finding is a line of doctor.
type finding struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"` // what to do about it
}

func (a *app) doctorCommand() *cli.Command {
	return &cli.Command{
		Name:  "doctor",
		Usage: "check this machine, the Hub and a server, and say what to mend",
		Description: `Examples:
  promptmill doctor
  promptmill doctor --target http://127.0.0.1:8000     a model server, too
  promptmill doctor --offline --json

Sends at most one request to the Hub and two to the server. Of a token it says where it comes from and whether the Hub
takes it. Exit code 1 means that something will not work; a note means that it will, less exactly.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "target", Usage: "`URL` of a model server to ask"},
			&cli.BoolFlag{Name: "offline", Usage: "ask neither the Hub nor anybody else"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
		},
		Category: aboutItself,
		Action:   a.doctor,
	}
}

func (a *app) doctor(c *cli.Context) error {
	if c.NArg() > 0 {
		return usagef("doctor takes no arguments; got %q", c.Args().First())
	}
	if c.String("target") != "" && c.Bool("offline") {
		return usagef("--target and --offline do not go together")
	}
	found := a.examine(c.Context, c.String("target"), c.Bool("offline"))
	if err := context.Cause(c.Context); err != nil {
		return err
	}
	if err := a.printFindings(found, c.Bool("json")); err != nil {
		return err
	}
	var bad []string
	for _, f := range found {
		if f.Status == findingBad {
			bad = append(bad, f.Name)
		}
	}
	if len(bad) > 0 {
		return withCode(exitFailed, fmt.Errorf("to mend: %s", strings.Join(bad, ", ")))
	}
	return nil
}

// examine makes every check, the slow ones last.
func (a *app) examine(ctx context.Context, target string, offline bool) []finding {
	found := []finding{findVersion(), findSystem(), findProcessors(), a.findMemory(), findOpenFiles()}
	found = append(found, findPacing(ctx), findReceiveTimes(ctx), a.findConfig(), a.findCache())
	if !offline {
		found = append(found, a.findHub(ctx))
	}
	if target != "" {
		found = append(found, a.findTarget(ctx, target))
	}
	return found
}

func (a *app) printFindings(found []finding, asJSON bool) error {
	if asJSON {
		return a.printJSON(found)
	}
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, f := range found {
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.Status, f.Name, printable(f.Found))
		if f.Advice != "" {
			fmt.Fprintf(table, "\t\t%s\n", printable(f.Advice))
		}
	}
	return table.Flush()
}

// findConfig says which settings file counts; a broken one was refused before.
func (a *app) findConfig() finding {
	path := a.getenv(configVariable)
	c, err := readConfig(path, a.cli.Commands)
	switch {
	case err != nil:
		return finding{"settings", findingBad, err.Error(), "commands refuse to run beside it"}
	case c.path == "":
		return finding{"settings", findingOK, "no " + configName + " here", ""}
	}
	return finding{"settings", findingOK, fmt.Sprintf("%s, %s", c.path, counted(len(c.settings), "flag")), ""}
}
