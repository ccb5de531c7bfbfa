package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/schemas"
)

// candidate is something that may come next on a command line.
type candidate struct{ text, about string }

// candidates are the words that the last of words may become.
func (a *app) candidates(words []string) []candidate {
	words = joinAssigned(words)
	last, before := words[len(words)-1], words[:len(words)-1]
	c, rest := a.find(before)
	switch {
	case c == nil && len(rest) == 0, c != nil && c.Name == "help":
		return beginning(a.commandsAfter(c, rest), last)
	case c == nil || slices.Contains(rest, "--"):
		return []candidate{{text: ":files"}}
	}
	all := options(c)
	if name, value, ok := strings.Cut(last, "="); ok && strings.HasPrefix(last, "-") {
		return prefixed(name+"=", valuesOf(all, name, value))
	}
	if n := len(rest); n > 0 && strings.HasPrefix(rest[n-1], "-") && rest[n-1] != "-" {
		if flag := strings.TrimSuffix(rest[n-1], "="); takesValue(all, flag) {
			return valuesOf(all, flag, last)
		}
	}
	if strings.HasPrefix(last, "-") {
		return beginning(flagsLeft(all, rest), last)
	}
	if len(rest) == 0 && len(c.Subcommands) > 0 {
		if subs := beginning(describeCommands(c.Subcommands), last); len(subs) > 0 {
			return subs
		}
	}
	return a.argumentsOf(c, rest, last)
}

// joinAssigned puts together what bash splits: `--flag = value` becomes `--flag=` and the value, which stay apart
// because bash replaces only the value.
func joinAssigned(words []string) []string {
	var joined []string
	for _, w := range words {
		if n := len(joined); w == "=" && n > 0 && strings.HasPrefix(joined[n-1], "--") {
			joined[n-1] += "="
			continue
		}
		joined = append(joined, w)
	}
	if n := len(joined); strings.HasSuffix(joined[n-1], "=") && words[len(words)-1] == "=" {
		joined = append(joined, "")
	}
	return joined
}

// commandsAfter are the commands that help can be asked about.
func (a *app) commandsAfter(help *cli.Command, rest []string) []candidate {
	if help == nil || len(rest) == 0 {
		return describeCommands(a.cli.VisibleCommands())
	}
	c, more := a.find(rest)
	if c == nil || len(more) > 0 {
		return nil
	}
	found := append(describeCommands(c.Subcommands), candidate{"all", "every flag"})
	for _, g := range groupNames(options(c)) {
		found = append(found, candidate{topicOf(g), "flags: " + g})
	}
	return found
}

func describeCommands(commands []*cli.Command) []candidate {
	var all []candidate
	for _, c := range commands {
		all = append(all, candidate{c.Name, c.Usage})
	}
	return all
}

// flagsLeft are the flags that can still be given.
func flagsLeft(all []option, given []string) []candidate {
	var left []candidate
	for _, o := range all {
		if o.repeats || !isGiven(o, given) {
			left = append(left, candidate{dashed(o.long()), o.usage})
		}
	}
	return append(left, candidate{"--" + configFlag, "settings in the place of " + configName}, candidate{"--help", "what the command does"})
}

func optionNamed(all []option, name string) (option, bool) {
	i := slices.IndexFunc(all, func(o option) bool { return slices.Contains(o.flag.Names(), strings.TrimLeft(name, "-")) })
	if i < 0 {
		return option{}, false
	}
	return all[i], true
}

func takesValue(all []option, name string) bool {
	o, ok := optionNamed(all, name)
	return ok && o.value != "" || name == "--"+configFlag
}

// valuesOf are what the value of a flag may become: its words, files, or nothing that could be known.
func valuesOf(all []option, name, value string) []candidate {
	o, _ := optionNamed(all, name)
	switch {
	case strings.HasPrefix(o.value, "FILE"), o.value == "PATH", name == "--"+configFlag:
		return []candidate{{text: ":files"}}
	case o.value == "FOLDER", o.value == "DIR":
		return []candidate{{text: ":folders"}}
	}
	head := ""
	if i := strings.LastIndex(value, ","); o.value == "LIST" && i >= 0 {
		head, value = value[:i+1], value[i+1:]
	}
	var fixed []candidate
	for _, w := range fixedWords(o) {
		fixed = append(fixed, candidate{text: w})
	}
	return prefixed(head, beginning(fixed, value))
}

// argumentsOf are the words that an argument of the command may become, or :files.
func (a *app) argumentsOf(c *cli.Command, given []string, last string) []candidate {
	switch name := strings.TrimPrefix(c.HelpName, "promptmill "); name {
	case "completion":
		return beginning([]candidate{{text: "bash"}, {text: "zsh"}, {text: "fish"}}, last)
	case "config show":
		return beginning(a.commandsAfter(nil, nil), last)
	case "schema":
		var all []candidate
		for _, s := range schemas.List() {
			all = append(all, candidate{s.Name, s.Title})
		}
		return beginning(all, last)
	}
	switch {
	case c.ArgsUsage == "":
		return nil
	case strings.HasPrefix(c.ArgsUsage, "FOLDER"), strings.HasPrefix(c.ArgsUsage, "DIR"):
		return []candidate{{text: ":folders"}}
	}
	return []candidate{{text: ":files"}}
}

// beginning keeps the candidates that begin with what was typed.
func beginning(all []candidate, typed string) []candidate {
	return slices.DeleteFunc(all, func(c candidate) bool { return !strings.HasPrefix(c.text, typed) })
}

func prefixed(head string, all []candidate) []candidate {
	for i := range all {
		if head != "" && !strings.HasPrefix(all[i].text, ":") {
			all[i].text = head + all[i].text
		}
	}
	return all
}

var (
	aside  = regexp.MustCompile(`\s*\([^)]*\)`)
	comma  = regexp.MustCompile(`,? or |, `)
	clause = regexp.MustCompile(`[:;.] `)
	fixed  = regexp.MustCompile(`^[a-z0-9][a-z0-9_./-]*$`)
)

// fixedWords are the words that a flag takes, as its help lists them: `text: a, b or c`, `LIST of a, b`. A flag whose
// value help gives a name, such as N or URL, has none.
func fixedWords(o option) []string {
	if o.value != "WORD" && o.value != "LIST" {
		return nil
	}
	for _, part := range clause.Split(aside.ReplaceAllString(o.usage, ""), -1) {
		items := comma.Split(part, -1)
		if i := strings.LastIndex(items[0], "of "); i >= 0 {
			items[0] = items[0][i+3:]
		}
		end := slices.IndexFunc(items, func(s string) bool { return !fixed.MatchString(strings.TrimSpace(s)) })
		if end < 0 {
			end = len(items)
		}
		if end >= 2 {
			return items[:end]
		}
	}
	return nil
}
