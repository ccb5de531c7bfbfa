package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// option is a flag as people read about it: the one source of help, man pages, docs/cli.md and completion.
type option struct {
	names    []string // as they are typed, short ones first
	value    string   // what stands for the value; "" for a switch
	usage    string
	preset   string // its default, "" where that is nothing
	group    string
	variable string // of the environment
	repeats  bool
	flag     cli.Flag
}

// otherFlags is the group of a flag that names none.
const otherFlags = "Flags"

// options are the flags of a command that help shows, the groups in the order in which they begin.
func options(c *cli.Command) []option {
	var all []option
	for _, f := range c.Flags {
		if v, ok := f.(cli.VisibleFlag); !ok || v.IsVisible() {
			all = append(all, describeFlag(f))
		}
	}
	order := groupNames(all)
	slices.SortStableFunc(all, func(a, b option) int {
		return slices.Index(order, a.group) - slices.Index(order, b.group)
	})
	return all
}

func describeFlag(f cli.Flag) option {
	o := option{flag: f, group: otherFlags}
	for _, n := range f.Names() {
		o.names = append(o.names, dashed(n))
	}
	slices.SortStableFunc(o.names, func(a, b string) int { return len(a) - len(b) })
	if c, ok := f.(cli.CategorizableFlag); ok && c.GetCategory() != "" {
		o.group = c.GetCategory()
	}
	_, o.repeats = f.(*cli.StringSliceFlag)
	doc, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return o
	}
	if env := doc.GetEnvVars(); len(env) > 0 {
		o.variable = env[0]
	}
	o.usage = doc.GetUsage()
	if before, rest, found := strings.Cut(o.usage, "`"); found {
		name, after, _ := strings.Cut(rest, "`")
		o.value, o.usage = name, before+name+after
	} else if doc.TakesValue() {
		o.value = "WORD"
	}
	if d := strings.Trim(doc.GetDefaultText(), `"`); doc.TakesValue() && d != "0" && d != "0s" && d != "[]" {
		o.preset = d
	}
	return o
}

// long is the name by which the flag is found, without dashes.
func (o option) long() string { return o.flag.Names()[0] }

// head is the flag as a reference lists it: `-o, --output FILE`.
func (o option) head() string {
	s := strings.Join(o.names, ", ")
	if len(o.names[0]) > 2 {
		s = "    " + s // under the long names of the others
	}
	if o.value != "" {
		s += " " + o.value
	}
	return s
}

// text is what the flag does, and its default.
func (o option) text() string {
	if o.preset == "" {
		return o.usage
	}
	return o.usage + " (default: " + o.preset + ")"
}

// dashed is the name of a flag as it is typed.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

func groupNames(all []option) []string {
	var names []string
	for _, o := range all {
		if !slices.Contains(names, o.group) {
			names = append(names, o.group)
		}
	}
	return names
}

// inGroup puts the flags that name no group of their own into this one.
func inGroup(name string, flags []cli.Flag) []cli.Flag {
	for _, f := range flags {
		if category, _ := shared(f); category != nil && *category == "" {
			*category = name
		}
	}
	return flags
}

// shared returns what every kind of flag has under the same name in a struct of its own.
func shared(f cli.Flag) (category *string, variables *[]string) {
	switch f := f.(type) {
	case *cli.StringFlag:
		return &f.Category, &f.EnvVars
	case *cli.StringSliceFlag:
		return &f.Category, &f.EnvVars
	case *cli.BoolFlag:
		return &f.Category, &f.EnvVars
	case *cli.IntFlag:
		return &f.Category, &f.EnvVars
	case *cli.Int64Flag:
		return &f.Category, &f.EnvVars
	case *cli.Float64Flag:
		return &f.Category, &f.EnvVars
	case *cli.DurationFlag:
		return &f.Category, &f.EnvVars
	case *cli.GenericFlag:
		return &f.Category, &f.EnvVars
	}
	return nil, nil
}

// essentials are the flags that the first page of a command with many describes; help names the others.
var essentials = map[string][]string{
	"bench": {"target", "model", "endpoint", "profile", "rate", "concurrency", "max-requests", "max-seconds", "max-tokens",
		"output", "dry-run", "self-check"},
	"convert": {"output", "config", "split", "prompt-column", "expected-column", "layout", "limit", "sample", "dedupe",
		"newline", "stream", "json"},
}

// manyFlags is how many flags still fit a screen.
const manyFlags = 30

// split parts the flags that the first page describes from those that it only names.
func split(command string, all []option) (essential, rest []option) {
	chosen := essentials[command]
	if len(all) <= manyFlags || len(chosen) == 0 {
		return all, nil
	}
	for _, o := range all {
		if slices.Contains(chosen, o.long()) {
			essential = append(essential, o)
		} else {
			rest = append(rest, o)
		}
	}
	return essential, rest
}

// topicOf is how a group is asked for.
func topicOf(group string) string { return strings.ReplaceAll(strings.ToLower(group), " ", "-") }

// chooseOptions returns the flags that a topic is about.
func chooseOptions(all []option, topic string) ([]option, error) {
	if topic == "all" {
		return all, nil
	}
	name := strings.ToLower(strings.TrimLeft(topic, "-"))
	var chosen []option
	topics := []string{"all"}
	for _, o := range all {
		if topicOf(o.group) == name || slices.Contains(o.flag.Names(), name) {
			chosen = append(chosen, o)
		}
		topics = append(topics, o.flag.Names()...)
	}
	if len(chosen) > 0 {
		return chosen, nil
	}
	groups := []string{"all"}
	for _, g := range groupNames(all) {
		groups = append(groups, topicOf(g))
	}
	msg := fmt.Sprintf("no help on %q: expected a flag or one of %s", topic, strings.Join(groups, ", "))
	if s := nearest(name, slices.Concat(groups, topics)); s != "" {
		msg += fmt.Sprintf("; did you mean %s?", s)
	}
	return nil, errors.New(msg)
}

// groups writes flags under the names of their groups.
func (p *page) groups(all []option) {
	for _, group := range groupNames(all) {
		p.line("")
		p.line(group + ":")
		for _, o := range all {
			if o.group == group {
				p.entry(o.head(), o.text(), optionColumn)
			}
		}
	}
}

// index names flags by group, and says how to read about them.
func (p *page) index(rest []option) {
	if len(rest) == 0 {
		return
	}
	p.line("")
	p.line("More flags; --help=GROUP, --help=FLAG or --help=all describes them:")
	for _, group := range groupNames(rest) {
		var names []string
		for _, o := range rest {
			if o.group == group {
				names = append(names, dashed(o.long()))
			}
		}
		p.entry(topicOf(group), strings.Join(names, " "), commandColumn)
	}
}
