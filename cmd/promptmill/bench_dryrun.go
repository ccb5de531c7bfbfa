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

// plannedLoad is one benchmark of a dry run, or all together. What is 0 is not known: the server's speed decides it.
type plannedLoad struct {
	name     string
	requests int
	length   time.Duration // of sending
	asked    int64         // prompt tokens, about
	answered int64         // tokens of answers, at most
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
		known, unknown := cell.plannedLoads()
		loads = append(loads, known...)
		more = more || unknown
	}
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "requests\tprompt tokens\tanswer tokens\tsends for\t  benchmark")
	for _, l := range loads {
		fmt.Fprintln(table, l)
	}
	all := together(loads)
	if len(loads) > 1 {
		fmt.Fprintln(table, all)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "\n%d bytes are taken for a token of a prompt; answers are at most --max-tokens long; ? is for the server's speed to decide.\n", bytesPerToken)
	if plan.shard.Count > 1 {
		fmt.Fprintf(a.stdout, "This is what all %d shards send together.\n", plan.shard.Count)
	}
	if more {
		fmt.Fprintln(a.stdout, "Benchmarks whose load follows from what the ones before measured are not known yet.")
	}
	a.printCost(c, all)
	_, err := fmt.Fprintln(a.stdout, "Nothing was sent.")
	return err
}

// String is the load's line of the table.
func (l plannedLoad) String() string {
	columns := []string{"?", "?", "?", "?", "  " + printable(l.name)}
	for i, n := range []int64{int64(l.requests), l.asked, l.answered} {
		if n > 0 {
			columns[i] = strconv.FormatInt(n, 10)
		}
	}
	if l.length > 0 {
		columns[3] = l.length.Round(time.Millisecond).String()
	}
	return strings.Join(columns, "\t")
}

// together adds loads up; of what is not known of one, the sum is not known.
func together(loads []plannedLoad) plannedLoad {
	sum := plannedLoad{name: "in all"}
	var unknown plannedLoad
	for _, l := range loads {
		sum.requests, sum.length = sum.requests+l.requests, sum.length+l.length
		sum.asked, sum.answered = sum.asked+l.asked, sum.answered+l.answered
		if l.requests == 0 {
			unknown.requests, unknown.asked = 1, 1
		}
		if l.length == 0 {
			unknown.length = 1
		}
		if l.answered == 0 {
			unknown.answered = 1
		}
	}
	if unknown.requests > 0 {
		sum.requests, sum.asked = 0, 0
	}
	if unknown.length > 0 {
		sum.length = 0
	}
	if unknown.answered > 0 {
		sum.answered = 0
	}
	return sum
}

// plannedLoads are the benchmarks of the profile that are known beforehand. To see which are, it is told two different
// stories of what was measured: what comes in only one of them depends on the measurement.
func (plan *benchPlan) plannedLoads() (loads []plannedLoad, more bool) {
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

// load is what is known of a benchmark.
func (plan *benchPlan) load(s bench.Strategy) plannedLoad {
	prompts := plan.prompts.prompts
	if s.Prompts != nil {
		prompts = s.Prompts
	}
	l := plannedLoad{name: plan.loadName(s), requests: plan.requests(), length: plan.limits.MaxDuration}
	if n := len(s.Due); n > 0 {
		l.requests = cmp.Or(min(plan.limits.MaxRequests, n), n)
	}
	if own := s.Length(); own > 0 {
		l.requests = plan.limits.MaxRequests
		l.length = cmp.Or(min(l.length, own), own)
	}
	if s.Open() {
		l.paced(s.Rate)
	}
	l.asked = int64(plan.requestBytes(prompts) * float64(l.requests) / bytesPerToken)
	l.answered = int64(plan.body.MaxTokens) * int64(l.requests)
	return l
}

// paced works out requests and time from each other: at a fixed rate, either ends the benchmark.
func (l *plannedLoad) paced(rate float64) {
	needs := time.Duration(float64(l.requests) / rate * float64(time.Second))
	if l.length > 0 && (l.requests == 0 || needs > l.length) {
		l.requests = int(rate * l.length.Seconds())
		return
	}
	l.length = needs
}

// printCost prints what the tokens would cost, as far as they and the prices are known.
func (a *app) printCost(c *cli.Context, all plannedLoad) {
	in, out := c.Float64("price-in"), c.Float64("price-out")
	switch {
	case in == 0 && out == 0:
	case all.requests == 0:
		fmt.Fprintln(a.stdout, "The cost is not known before --max-requests is.")
	case out > 0 && all.answered == 0:
		fmt.Fprintln(a.stdout, "The cost is not known before --max-tokens is.")
	default:
		prompts, answers := float64(all.asked)*in/1e6, float64(all.answered)*out/1e6
		fmt.Fprintf(a.stdout, "Cost: about %.4g for prompts, at most %.4g for answers, %.4g in all.\n", prompts, answers, prompts+answers)
	}
}

// requestBytes is the mean length of the texts of a request.
func (plan *benchPlan) requestBytes(prompts []bench.Prompt) float64 {
	n := bench.TextOnce(prompts, plan.users.sessions)
	if plan.client.Endpoint.Ranks() {
		for i := range prompts {
			for _, document := range prompts[i].Documents {
				n += int64(len(document))
			}
		}
	}
	return float64(n) / float64(max(bench.RequestsOnce(prompts, plan.users.sessions), 1))
}
