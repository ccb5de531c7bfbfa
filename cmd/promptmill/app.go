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
	cli     *cli.App
	config  *configFile
	applied []setting // of the config file, in this command
}

func newApp(p *process) *app {
	a := &app{process: p, config: new(configFile)}
	a.cli = &cli.App{
		Name:      "promptmill",
		Usage:     "datasets to prompts, LLM servers to numbers",
		UsageText: "promptmill COMMAND [flags] [arguments]",
		Description: `Examples:
  promptmill demo                                           try all of it
  promptmill convert data.parquet -o prompts.jsonl          a dataset to prompts
  promptmill validate prompts.jsonl                         check a prompt file
  promptmill bench prompts.jsonl --target http://host:8000  measure a server
  promptmill report results.parquet --format markdown       write it up`,
		Version: version(),
		Commands: []*cli.Command{
			a.pullCommand(), a.pushCommand(), a.inspectCommand(), a.convertCommand(), a.validateCommand(), a.benchCommand(),
			a.reportCommand(), a.compareCommand(), a.mergeCommand(), a.historyCommand(), a.mockCommand(), a.demoCommand(), a.schemaCommand(),
			a.doctorCommand(), a.configCommand(), a.completionCommand(), a.manCommand(), a.helpCommand(),
		},
		Reader: p.stdin, Writer: p.stdout, ErrWriter: p.stderr,
		HideHelp:                  true,
		HideHelpCommand:           true,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              usageError,
		Action:                    a.unknown,
	}
	a.cli.Setup() // names the commands, and adds the library's --version
	a.cli.Flags = []cli.Flag{versionFlag()}
	for _, c := range a.cli.Commands {
		prepare(c)
	}
	return a
}

// versionFlag is a --version of this program alone: parsing writes to a flag, and the library has one for all.
func versionFlag() cli.Flag {
	f := *cli.VersionFlag.(*cli.BoolFlag)
	return &f
}

// prepare gives a command and its children what all of them share: an environment variable for each flag, usage
// errors with exit code 2, and the name by which help calls them.
func prepare(c *cli.Command) {
	c.OnUsageError = usageError
	c.HideHelp, c.HideHelpCommand = true, true
	for _, f := range c.Flags {
		if _, variables := shared(f); variables != nil {
			*variables = []string{variable(f.Names()[0])}
		}
	}
	for _, sub := range c.Subcommands {
		sub.HelpName = c.HelpName + " " + sub.Name
		prepare(sub)
	}
}

// variable is the name in the environment of a flag.
func variable(flag string) string {
	return "PROMPTMILL_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// start runs a command of the user, whose settings the config file adds to. What asks about the program itself works
// beside a broken file.
func (a *app) start(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == completeCommand {
		return a.complete(args[1:])
	}
	path, args, err := takeConfigFlag(args)
	if err != nil {
		return err
	}
	if path == "" {
		path = a.getenv(configVariable)
	}
	c, _ := a.find(args)
	if _, help := a.asksForHelp(args); c != nil && !help && c.Category != aboutItself || len(args) > 0 && args[0] == "config" {
		if a.config, err = readConfig(path, a.cli.Commands); err != nil {
			return err
		}
	}
	return a.blame(a.run(ctx, args))
}

// aboutItself is the category of commands that say something about the program.
const aboutItself = "About promptmill"

// run runs a command by its arguments.
func (a *app) run(ctx context.Context, args []string) error {
	if asked, ok := a.asksForHelp(args); ok {
		return a.printHelp(asked)
	}
	if c, rest := a.find(args); c != nil {
		head := args[:len(args)-len(rest)]
		rest, staged, err := a.stage(ctx, c, a.configured(c, joinLists(flagsFirst(rest, c.Flags), c.Flags)))
		if err != nil {
			return err
		}
		args = append(slices.Clone(head), rest...)
		return staged.end(ctx, a, a.cli.RunContext(ctx, append([]string{"promptmill"}, args...)))
	}
	return a.cli.RunContext(ctx, append([]string{"promptmill"}, args...))
}

// find follows the names of commands that args begin with, and returns the last command and the rest.
func (a *app) find(args []string) (*cli.Command, []string) {
	var found *cli.Command
	within := a.cli.Commands
	for len(args) > 0 {
		i := slices.IndexFunc(within, func(c *cli.Command) bool { return c.HasName(args[0]) })
		if i < 0 {
			break
		}
		found, within, args = within[i], within[i].Subcommands, args[1:]
	}
	return found, args
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
			name := strings.TrimLeft(flag, "-")
			if hint := guideLLMHint(c.Command.Name, name); hint != "" {
				msg += ", " + hint
			} else if s := suggestFlag(name, c.Command.Flags); s != "" {
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
		fmt.Fprint(a.stderr, a.programPage())
		return usagef("a command is missing")
	}
	name := c.Args().First()
	msg := fmt.Sprintf("unknown command %q", name)
	var names []string
	for _, cmd := range c.App.VisibleCommands() {
		names = append(names, cmd.Name)
	}
	return usagef("%s%s (see promptmill --help)", msg, didYouMean(name, names))
}

// logf writes a notice for the person at the terminal.
func (p *process) logf(format string, args ...any) {
	if p.quiet && !strings.HasPrefix(format, "WARNING") { // that the data is not what was asked for
		return
	}
	p.screen.print(p.stderr, printable(p.named(fmt.Sprintf(format, args...)))+"\n")
}
