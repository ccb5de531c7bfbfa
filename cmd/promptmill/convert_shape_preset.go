package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// A preset is a named set of flags, for datasets of one kind. Flags that are given win over those of the preset.
type preset struct {
	name  string
	about string
	flags [][2]string // in the order that help shows
}

var presets = []preset{
	{"alpaca", "instruction, perhaps with input -> output", [][2]string{{"rule", "R4"}}},
	{"chat", "a whole conversation, to its last user turn", [][2]string{{"rule", "R1"}, {"turns", "all"}}},
	{"sharegpt", "the first turn of a conversation and its answer", [][2]string{{"rule", "R1"}, {"turns", "first"}}},
	{"turns", "a list of questions, each on its own", [][2]string{{"rule", "R3"}, {"turns", "each"}}},
	{"qa", "question -> answer", [][2]string{{"rule", "R7"}}},
	{"context-qa", "a passage and a question about it -> answer", [][2]string{{"rule", "R5"}}},
	{"math-qa", "question -> the result after #### in the answer", [][2]string{{"rule", "R7"}, {"expected-extract", `####\s*(.+)`}}},
	{"mcq", "question and choices -> the letter", [][2]string{{"rule", "R6"}, {"system", "Answer with the letter of the right choice and nothing else."}}},
	{"summary", "article or dialogue -> summary", [][2]string{{"rule", "R10"}}},
}

// inPlaceOf names the flags that say otherwise what a preset would.
var inPlaceOf = map[string][]string{"rule": {"prompt-column", "prompt-template"}, "system": {"system-column"}}

// String shows the preset as help does.
func (p preset) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %-10s  %s:", p.name, p.about)
	for _, f := range p.flags {
		value := f[1]
		if strings.ContainsAny(value, ` #*()`) {
			value = "'" + value + "'"
		}
		fmt.Fprintf(&b, " --%s %s", f[0], value)
	}
	return b.String()
}

// presetHelp lists the presets, one per line.
func presetHelp() string {
	lines := []string{"Presets of --preset; flags beside it win:"}
	for _, p := range presets {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// applyPreset sets the flags of --preset that are not given.
func applyPreset(c *cli.Context) error {
	name := c.String("preset")
	if name == "" && !c.IsSet("preset") {
		return nil
	}
	i := slices.IndexFunc(presets, func(p preset) bool { return p.name == name })
	if i < 0 {
		var names []string
		for _, p := range presets {
			names = append(names, p.name)
		}
		return usagef("--preset %q: expected one of %s", name, strings.Join(names, ", "))
	}
	for _, f := range presets[i].flags {
		if slices.ContainsFunc(append(inPlaceOf[f[0]], f[0]), c.IsSet) {
			continue
		}
		if err := c.Set(f[0], f[1]); err != nil {
			return err
		}
	}
	return nil
}
