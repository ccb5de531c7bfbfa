package main

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"
)

const (
	pageWidth     = 80
	commandColumn = 14 // where the text of a command begins
	optionColumn  = 26 // and that of a flag
)

// page is help as it is written: lines of at most pageWidth columns.
type page struct{ strings.Builder }

func (p *page) line(s string) {
	p.WriteString(strings.TrimRight(s, " "))
	p.WriteByte('\n')
}

// prose writes a paragraph.
func (p *page) prose(s string) {
	for _, l := range wrap(s, pageWidth) {
		p.line(l)
	}
}

// entry writes a name, and from the column on what it is; below the name where that is too long.
func (p *page) entry(name, text string, column int) {
	lines := wrap(text, pageWidth-column)
	head := "  " + name
	if pad := column - utf8.RuneCountInString(head); pad >= 2 && len(lines) > 0 {
		head += strings.Repeat(" ", pad) + lines[0]
		lines = lines[1:]
	}
	p.line(head)
	for _, l := range lines {
		p.line(strings.Repeat(" ", column) + l)
	}
}

// description writes the text of a command.
func (p *page) description(s string) {
	for _, b := range blocks(s) {
		switch b.kind {
		case paragraph, heading:
			p.prose(b.text)
		case example:
			p.example(b.text)
		default:
			p.line("")
		}
	}
}

// example writes a command line, folded where it is too long, and what is to be said of it; or a name and what it
// means.
func (p *page) example(s string) {
	command, remark := cutRemark(strings.TrimLeft(s, " "))
	switch {
	case remark != "" && !strings.Contains(command, " "):
		p.entry(command, remark, commandColumn)
		return
	case len(s) <= pageWidth:
		p.line(s)
		return
	case remark != "" && len(command)+len(remark)+4 <= pageWidth:
		p.line("  " + command + "  " + remark)
		return
	}
	lines := []string{command}
	if len(command)+2 > pageWidth {
		lines = fold(clauses(command), pageWidth-8) // what is indented and what ends in " \" is to fit as well
	}
	for i, l := range lines {
		indent := "  "
		if i > 0 {
			indent = "      "
		}
		if i < len(lines)-1 {
			l += ` \`
		}
		p.line(indent + l)
	}
	for _, l := range wrap(remark, pageWidth-6) {
		p.line("      " + l)
	}
}

// cutRemark splits an example from the remark that two spaces or more part from it.
func cutRemark(s string) (command, remark string) {
	command, remark, _ = strings.Cut(s, "  ")
	return command, strings.TrimSpace(remark)
}

// wrap breaks text at spaces into lines of at most width columns; a longer word has a line of its own. A space within
// quotes of an example is none to break at.
func wrap(text string, width int) []string { return fold(words(text), width) }

func fold(words []string, width int) []string {
	var lines []string
	for _, word := range words {
		if n := len(lines) - 1; n >= 0 && utf8.RuneCountInString(lines[n])+1+utf8.RuneCountInString(word) <= width {
			lines[n] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// words splits text at spaces outside of backquotes and of single quotes that open a word.
func words(text string) []string {
	var all []string
	quote := ""
	for w := range strings.FieldsSeq(text) {
		if quote != "" {
			all[len(all)-1] += " " + w
		} else {
			all = append(all, w)
		}
		for _, q := range []string{"`", "'"} {
			switch opens := strings.HasPrefix(w, q) || q == "`"; {
			case quote == "" && opens && strings.Count(w, q)%2 == 1:
				quote = q
			case quote == q && strings.Contains(w, q):
				quote = ""
			}
		}
	}
	return all
}

// clauses are the words of a command line, each flag with its value.
func clauses(command string) []string {
	var all []string
	valued := false // the last is a flag that has no value yet
	for _, w := range words(command) {
		isFlag := strings.HasPrefix(w, "-") && len(w) > 1
		if valued && !isFlag {
			all[len(all)-1] += " " + w
		} else {
			all = append(all, w)
		}
		valued = isFlag
	}
	return all
}

// commandGroup is commands that belong together.
type commandGroup struct {
	name     string
	commands []*cli.Command
}

// commandGroups are the commands by category, in their order.
func commandGroups(commands []*cli.Command) []commandGroup {
	var groups []commandGroup
	for _, c := range commands {
		name := c.Category
		if name == "" {
			name = "Commands"
		}
		i := slices.IndexFunc(groups, func(g commandGroup) bool { return g.name == name })
		if i < 0 {
			i = len(groups)
			groups = append(groups, commandGroup{name: name})
		}
		groups[i].commands = append(groups[i].commands, c)
	}
	return groups
}
