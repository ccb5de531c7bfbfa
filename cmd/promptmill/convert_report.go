package main

import (
	"maps"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert"
)

// tellOfConversion says what was done: to a person on stderr, and with --json as the manifest on stdout.
func (a *app) tellOfConversion(c *cli.Context, in *input, r *convert.Report) error {
	if !c.Bool("quiet") {
		a.sayConverted(c.String("output"), r)
		if n := in.hub.notice(manifestPath(c) != ""); n != "" {
			a.logf("%s", n)
		}
	}
	if !c.Bool("json") {
		return nil
	}
	data, err := r.Manifest.Encode()
	if err != nil {
		return err
	}
	return a.writeJSON(data)
}

func (a *app) sayConverted(path string, r *convert.Report) {
	for _, n := range r.Notices {
		a.logf("%s", n)
	}
	m := r.Manifest
	where := path
	if path == "-" {
		where = "stdout"
	}
	a.logf("%s: %s from %s%s", where, counted(m.Output.Lines, "prompt"), fromRows(m.Rows), inParts(m.Output.Parts))
	for _, reason := range slices.Sorted(maps.Keys(m.Rows.Dropped)) {
		a.logf("  dropped %d: %s", m.Rows.Dropped[reason], reason)
	}
}

// fromRows tells what was read.
func fromRows(l convert.Ledger) string {
	if l.Added > 0 {
		return counted(l.Read+l.Added, "turn") + " in " + counted(l.Read, "row")
	}
	return counted(l.Read, "row")
}
