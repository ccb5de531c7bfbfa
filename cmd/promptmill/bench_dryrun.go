package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
)

// planFlags ask what a run would do, or could.
func planFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "dry-run", Usage: "print what would be sent, and ask no server"},
		&cli.Float64Flag{Name: "price-in", Usage: "of --dry-run: what a million prompt tokens cost, as `PRICE`"},
		&cli.Float64Flag{Name: "price-out", Usage: "of --dry-run: what a million tokens of answers cost, as `PRICE`"},
		&cli.BoolFlag{Name: "self-check", Usage: "measure this machine against the built-in server instead, and print the error"},
	}
}

const (
	bytesPerToken = 4    // of English text, by most tokenizers; the server's own count is in the results
	mostPlanned   = 1000 // a profile that goes on for longer is cut here
)

// plannedLoad is one benchmark of a dry run.
type plannedLoad struct {
	name     string
	requests int           // 0: time decides, and the server's speed
	answers  int           // tokens of all answers at most; 0: the server decides
	length   time.Duration // of sending; 0: the server's speed decides
}

// dryRun prints the plan.
func (a *app) dryRun(c *cli.Context, plan *benchPlan) error {
	for _, flag := range []string{"price-in", "price-out"} {
		if p := c.Float64(flag); !(p >= 0) {
			return usagef("--%s %v: expected a price of 0 or more for a million tokens", flag, p)
		}
	}
	var loads []plannedLoad
	more := false
	for _, cell := range plan.runs() {
		known, goesOn := plannedLoads(cell)
		loads, more = append(loads, known...), more || goesOn
	}
	text := promptBytes(plan.prompts.prompts)
	fmt.Fprintf(a.stdout, "%s: %s of about %s each (%d bytes taken for one)\n\n", printable(plan.promptPath),
		counted(len(plan.prompts.prompts), "prompt"), counted(text/int64(len(plan.prompts.prompts))/bytesPerToken, "token"), bytesPerToken)
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "requests\tprompt tokens\tanswer tokens\tsends for\t  benchmark")
	var total plannedLoad
	known, bounded, timed := true, true, true
	for _, l := range loads {
		fmt.Fprintf(table, "%s\t  %s\n", plan.planLine(l, text), l.name)
		total.requests += l.requests
		total.answers += l.answers
		total.length += l.length
		known, bounded, timed = known && l.requests > 0, bounded && l.answers > 0, timed && l.length > 0
	}
	if !known {
		total.requests = 0
	}
	if !bounded {
		total.answers = 0
	}
	if !timed {
		total.length = 0
	}
	if len(loads) > 1 {
		fmt.Fprintf(table, "%s\t  in all\n", plan.planLine(total, text))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, "\n? is for the speed of the server to decide; answers are at most --max-tokens long.")
	if more {
		fmt.Fprintln(a.stdout, "Benchmarks whose load follows from what the ones before measured are not known yet.")
	}
	a.printCost(c, total, text/int64(len(plan.prompts.prompts)))
	_, err := fmt.Fprintln(a.stdout, "Nothing was sent.")
	return err
}

// plannedLoads are the benchmarks of the profile that are known beforehand. To see which are, it is told two different
// stories of what was measured: what comes in only one of them depends on the measurement.
func plannedLoads(plan *benchPlan) (loads []plannedLoad, more bool) {
	var slow, fast []bench.Outcome
	for len(loads) < mostPlanned {
		s, ok := plan.profile.Next(slow)
		other, goesOn := plan.profile.Next(fast)
		if !ok || !goesOn || s.String() != other.String() {
			return loads, ok || goesOn
		}
		loads = append(loads, plan.load(s))
		slow = append(slow, bench.Outcome{Strategy: s, RequestsPerSecond: float64(1 + len(slow))})
		fast = append(fast, bench.Outcome{Strategy: s, RequestsPerSecond: float64(100 + 50*len(fast))})
		if chain, ok := plan.profile.(bench.Chain); ok && chain.Search(slow) != nil {
			return loads, true // what a search asks next, no story tells
		}
	}
	return loads, true
}

// load is what is known of a benchmark: a request limit, a time, and at a fixed rate each from the other.
func (plan *benchPlan) load(s bench.Strategy) (l plannedLoad) {
	l = plannedLoad{name: plan.varied() + s.String(), requests: plan.requests(), length: plan.limits.MaxDuration}
	if own := s.Length(); own > 0 {
		l.requests = plan.limits.MaxRequests
		l.length = cmp.Or(min(l.length, own), own)
	}
	if n := len(s.Due); n > 0 {
		l.requests = cmp.Or(min(plan.limits.MaxRequests, n), n)
	}
	defer func() { l.answers = l.requests * plan.body.MaxTokens }()
	if !s.Open() {
		return l
	}
	needs := time.Duration(float64(l.requests) / s.Rate * float64(time.Second))
	switch {
	case l.requests == 0 && l.length > 0:
		l.requests = int(s.Rate * l.length.Seconds())
	case l.length == 0 || needs < l.length:
		l.length = needs
	case l.length > 0:
		l.requests = min(l.requests, int(s.Rate*l.length.Seconds()))
	}
	return l
}

// planLine is the figures of a line of the table.
func (plan *benchPlan) planLine(l plannedLoad, text int64) string {
	columns := []string{"?", "?", "?", "?"}
	if l.requests > 0 {
		each := text / int64(len(plan.prompts.prompts)) / bytesPerToken
		columns[0], columns[1] = strconv.Itoa(l.requests), strconv.FormatInt(each*int64(l.requests), 10)
	}
	if l.answers > 0 {
		columns[2] = strconv.Itoa(l.answers)
	}
	if l.length > 0 {
		columns[3] = l.length.Round(time.Millisecond).String()
	}
	return strings.Join(columns, "\t")
}

// printCost prints what the tokens would cost, as far as they and the prices are known.
func (a *app) printCost(c *cli.Context, total plannedLoad, bytesEach int64) {
	in, out := c.Float64("price-in"), c.Float64("price-out")
	switch {
	case in == 0 && out == 0:
	case total.requests == 0:
		fmt.Fprintln(a.stdout, "The cost is not known before --max-requests is.")
	case out > 0 && total.answers == 0:
		fmt.Fprintln(a.stdout, "The cost is not known before --max-tokens is.")
	default:
		prompts := float64(total.requests) * float64(bytesEach) / bytesPerToken * in / 1e6
		answers := float64(total.answers) * out / 1e6
		fmt.Fprintf(a.stdout, "Cost: about %.4g for prompts, at most %.4g for answers, %.4g in all.\n", prompts, answers, prompts+answers)
	}
}

// promptBytes is the length of all texts that the prompts send.
func promptBytes(prompts []bench.Prompt) int64 {
	var n int64
	for _, p := range prompts {
		for _, m := range p.Messages {
			n += int64(len(m.Content))
		}
	}
	return n
}
