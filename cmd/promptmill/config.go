package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"
)

// configFlag is known to every command and belongs to none.
const configFlag = "config-file"

// takeConfigFlag takes --config-file FILE out of the arguments.
func takeConfigFlag(args []string) (path string, rest []string, err error) {
	for i := 0; i < len(args) && args[i] != "--"; i++ {
		name, value, joined := strings.Cut(args[i], "=")
		if name != "--"+configFlag {
			continue
		}
		end := i + 1
		if !joined && end < len(args) {
			value, end = args[end], end+1
		}
		if value == "" {
			return "", nil, usagef("--%s needs a value: the file to read in the place of %s", configFlag, configName)
		}
		return value, slices.Concat(args[:i], args[end:]), nil
	}
	return "", args, nil
}

// configured adds what the config file says of a command, as flags before those that were given: the command line wins
// over the environment, that over the file, and the file over the defaults.
func (a *app) configured(c *cli.Command, given []string) []string {
	var added, names []string
	for _, s := range a.config.settings {
		o, ok := optionOf(c, s)
		if !ok || isGiven(o, given) || a.getenv(o.variable) != "" {
			continue
		}
		for _, v := range s.values {
			added = append(added, "--"+s.flag+"="+v)
		}
		names = append(names, "--"+s.flag)
		a.applied = append(a.applied, s)
	}
	if len(names) > 0 && !slices.ContainsFunc(given, isQuiet) && !slices.ContainsFunc(added, isQuiet) {
		a.logf("%s sets %s", a.config.path, strings.Join(names, ", "))
	}
	return append(added, given...)
}

// optionOf returns the flag of the command that is set.
func optionOf(c *cli.Command, s setting) (option, bool) {
	if strings.TrimPrefix(c.HelpName, "promptmill ") != s.command {
		return option{}, false
	}
	all := options(c)
	i := slices.IndexFunc(all, func(o option) bool { return o.long() == s.flag })
	return all[i], true
}

// isGiven reports whether the flag is among arguments whose flags come first.
func isGiven(o option, args []string) bool {
	for _, arg := range args {
		if arg == "--" {
			return false
		}
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && slices.Contains(o.flag.Names(), name) {
			return true
		}
	}
	return false
}

func isQuiet(arg string) bool { return arg == "-q" || arg == "--quiet" || arg == "--quiet=true" }

// blame adds to an error about flags which of them the config file sets.
func (a *app) blame(err error) error {
	if err == nil || exitCode(err) != exitUsage {
		return err
	}
	for _, s := range a.applied {
		if msg := err.Error(); strings.Contains(msg, "--"+s.flag) || strings.HasPrefix(msg, s.flag+" ") {
			return fmt.Errorf("%w (--%s comes from %s:%d)", err, s.flag, a.config.path, s.line)
		}
	}
	return err
}

func (a *app) configCommand() *cli.Command {
	return &cli.Command{
		Name:  "config",
		Usage: "say where the settings come from",
		Description: `Examples:
  promptmill config show           what the file and the environment set
  promptmill config show bench     every flag of bench, its value and its source

A flag on the command line wins over PROMPTMILL_<FLAG> in the environment, that over the file, and the file over the
default. The file is promptmill.yaml in the working folder, or the one that --config-file or PROMPTMILL_CONFIG_FILE
names. It has a section for each command, whose keys are flags:

  bench:
    target: http://127.0.0.1:8000
    profile: [synchronous, throughput]
  validate:
    max-errors: 20

An unknown key is an error. Secrets are refused: they belong into the environment.`,
		Category: aboutItself,
		Subcommands: []*cli.Command{{
			Name:      "show",
			Usage:     "print settings, and where each comes from",
			ArgsUsage: "[COMMAND]",
			Description: `Example:
  promptmill config show bench`,
			Flags:  []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "print JSON"}},
			Action: a.showConfig,
		}},
		Action: func(*cli.Context) error {
			return usagef("config needs to be told what to do: promptmill config show")
		},
	}
}

// shownSetting is a line of config show.
type shownSetting struct {
	Command string `json:"command"`
	Flag    string `json:"flag"`
	Value   string `json:"value"`
	Source  string `json:"source"` // default, environment or file
	Place   string `json:"place,omitempty"`
}

func (a *app) showConfig(c *cli.Context) error {
	commands := a.cli.Commands
	if c.NArg() > 0 {
		chosen, rest := a.find(c.Args().Slice())
		if chosen == nil || len(rest) > 0 {
			return usagef("config show %s: expected a command (see promptmill --help)", strings.Join(c.Args().Slice(), " "))
		}
		commands = []*cli.Command{chosen}
	}
	shown := []shownSetting{}
	for _, cmd := range commands {
		shown = append(shown, a.settingsOf(cmd, c.NArg() > 0)...)
	}
	if c.Bool("json") {
		return a.printJSON(shown)
	}
	if len(shown) == 0 {
		a.logf("nothing is set: no %s here, and no PROMPTMILL_<FLAG> in the environment", configName)
		return nil
	}
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, s := range shown {
		source := s.Source
		if s.Place != "" {
			source = s.Place
		}
		fmt.Fprintf(table, "%s\t--%s\t%s\t%s\n", s.Command, s.Flag, printable(s.Value), printable(source))
	}
	return table.Flush()
}

// settingsOf lists the flags of a command and of its children that something sets, or with defaults all of them.
func (a *app) settingsOf(c *cli.Command, defaults bool) []shownSetting {
	var shown []shownSetting
	for _, o := range options(c) {
		s := shownSetting{Command: strings.TrimPrefix(c.HelpName, "promptmill "), Flag: o.long(), Value: o.preset, Source: "default"}
		i := slices.IndexFunc(a.config.settings, func(set setting) bool { return set.command == s.Command && set.flag == s.Flag })
		switch env := a.getenv(o.variable); {
		case env != "":
			s.Value, s.Source, s.Place = env, "environment", o.variable
		case i >= 0:
			set := a.config.settings[i]
			s.Value, s.Source, s.Place = strings.Join(set.values, ", "), "file", fmt.Sprintf("%s:%d", a.config.path, set.line)
		case !defaults:
			continue
		}
		if isSecret(s.Value) {
			s.Value = "(set, not shown)"
		}
		shown = append(shown, s)
	}
	for _, sub := range c.Subcommands {
		shown = append(shown, a.settingsOf(sub, defaults)...)
	}
	return shown
}
