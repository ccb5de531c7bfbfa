package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
)

// varyFlags repeat a profile, with other options or with the same.
func varyFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "vary", Usage: "run the profile with each of several values of a flag, as `FLAG=VALUES` such as max-tokens=64,128 (or with ; where a value has a comma); given again, with each combination"},
		&cli.IntFlag{Name: "repeat", Value: 1, Usage: "run all of it `N` times, so that a report can tell noise from difference"},
		&cli.StringFlag{Name: "cooldown-between", Usage: "`TIME` without load between two benchmarks"},
	}
}

// unvaried are the flags that make a run one, and those that only its end looks at.
var unvaried = []string{"repeat", "vary", "cooldown-between", "trace", "find-max", "seed", "endpoint", "sessions", "session-replies"}

// variation is one flag and the values that it takes.
type variation struct {
	flag   string
	values []string
}

// readVary reads how often and with what the profile is run. The plan is its own cell, or has all of its first.
func (plan *benchPlan) readVary(c *cli.Context) error {
	if plan.repeat = c.Int("repeat"); plan.repeat < 1 {
		return fmt.Errorf("--repeat %d: expected at least 1", plan.repeat)
	}
	var err error
	if plan.between, err = parseSeconds("--cooldown-between", c.String("cooldown-between")); err != nil {
		return err
	}
	var vary []variation
	for _, text := range c.StringSlice("vary") {
		v, err := parseVariation(c, text)
		if err != nil {
			name, _, _ := strings.Cut(text, "=") // the values may be secret
			return fmt.Errorf("--vary %q: %w", name, err)
		}
		if slices.ContainsFunc(vary, func(o variation) bool { return o.flag == v.flag }) {
			return fmt.Errorf("--vary %s is given twice", v.flag)
		}
		vary = append(vary, v)
	}
	if len(vary) == 0 {
		return plan.readCell(c)
	}
	plan.config["vary"] = variationsText(vary)
	var cells []*benchPlan
	for _, values := range combinations(vary) {
		cell, err := plan.cell(c, vary, values)
		if err != nil {
			return err
		}
		cells = append(cells, cell)
	}
	*plan = *cells[0] // what no variation touches, as the seed and the wait for the server, all of them have alike
	plan.cells, plan.vary = cells, nil
	return nil
}

// parseVariation reads "max_tokens=64,128".
func parseVariation(c *cli.Context, text string) (v variation, err error) {
	name, values, found := strings.Cut(text, "=")
	v.flag = strings.ReplaceAll(strings.TrimLeft(strings.TrimSpace(name), "-"), "_", "-")
	separator := ","
	if strings.Contains(values, ";") {
		separator = ";"
	}
	for value := range strings.SplitSeq(values, separator) {
		v.values = append(v.values, strings.TrimSpace(value))
	}
	if !found || slices.Contains(v.values, "") {
		return v, errors.New("expected a flag and its values, such as max-tokens=64,128")
	}
	all := slices.Concat(loadFlags(), limitFlags(), bodyFlags(), userFlags())
	i := slices.IndexFunc(all, func(f cli.Flag) bool { return slices.Contains(f.Names(), v.flag) })
	if i < 0 {
		return v, fmt.Errorf("%s is no flag of the load, the limits or the body: only those can differ within a run", v.flag)
	}
	v.flag = all[i].Names()[0]
	if _, several := all[i].(*cli.StringSliceFlag); several || slices.Contains(unvaried, v.flag) {
		return v, fmt.Errorf("--%s cannot differ within a run", v.flag)
	}
	if c.IsSet(v.flag) {
		return v, fmt.Errorf("--%s is also given by itself; give its value here alone", v.flag)
	}
	return v, nil
}

// variationsText is --vary as it was given, without the secrets.
func variationsText(vary []variation) []string {
	texts := make([]string, len(vary))
	for i, v := range vary {
		separator := ","
		if strings.Contains(strings.Join(v.values, ""), ",") {
			separator = ";"
		}
		texts[i] = v.flag + "=" + withoutSecretMembers(strings.Join(v.values, separator))
	}
	return texts
}

// combinations lists every combination of values, the last of them changing fastest.
func combinations(vary []variation) [][]string {
	all := [][]string{nil}
	for _, v := range vary {
		var longer [][]string
		for _, before := range all {
			for _, value := range v.values {
				longer = append(longer, append(slices.Clone(before), value))
			}
		}
		all = longer
	}
	return all
}

// cell is the plan with one combination of values. What it is called by tells none of their secrets.
func (plan *benchPlan) cell(c *cli.Context, vary []variation, values []string) (*benchPlan, error) {
	cell := *plan
	cell.vary = make(map[string]string)
	for i, v := range vary {
		if err := c.Set(v.flag, values[i]); err != nil {
			return nil, fmt.Errorf("--vary %s=%s: %w", v.flag, values[i], err) // a number or a switch: any text will do for others
		}
		cell.vary[v.flag] = withoutSecretMembers(values[i])
	}
	return &cell, cell.readCell(c)
}

// runs are the plans to run one after another, which have the prompts and headers of the whole.
func (plan *benchPlan) runs() []*benchPlan {
	if len(plan.cells) == 0 {
		return slices.Repeat([]*benchPlan{plan}, plan.repeat)
	}
	for _, cell := range plan.cells {
		cell.prompts, cell.headers = plan.prompts, plan.headers
	}
	return slices.Repeat(plan.cells, plan.repeat)
}

// readCell reads what may differ within a run.
func (plan *benchPlan) readCell(c *cli.Context) error {
	return errors.Join(plan.readProfile(c), plan.readLimits(c), plan.readUsers(c), plan.readBody(c))
}

// loadName is what a load of the plan is called, as reports call it.
func (plan *benchPlan) loadName(s bench.Strategy) string {
	return strings.TrimSpace(s.String() + " " + plan.varied())
}

// varied says what is special of a cell, each option with a space after it.
func (plan *benchPlan) varied() string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(plan.vary)) {
		fmt.Fprintf(&text, "%s=%s ", name, plan.vary[name])
	}
	return text.String()
}

// rest waits between two benchmarks; the end of ctx ends the wait.
func (plan *benchPlan) rest(done <-chan struct{}) {
	if plan.between <= 0 {
		return
	}
	timer := time.NewTimer(plan.between)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-done:
	}
}
