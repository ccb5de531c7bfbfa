package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// The library keeps this for the whole process.
func init() {
	cli.VersionPrinter = func(c *cli.Context) { fmt.Fprintln(c.App.Writer, "promptmill", c.App.Version) }
}

// helpRequest is what somebody wants to read about.
type helpRequest struct {
	command *cli.Command // nil: the program
	name    string       // of the command, as it is typed
	topic   string       // a group of flags, a flag or "all"; "" is the first page
}

// asksForHelp finds a request for help in the arguments: `--help` anywhere before `--`, alone or with a topic, or the
// command `help`.
func (a *app) asksForHelp(args []string) (helpRequest, bool) {
	if len(args) == 0 {
		return helpRequest{}, false
	}
	if topic, ok := helpFlag(args[0]); ok {
		return helpRequest{topic: topic}, true
	}
	asked := args[0] == "help"
	if asked {
		args = args[1:]
	}
	r := helpRequest{name: "promptmill"}
	r.command, args = a.find(args)
	if r.command == nil {
		return r, asked && len(args) == 0
	}
	r.name = r.command.HelpName
	if asked {
		r.topic = strings.Join(args, " ")
		return r, true
	}
	found := flagsFirst(args, r.command.Flags)
	if len(found) == 0 {
		return r, false
	}
	topic, asked := helpFlag(found[0])
	if asked && topic == "" {
		topic = topicAfter(args, found[0], r.command)
	}
	r.topic = topic
	return r, asked
}

// helpFlag reports whether arg asks for help, and about what.
func helpFlag(arg string) (topic string, ok bool) {
	for _, name := range []string{"--help", "-help", "-h"} {
		if arg == name {
			return "", true
		}
		if topic, ok := strings.CutPrefix(arg, name+"="); ok {
			return topic, true
		}
	}
	return "", false
}

func isHelp(arg string) bool {
	_, ok := helpFlag(arg)
	return ok
}

// topicAfter is the argument behind the flag, if it is a topic: `--help load` is `--help=load`.
func topicAfter(args []string, flag string, c *cli.Command) string {
	if i := slices.Index(args, flag) + 1; i < len(args) {
		if _, err := chooseOptions(options(c), args[i]); err == nil {
			return args[i]
		}
	}
	return ""
}

func (a *app) helpCommand() *cli.Command {
	return &cli.Command{
		Name:      "help",
		Usage:     "explain a command, a group of its flags, or a flag",
		ArgsUsage: "[COMMAND] [GROUP|FLAG|all]",
		Description: `Examples:
  promptmill help bench            the same as promptmill bench --help
  promptmill help bench load       a group of its flags
  promptmill help bench rate       one of them`,
		Category: aboutItself,
		Action: func(c *cli.Context) error { // of a command there is none
			return a.unknown(c)
		},
	}
}

// printHelp writes the page that was asked for.
func (a *app) printHelp(r helpRequest) error {
	if r.command == nil {
		_, err := io.WriteString(a.stdout, a.programPage())
		return err
	}
	page, err := commandPage(r.command, r.topic)
	if err != nil {
		return usagef("%s: %w", r.name, err)
	}
	_, err = io.WriteString(a.stdout, page)
	return err
}

// programPage is the first thing that a new user reads.
func (a *app) programPage() string {
	var p page
	p.line("promptmill: " + a.cli.Usage)
	p.line("")
	p.description(a.cli.Description)
	for _, group := range commandGroups(a.cli.VisibleCommands()) {
		p.line("")
		p.line(group.name + ":")
		for _, c := range group.commands {
			p.entry(c.Name, c.Usage, commandColumn)
		}
	}
	p.line("")
	p.prose("`promptmill COMMAND --help` has examples. Flags may come before or after arguments, and be set in promptmill.yaml or as PROMPTMILL_<FLAG> in the environment.")
	p.prose(exitHelp)
	return p.String()
}

// commandPage is the help of a command: all of its flags where they fit a screen, else those that most runs need and
// the names of the others, by group. A topic chooses a group, a flag, or all.
func commandPage(c *cli.Command, topic string) (string, error) {
	all := options(c)
	if topic != "" && topic != "all" {
		chosen, err := chooseOptions(all, topic)
		if err != nil {
			return "", err
		}
		var p page
		p.prose(c.HelpName + ": " + c.Usage)
		p.groups(chosen)
		return p.String(), nil
	}
	essential, rest := split(c.Name, all)
	about := c.Description
	if len(rest) > 0 && topic == "" {
		about, _, _ = strings.Cut(about, "\n\n") // the examples
	} else {
		essential, rest = all, nil
	}
	var p page
	p.opening(c, about)
	p.groups(essential)
	p.index(rest)
	p.line("")
	if len(all) > 0 {
		p.prose("Every flag can be set in promptmill.yaml (see promptmill config --help) or as PROMPTMILL_<FLAG> in the environment; the command line wins.")
	}
	p.prose(exitHelp)
	return p.String(), nil
}

// opening says what a command is for, with examples, and how it is called.
func (p *page) opening(c *cli.Command, about string) {
	p.prose(c.HelpName + ": " + c.Usage)
	p.line("")
	p.description(about)
	p.line("")
	p.line("Usage:")
	for i, l := range wrap(c.HelpName+" [flags] "+c.ArgsUsage, pageWidth-6) {
		p.line(strings.Repeat(" ", 2+4*min(i, 1)) + l)
	}
	if len(c.Subcommands) == 0 {
		return
	}
	p.line("")
	p.line("Commands:")
	for _, sub := range c.Subcommands {
		p.entry(sub.Name, sub.Usage, commandColumn)
	}
}
