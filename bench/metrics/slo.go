package metrics

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/bench/results"
)

// An SLO is what a service promises: bounds that each answer keeps, and bounds that a percentile of all answers keeps.
// [ParseSLO] makes one.
type SLO struct {
	text   string
	bounds []bound // of each request
	limits []bound // of a percentile
}

// A bound is one condition of an SLO.
type bound struct {
	text    string // "ttft<=300ms"
	measure *Measure
	stat    string // "p99"; empty for a bound of each request
	op      Operator
	value   float64
}

// SLOConfig is the name under which [results.Run.Config] has the SLO that a run was made for.
const SLOConfig = "slo"

// sloOf returns the SLO that a run was made for, nil for none. Errors are those of [ParseSLO].
func sloOf(run *results.Run) (*SLO, error) {
	text, _ := run.Config[SLOConfig].(string)
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	return ParseSLO(text)
}

// ParseSLO reads conditions that are joined by commas, all of which must hold:
//
//	ttft<=300ms       of each request: ttft, ttfc, ttfb, ttfo, tpot, latency, scheduled_latency, gen_speed
//	latency.p99<=2s   of all answers: p50, p90, p95, p99, p999, mean or max of the same metrics
//
// Times take a unit (us, ms, s, min), gen_speed is in tokens/s. Names that other tools have for one metric will do.
func ParseSLO(text string) (*SLO, error) {
	s := &SLO{text: strings.TrimSpace(text)}
	for part := range strings.SplitSeq(text, ",") {
		b, err := parseBound(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		if b.stat == "" {
			s.bounds = append(s.bounds, b)
		} else {
			s.limits = append(s.limits, b)
		}
	}
	return s, nil
}

// String returns the SLO as it was written.
func (s *SLO) String() string { return s.text }

// Streamed returns the first condition that only answers can keep that are streamed; "" for none.
func (s *SLO) Streamed() string {
	for _, b := range slices.Concat(s.bounds, s.limits) {
		if slices.Contains([]string{"ttft", "ttfc", "ttfo", "tpot"}, b.measure.Name) {
			return b.text
		}
	}
	return ""
}

func parseBound(text string) (bound, error) {
	at := strings.IndexAny(text, "<>")
	if at < 0 {
		return bound{}, fmt.Errorf("condition %q: expected one such as ttft<=300ms or latency.p99<=2s", text)
	}
	b := bound{text: text, op: Operator(text[at : at+1])}
	rest := text[at+1:]
	if after, ok := strings.CutPrefix(rest, "="); ok {
		b.op, rest = b.op+"=", after
	}
	name, stat, dotted := strings.Cut(strings.TrimSpace(text[:at]), ".")
	var err error
	if b.measure, err = measureNamed(name); err != nil {
		return bound{}, fmt.Errorf("condition %q: %w", text, err)
	}
	if b.stat = stat; dotted && statistics[stat] == nil {
		return bound{}, fmt.Errorf("condition %q: %s has no %q: expected p50, p90, p95, p99, p999, mean or max", text, name, stat)
	}
	if b.value, err = b.measure.parse(strings.TrimSpace(rest)); err != nil {
		return bound{}, fmt.Errorf("condition %q: %w", text, err)
	}
	return b, nil
}

// measureNamed finds a measure by its name or by one that other tools give it, if that is clear.
func measureNamed(name string) (*Measure, error) {
	names := []string{name}
	if others := foreign[plain(name)]; len(others) > 0 {
		names = others
	}
	if len(names) > 1 {
		return nil, fmt.Errorf("%s can mean %s: name the one you mean", name, strings.Join(names, " or "))
	}
	i := slices.IndexFunc(Measures[:], func(m Measure) bool { return plain(m.Name) == plain(names[0]) })
	if i < 0 {
		known := make([]string, len(Measures))
		for i, m := range Measures {
			known[i] = m.Name
		}
		return nil, fmt.Errorf("no metric %q of one request: expected one of %s", name, strings.Join(known, ", "))
	}
	return &Measures[i], nil
}

// parse reads a value of the measure, in the unit that its samples have.
func (m *Measure) parse(text string) (float64, error) {
	end := len(strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzµ/ "))
	v, err := strconv.ParseFloat(text[:end], 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) || v < 0 {
		if m.Unit == "s" {
			return 0, fmt.Errorf("%q: expected a time that is not negative, such as 300ms or 2s", text)
		}
		return 0, fmt.Errorf("%q: expected a number that is not negative", text)
	}
	unit := strings.TrimSpace(text[end:])
	switch seconds, isTime := InSeconds(v, unit); {
	case m.Unit == "s" && isTime:
		return seconds, nil
	case m.Unit == "s":
		return 0, fmt.Errorf("%q: %s is a time: expected one such as 300ms", text, m.Name)
	case unit == "", unit == m.Unit, unit == "/s":
		return v, nil
	}
	return 0, fmt.Errorf("%q: %s is in %s: expected a number such as 20", text, m.Name, m.Unit)
}

// holds compares a value with the bound.
func (b *bound) holds(v float64) bool { return b.op.Holds(v, b.value) }

// keptBy reports whether an answer keeps a bound of each request. One that is known to be a single token has no tpot, and
// so cannot miss a bound of it.
func (b *bound) keptBy(r *results.Record) bool {
	v, ok := b.measure.Of(r)
	single := b.measure.Name == "tpot" && r.OutputTokens == 1 && r.TokenSource != results.TokensUnknown
	return ok && b.holds(v) || single
}
