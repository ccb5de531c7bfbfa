package compare

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/promptmill/promptmill/bench/metrics"
)

// A GateError is a gate that makes no sense.
type GateError struct {
	Gate   string
	Column int // of the character that it is about, from 1
	Reason string
}

// Error names the gate, the place in it and what is wrong there.
func (e *GateError) Error() string {
	return fmt.Sprintf("gate %q, column %d: %s", e.Gate, e.Column, e.Reason)
}

// ParseGate reads a gate, which must hold (must) or must not. Its language:
//
//	ttft.p99 < 300ms                          a bound for the result itself
//	ttft.p99 > +10%                           a sign: the change against the baseline, here relative,
//	latency.p50 > +20ms                       in the unit of the figure,
//	error_rate > +1pp                         or in percentage points
//	ttft.p99 > +10% and ttft.p99 > 300ms      and, or, parentheses
//	[concurrent 8] tpot.p50 > +5%             of one benchmark only
//
// Errors are a *[GateError].
func ParseGate(text string, must bool) (*Gate, error) {
	p := &gateParser{text: text}
	g := &Gate{Text: text, must: must}
	var err error
	if g.scope, err = p.scope(); err != nil {
		return nil, err
	}
	if g.expr, err = p.either(0); err != nil {
		return nil, err
	}
	if p.skip(); p.at < len(text) {
		return nil, p.fail(p.at, "expected and, or, or the end")
	}
	return g, nil
}

// gateParser reads text from at on.
type gateParser struct {
	text string
	at   int
}

func (p *gateParser) fail(at int, format string, args ...any) error {
	return &GateError{p.text, utf8.RuneCountInString(p.text[:at]) + 1, fmt.Sprintf(format, args...)}
}

func (p *gateParser) skip() {
	for p.at < len(p.text) && strings.ContainsRune(" \t\r\n", rune(p.text[p.at])) {
		p.at++
	}
}

// take passes over one of the tokens, if the text goes on with it. Words end where letters do.
func (p *gateParser) take(tokens ...string) (string, bool) {
	p.skip()
	for _, token := range tokens {
		rest, ok := strings.CutPrefix(p.text[p.at:], token)
		if ok && (!wordByte(token[0]) || rest == "" || !wordByte(rest[0])) {
			p.at += len(token)
			return token, true
		}
	}
	return "", false
}

func wordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func (p *gateParser) scope() (string, error) {
	if _, ok := p.take("["); !ok {
		return "", nil
	}
	name, _, ok := strings.Cut(p.text[p.at:], "]")
	if !ok {
		return "", p.fail(len(p.text), "expected ] after the name of the benchmark")
	}
	p.at += len(name) + 1
	if name = strings.TrimSpace(name); name == "" {
		return "", p.fail(p.at-1, "expected the name of a benchmark, such as [concurrent 8]")
	}
	return name, nil
}

// mostNested bounds the parentheses, and so the stack.
const mostNested = 50

func (p *gateParser) either(depth int) (expression, error) {
	parts, err := p.joined(depth, p.all, "or", "||")
	if err != nil || len(parts) == 1 {
		return first(parts), err
	}
	return either(parts), nil
}

func (p *gateParser) all(depth int) (expression, error) {
	parts, err := p.joined(depth, p.unit, "and", "&&")
	if err != nil || len(parts) == 1 {
		return first(parts), err
	}
	return all(parts), nil
}

func first(parts []expression) expression {
	if len(parts) == 0 {
		return nil
	}
	return parts[0]
}

func (p *gateParser) joined(depth int, part func(int) (expression, error), by ...string) ([]expression, error) {
	var parts []expression
	for {
		e, err := part(depth)
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
		if _, ok := p.take(by...); !ok {
			return parts, nil
		}
	}
}

func (p *gateParser) unit(depth int) (expression, error) {
	if _, ok := p.take("("); !ok {
		return p.term()
	}
	if depth == mostNested {
		return nil, p.fail(p.at-1, "more than %d parentheses in each other", mostNested)
	}
	e, err := p.either(depth + 1)
	if err != nil {
		return nil, err
	}
	if _, ok := p.take(")"); !ok {
		return nil, p.fail(p.at, "expected )")
	}
	return e, nil
}

