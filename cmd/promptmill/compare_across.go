package main

import (
	"slices"

	"github.com/promptmill/promptmill/bench/conditions"
)

// checkAcross refuses the names of conditions that no run has: one that is misspelt would excuse nothing. Every flag of a
// run is a condition of it.
func (a *app) checkAcross(names []string) error {
	known := conditions.Names()
	for _, f := range a.cli.Command("bench").Flags {
		known = append(known, f.Names()[0])
	}
	for _, name := range names {
		if slices.Contains(known, name) {
			continue
		}
		if near := nearest(name, known); near != "" {
			return usagef("--across %s: no run has such a condition: did you mean %s?", name, near)
		}
		return usagef("--across %s: no run has such a condition: expected model, prompts, endpoint, tool, engine, target, host, seed or a flag of bench, such as max-tokens", name)
	}
	return nil
}
