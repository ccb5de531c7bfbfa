package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report"
	"github.com/promptmill/promptmill/bench/results"
)

// sloExample is an SLO as one writes it.
const sloExample = "ttft<=300ms,tpot<=50ms,latency.p99<=2s"

// sloFlags say what a good answer is.
func sloFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: metrics.SLOConfig, Usage: "conditions of good answers, such as '" + sloExample + "': the report counts the requests that keep them"},
	}
}

// sloPlan is what report was asked about an SLO.
type sloPlan struct {
	slo   *metrics.SLO // nil for that of the run
	share float64      // the least share of good requests
	gate  bool         // a miss is a failure
}

func readSLO(c *cli.Context) (sloPlan, error) {
	var p sloPlan
	var err error
	if text := c.String("slo"); text != "" {
		if p.slo, err = metrics.ParseSLO(text); err != nil {
			return p, usagef("--slo: %w", err)
		}
	}
	if text := c.String("fail-slo"); text != "" {
		if p.share, err = parsePercent(text); err != nil {
			return p, usagef("--fail-slo %w", err)
		}
		p.gate = true
	}
	return p, nil
}

func (p *sloPlan) summarize(f *results.File) (*metrics.Summary, error) {
	if p.slo != nil {
		return metrics.SummarizeFor(p.slo, &f.Run, f.Records())
	}
	return metrics.Summarize(&f.Run, f.Records())
}

// sloVerdict turns a missed SLO into the error of the command, if that was asked for. Percentiles that the sample does not
// certify are told and do not fail it.
func (a *app) sloVerdict(p sloPlan, s *metrics.Summary) error {
	if !p.gate {
		return nil
	}
	var missed []string
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		if b.Goodput == nil {
			return usagef("--fail-slo needs an SLO: name one with --slo, such as '%s'; the run has none", sloExample)
		}
		kept, unchecked := b.Goodput.Kept(p.share)
		for _, bound := range unchecked {
			a.logf("not checked: %s in %s: too few answers to certify it", bound, b.Name)
		}
		if !kept {
			missed = append(missed, fmt.Sprintf("%s: %s", b.Name, sloMissed(b.Goodput, p.share)))
		}
	}
	if len(s.Benchmarks) == 0 {
		missed = append(missed, "no benchmark was measured")
	}
	if len(missed) > 0 {
		return withCode(exitFailed, fmt.Errorf("SLO missed in %s", strings.Join(missed, nextLine+"SLO missed in ")))
	}
	return nil
}

// inUnit is the value that a bound of all answers was held against.
func inUnit(p *metrics.PercentileResult) string {
	if p.Unit() == "s" {
		return report.Seconds(p.Value)
	}
	return report.Number(p.Value) + " " + p.Unit()
}

// sloMissed says what was missed.
func sloMissed(g *metrics.Goodput, share float64) string {
	var parts []string
	if g.Share < share {
		parts = append(parts, fmt.Sprintf("%.4g %% of the requests sent are good, %.4g %% were asked for", 100*g.Share, 100*share))
	}
	for _, p := range g.Percentiles {
		if p.Certified && !p.Kept {
			parts = append(parts, fmt.Sprintf("%s is missed, it is %s", p.Bound, inUnit(&p)))
		}
	}
	return strings.Join(parts, "; ")
}
