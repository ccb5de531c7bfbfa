package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A Judgement is what came of a gate for one benchmark.
type Judgement struct {
	Gate      string // as it was written
	Result    string // name of the result that it was checked on
	Benchmark string // name
	Outcome   Outcome
	Reason    string // what was found: values, bounds, why it could not be checked
}

// An Outcome is whether a gate was met.
type Outcome string

// Outcomes.
const (
	Passed    Outcome = "passed"
	Failed    Outcome = "failed"
	Unchecked Outcome = "unchecked" // the sample is too small to say
)

// truth is what an expression comes to: there may be too little to say.
type truth int

const (
	isFalse truth = iota
	isTrue
	isUnsure  // the sample cannot certify it
	isMissing // there is nothing to measure
)

type finding struct {
	truth  truth
	reason string
}

// subject is what gates are checked on.
type subject struct {
	benchmark *Benchmark
	rows      []Row // of the comparison with the baseline; nil without one
	force     bool  // check also what the sample cannot certify
}

// Check checks gates on every pair of a comparison. A gate with a change in it fails only when the row that it names
// has changed beyond chance: a change that has not counts as none. A percentile that a sample does not certify is not
// checked, unless force says so; a figure that is not there at all fails.
func Check(c *Comparison, gates []*Gate, force bool) []Judgement {
	var out []Judgement
	for _, g := range gates {
		for i := range c.Pairs {
			p := &c.Pairs[i]
			if g.about(p.Base.Load(), p.Other.Load(), p.Name, p.Other.Name) {
				out = append(out, g.judge(c.Other.Name, &subject{p.Other, p.Rows, force}))
			}
		}
	}
	return out
}

// CheckAlone checks gates without a baseline on a result. Gates with a change in them fail.
func CheckAlone(r *Result, gates []*Gate, force bool) []Judgement {
	var out []Judgement
	for _, g := range gates {
		for i := range r.Benchmarks {
			if b := &r.Benchmarks[i]; g.about(b.Load(), b.Name) {
				out = append(out, g.judge(r.Name, &subject{b, nil, force}))
			}
		}
	}
	return out
}

func (g *Gate) about(names ...string) bool { return g.scope == "" || slices.Contains(names, g.scope) }

func (g *Gate) judge(result string, s *subject) Judgement {
	f := g.expr.eval(s)
	j := Judgement{Gate: g.Text, Result: result, Benchmark: s.benchmark.Name, Outcome: Failed, Reason: f.reason}
	switch {
	case f.truth == isUnsure:
		j.Outcome = Unchecked
	case f.truth != isMissing && (f.truth == isTrue) == g.must:
		j.Outcome = Passed
	}
	return j
}

func (e all) eval(s *subject) finding    { return joined(e, s, isFalse) }
func (e either) eval(s *subject) finding { return joined(e, s, isTrue) }

// joined evaluates the parts of an expression that decisive decides alone. What is missing or unsure in one part
// matters only where no other decides.
func joined(parts []expression, s *subject, decisive truth) finding {
	worst := finding{truth: isTrue - decisive}
	var reasons []string
	for _, part := range parts {
		f := part.eval(s)
		if f.truth == decisive {
			return f
		}
		if f.truth > isTrue && f.truth > worst.truth {
			worst.truth = f.truth
		}
		reasons = append(reasons, f.reason)
	}
	worst.reason = strings.Join(reasons, "; ")
	return worst
}

func (t term) eval(s *subject) finding {
	if t.relative {
		return t.evalChange(s)
	}
	v, samples, least := t.figure.value(s.benchmark)
	switch {
	case math.IsNaN(v):
		return finding{isMissing, fmt.Sprintf("%s has no value", t.figure)}
	case samples < least && !s.force:
		return finding{isUnsure, fmt.Sprintf("%s takes %d requests and has %d", t.figure, least, samples)}
	}
	kind, _ := t.figure.kind()
	return t.found(v, fmt.Sprintf("%s is %s", t.figure, kind.format(v)))
}

func (t term) evalChange(s *subject) finding {
	i := slices.IndexFunc(s.rows, func(r Row) bool { return r.Metric == t.figure.Metric && r.Stat == t.figure.Stat })
	if i < 0 {
		return finding{isMissing, fmt.Sprintf("%s is not in both results", t.figure)}
	}
	r := &s.rows[i]
	v := r.Change
	if !t.share && r.Kind != Share {
		v = r.Other - r.Base
	}
	switch {
	case math.IsNaN(v):
		return finding{isMissing, fmt.Sprintf("%s has no change: %s against %s", t.figure, r.Kind.format(r.Other), r.Kind.format(r.Base))}
	case r.Verdict == Unknown && !s.force:
		return finding{isUnsure, fmt.Sprintf("%s was not tested: %s", t.figure, r.Why)}
	}
	text := fmt.Sprintf("%s changed by %s, from %s to %s", t.figure, r.formatChange(r.Change), r.Kind.format(r.Base), r.Kind.format(r.Other))
	if r.Stat == "paired" {
		text = fmt.Sprintf("%s changed by %s over %d pairs", t.figure, r.formatChange(r.Change), r.Samples[0])
	}
	if r.Verdict == Same {
		v, text = 0, text+": no more than chance"
	}
	return t.found(v, text)
}

func (t term) found(v float64, text string) finding {
	if t.op.Holds(v, t.bound) {
		return finding{isTrue, fmt.Sprintf("%s (%s)", text, t.text)}
	}
	return finding{isFalse, fmt.Sprintf("%s (not %s)", text, t.text)}
}

// format prints a value of the kind with three digits.
func (k Kind) format(v float64) string {
	switch {
	case math.IsNaN(v):
		return "-"
	case k == Share:
		return fmt.Sprintf("%.3g %%", 100*v)
	case k == PerSecond:
		return fmt.Sprintf("%.4g/s", v)
	case math.Abs(v) < 1:
		return fmt.Sprintf("%.3g ms", 1000*v)
	}
	return fmt.Sprintf("%.4g s", v)
}

func (r *Row) formatChange(v float64) string {
	if r.Kind == Share {
		return fmt.Sprintf("%+.3g pp", 100*v)
	}
	return fmt.Sprintf("%+.3g %%", 100*v)
}
