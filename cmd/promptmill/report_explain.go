package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/metrics"
)

// optional is the value of a flag that may stand alone.
type optional struct {
	given bool
	value string
}

// IsBoolFlag tells the flag parser that no value need follow.
func (o *optional) IsBoolFlag() bool { return true }

// Set implements [cli.Generic]. The parser says "true" of a flag that stands alone.
func (o *optional) Set(value string) error {
	o.given = true
	if value != "true" {
		o.value = value
	}
	return nil
}

func (o *optional) String() string { return o.value }

// explain prints the definition of a metric, or the list of all.
func (a *app) explain(c *cli.Context, metric string) error {
	if metric == "" {
		metric = strings.Join(c.Args().Slice(), " ")
	}
	if metric == "" {
		return a.listMetrics(c.Bool("json"))
	}
	text, ok := explained(metric)
	if !ok {
		var names []string
		for _, d := range metrics.Metrics() {
			names = append(names, d.Name)
		}
		if near := nearest(metric, names); near != "" {
			return usagef("no metric %q: did you mean %s? promptmill report --explain lists all", metric, near)
		}
		return usagef("no metric %q: expected one of %s", metric, strings.Join(names, ", "))
	}
	if f, ok := terminal(a.stdout); ok {
		text = wrapLines(text, width(f))
	}
	_, err := fmt.Fprintln(a.stdout, text)
	return err
}

// explained finds a definition by what a table, a gate or an SLO calls it, too: "TPOT (ITL)", "ttft.p99".
func explained(metric string) (string, bool) {
	if text, ok := metrics.Explain(metric); ok {
		return text, true
	}
	name, _, _ := strings.Cut(metric, "(")
	name, stat, dotted := strings.Cut(strings.TrimSpace(name), ".")
	text, ok := metrics.Explain(name)
	if ok && dotted && strings.HasPrefix(stat, "p") {
		percentiles, _ := metrics.Explain("percentiles")
		text += "\n\n" + percentiles
	}
	return text, ok
}

// wrapLines breaks each line of text at its spaces.
func wrapLines(text string, columns int) string {
	var all []string
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			all = append(all, "")
		}
		all = append(all, fold(strings.Fields(line), columns)...)
	}
	return strings.Join(all, "\n")
}

// listMetrics prints the name, the unit and the first sentence of each definition.
func (a *app) listMetrics(asJSON bool) error {
	all := metrics.Metrics()
	if asJSON {
		return a.printJSON(all)
	}
	var b strings.Builder
	for _, d := range all {
		first, _, more := strings.Cut(d.Definition, ". ")
		if more {
			first += "."
		}
		name := d.Name
		if d.Unit != "" {
			name += " (" + d.Unit + ")"
		}
		fmt.Fprintf(&b, "%s\n  %s\n", name, first)
	}
	_, err := fmt.Fprint(a.stdout, b.String())
	return err
}
