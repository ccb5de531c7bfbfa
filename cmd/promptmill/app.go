package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// app is one invocation of the program.
type app struct {
	*process
	cli *cli.App
}

func newApp(p *process) *app {
	a := &app{process: p}
	a.cli = &cli.App{
		Name:      "promptmill",
		Usage:     "datasets to prompts, LLM servers to numbers",
		UsageText: "promptmill COMMAND [flags] [arguments]",
		Description: `promptmill demo                                            try the whole chain, without a network
promptmill convert data.parquet -o prompts.jsonl           a dataset to prompts
promptmill validate prompts.jsonl                          check a prompt file
promptmill bench prompts.jsonl --target http://host:8000   measure a server
promptmill report results.parquet --format markdown        write it up`,
		Version: version(),
		Commands: []*cli.Command{
			a.pullCommand(), a.pushCommand(), a.inspectCommand(), a.convertCommand(), a.validateCommand(), a.benchCommand(),
			a.reportCommand(), a.compareCommand(), a.mergeCommand(), a.historyCommand(), a.mockCommand(), a.demoCommand(), a.schemaCommand(),
		},
		Reader: p.stdin, Writer: p.stdout, ErrWriter: p.stderr,
		HideHelpCommand:           true,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              usageError,
		CustomAppHelpTemplate:     appHelp,
		Action:                    a.unknown,
	}
	for _, c := range a.cli.Commands {
		prepare(c)
	}
	return a
}

// prepare gives a command and its children what all of them share: an environment variable for each flag, usage
// errors with exit code 2, help that ends with the exit codes.
func prepare(c *cli.Command) {
	c.OnUsageError = usageError
	c.HideHelpCommand = true
	c.CustomHelpTemplate = commandHelp
	for _, f := range c.Flags {
		bindEnvironment(f)
	}
	for _, sub := range c.Subcommands {
		prepare(sub)
	}
}

func bindEnvironment(f cli.Flag) {
	env := func(name string) []string {
		return []string{"PROMPTMILL_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))}
	}
	switch f := f.(type) {
	case *cli.StringFlag:
		f.EnvVars = env(f.Name)
	case *cli.StringSliceFlag:
		f.EnvVars = env(f.Name)
	case *cli.BoolFlag:
		f.EnvVars = env(f.Name)
	case *cli.IntFlag:
		f.EnvVars = env(f.Name)
	case *cli.Int64Flag:
		f.EnvVars = env(f.Name)
	case *cli.Float64Flag:
		f.EnvVars = env(f.Name)
	case *cli.DurationFlag:
		f.EnvVars = env(f.Name)
	}
}

func (a *app) run(ctx context.Context, args []string) error {
	if len(args) > 0 {
		if i := slices.IndexFunc(a.cli.Commands, func(c *cli.Command) bool { return c.HasName(args[0]) }); i >= 0 {
			c, head, rest := a.cli.Commands[i], args[:1], args[1:]
			for _, sub := range c.Subcommands {
				if len(rest) > 0 && sub.HasName(rest[0]) {
					c, head, rest = sub, args[:2], rest[1:]
					break
				}
			}
			args = append(slices.Clone(head), flagsFirst(rest, c.Flags)...)
		}
	}
	return a.cli.RunContext(ctx, append([]string{"promptmill"}, args...))
}

func usageError(c *cli.Context, err error, _ bool) error {
	name := "promptmill"
	if c.Command != nil && c.Command.HelpName != "" {
		name = c.Command.HelpName
	}
	msg := err.Error()
	if flag, ok := strings.CutPrefix(msg, "flag provided but not defined: "); ok {
		msg = "unknown flag " + dashed(strings.TrimLeft(flag, "-"))
		if c.Command != nil {
			if s := suggestFlag(strings.TrimLeft(flag, "-"), c.Command.Flags); s != "" {
				msg += fmt.Sprintf("; did you mean --%s?", s)
			}
		}
	}
	if c.Command != nil {
		msg = flagError(msg, c.Command.Flags)
	}
	return usagef("%s (see %s --help)", msg, name)
}

// unknown runs when no command matches.
func (a *app) unknown(c *cli.Context) error {
	if !c.Args().Present() {
		c.App.Writer = a.stderr
		_ = cli.ShowAppHelp(c)
		return usagef("a command is missing")
	}
	name := c.Args().First()
	msg := fmt.Sprintf("unknown command %q", name)
	var names []string
	for _, cmd := range c.App.VisibleCommands() {
		names = append(names, cmd.Name)
	}
	if s := nearest(name, names); s != "" {
		msg += fmt.Sprintf("; did you mean %q?", s)
	}
	return usagef("%s (see promptmill --help)", msg)
}

// logf writes a notice for the person at the terminal.
func (p *process) logf(format string, args ...any) {
	p.screen.print(p.stderr, printable(fmt.Sprintf(format, args...))+"\n")
}
