package main

import "strings"

// Kinds of what the description of a command is made of.
const (
	blank     = iota
	heading   // ends in a colon
	example   // is indented
	paragraph // on one line
)

// block is a piece of a description, which help, man pages and docs/cli.md show each in their own way.
type block struct {
	kind int
	text string
}

// blocks parses a description. Lines that a backslash continues are one, and so are the lines of a paragraph.
func blocks(description string) []block {
	var all []block
	last := func() *block {
		if len(all) == 0 {
			return new(block)
		}
		return &all[len(all)-1]
	}
	continued := false
	for l := range strings.SplitSeq(description, "\n") {
		text, goesOn := strings.CutSuffix(l, ` \`)
		switch {
		case continued:
			last().text += " " + strings.TrimSpace(text)
		case l == "":
			all = append(all, block{})
		case strings.HasPrefix(l, " "):
			all = append(all, block{example, text})
		case last().kind == paragraph:
			last().text += " " + text
			if strings.HasSuffix(l, ":") {
				last().kind = heading
			}
		case strings.HasSuffix(l, ":"):
			all = append(all, block{heading, text})
		default:
			all = append(all, block{paragraph, text})
		}
		continued = goesOn
	}
	return all
}