func (p *gateParser) term() (expression, error) {
	p.skip()
	start := p.at
	t := term{figure: Figure{Metric: p.word()}}
	if strings.HasPrefix(p.text[p.at:], ".") {
		p.at++
		t.figure.Stat = p.word()
	}
	kind, err := p.kind(start, t.figure)
	if err != nil {
		return nil, err
	}
	op, ok := p.take("<=", ">=", "<", ">")
	if !ok {
		return nil, p.fail(p.at, "expected <, <=, > or >= after %s", t.figure)
	}
	t.op = metrics.Operator(op)
	if err := p.bound(&t, kind); err != nil {
		return nil, err
	}
	t.text = strings.TrimSpace(p.text[start:p.at])
	return t, nil
}

func (p *gateParser) word() string {
	start := p.at
	for p.at < len(p.text) && wordByte(p.text[p.at]) {
		p.at++
	}
	return p.text[start:p.at]
}

// kind checks that there is such a figure.
func (p *gateParser) kind(at int, f Figure) (Kind, error) {
	kind, ok := f.kind()
	switch {
	case ok:
		return kind, nil
	case f.Metric == "":
		return 0, p.fail(at, "expected a metric, such as ttft.p99 or error_rate")
	case dists[f.Metric] != nil && f.Stat == "":
		return 0, p.fail(p.at, "%s is a distribution: say which value of it, such as %s.p99", f.Metric, f.Metric)
	case dists[f.Metric] != nil:
		return 0, p.fail(at, "%s has no %q: expected one of %s", f.Metric, f.Stat, strings.Join(statistics(), ", "))
	case f.Stat != "" && (Figure{Metric: f.Metric}).exists():
		return 0, p.fail(at, "%s is one number and has no %q", f.Metric, f.Stat)
	}
	return 0, p.fail(at, "no metric %q: expected one of %s", f.Metric, metricNames())
}

func (f Figure) exists() bool {
	_, ok := f.kind()
	return ok
}

// bound reads the value that the figure is compared with, and what it is compared as.
func (p *gateParser) bound(t *term, kind Kind) error {
	p.skip()
	start := p.at
	sign := 1.0
	if s, ok := p.take("+", "-"); ok {
		t.relative = true
		if s == "-" {
			sign = -1
		}
	}
	v, err := p.number()
	if err != nil {
		return err
	}
	v *= sign
	unit := p.unitName()
	seconds, isTime := metrics.InSeconds(v, unit)
	switch {
	case t.figure.Stat == "paired" && (!t.relative || unit != "%"):
		return p.fail(start, "%s is a change: compare it with one, such as +10%%", t.figure)
	case t.relative && !tested(t.figure):
		return p.fail(start, "changes of %s are not tested: compare it with a bound without a sign", t.figure)
	case t.relative && unit == "%" && kind != Share:
		t.share, t.bound = true, v/100
	case kind == Share && (t.relative && unit == "pp" || !t.relative && unit == "%"):
		t.bound = v / 100
	case kind == Share && unit == "" && !t.relative, kind == PerSecond && (unit == "" || unit == "/s"):
		t.bound = v
	case kind == Seconds && isTime:
		t.bound = seconds
	default:
		return p.fail(start, "%s", wantedBound(t, kind))
	}
	return nil
}

// tested reports whether a comparison can have a test of the figure.
func tested(f Figure) bool {
	_, isMeasure := measureOf(f.Metric)
	_, isRate := rateOf(f.Metric)
	return (isMeasure && moments[f.Stat] == nil) || isRate || f.Metric == "error_rate"
}

func wantedBound(t *term, kind Kind) string {
	switch kind {
	case Share:
		return fmt.Sprintf("%s is a share: expected one such as 1%%, or +1pp for a change in percentage points", t.figure)
	case PerSecond:
		return fmt.Sprintf("%s is a rate: expected one such as 100/s, or +10%% for a change", t.figure)
	}
	return fmt.Sprintf("%s is a time: expected one such as 300ms, or +10%% or +20ms for a change", t.figure)
}

// number reads digits with an optional point.
func (p *gateParser) number() (float64, error) {
	start := p.at
	for p.at < len(p.text) && (p.text[p.at] >= '0' && p.text[p.at] <= '9' || p.text[p.at] == '.') {
		p.at++
	}
	v, err := strconv.ParseFloat(p.text[start:p.at], 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, p.fail(start, "expected a number")
	}
	return v, nil
}

// unitName reads what follows a number.
func (p *gateParser) unitName() string {
	p.skip()
	for _, unit := range []string{"%", "pp", "/s", "ns", "us", "µs", "ms", "min", "s", "h"} {
		rest, ok := strings.CutPrefix(p.text[p.at:], unit)
		if ok && (rest == "" || !wordByte(rest[0])) {
			p.at += len(unit)
			return unit
		}
	}
	return ""
}
