package compare

import (
	"errors"
	"fmt"
	"strings"

	"github.com/promptmill/promptmill/bench/compare/stat"
	"github.com/promptmill/promptmill/bench/conditions"
)

// Sentinels of [Compare] for callers that decide by them.
var (
	// ErrDiffers reports results of different work: another model, other prompts, other limits.
	ErrDiffers = errors.New("not the same work")
	// ErrNothing reports results that have no benchmark in common.
	ErrNothing = errors.New("nothing to compare")
)

// Alpha is the share of comparisons of equal results in which any row is called a change by chance.
const Alpha = 0.05

// Options are what a comparison takes. The zero value is the strictest.
type Options struct {
	Across    []string // conditions that differ on purpose, by name: they neither refuse nor warn
	Also      []Figure // rows beside those that every comparison has, such as those that gates name
	MinChange float64  // the least relative change that is called one, five times that in the tail: what two runs of one server differ by
}

// A Comparison is what changed from Base to Other.
type Comparison struct {
	Base, Other *Result
	Pairs       []Pair
	OnlyBase    []string // benchmarks that Other has not, by name
	OnlyOther   []string
	Differs     []conditions.Difference // known ones that were not named in Options.Across
	Warnings    []string                // sentences
	Tests       int                     // rows that were tested, all in one family
}

// A Pair is one strategy at one load in both results.
type Pair struct {
	Name        string
	Base, Other *Benchmark
	Rows        []Row
}

// Compare says what changed from base to other. Every row that both can certify is tested, and the probabilities of all
// of them are corrected together. Errors wrap [ErrDiffers] or [ErrNothing].
func Compare(base, other *Result, o Options) (*Comparison, error) {
	c := &Comparison{Base: base, Other: other}
	if err := c.checkConditions(o.Across); err != nil {
		return nil, err
	}
	pairs, onlyBase, onlyOther := matches(base, other)
	if len(pairs) == 0 {
		return nil, fmt.Errorf("%s and %s: %w: %s against %s; benchmarks are matched by strategy and load",
			base.Name, other.Name, ErrNothing, listed(names(base)), listed(names(other)))
	}
	c.OnlyBase, c.OnlyOther = onlyBase, onlyOther
	for i, m := range pairs {
		c.Pairs = append(c.Pairs, Pair{Name: m.base.Name, Base: m.base, Other: m.other, Rows: rows(i, m, o.Also)})
	}
	c.judge(o.MinChange)
	c.warn()
	return c, nil
}

func listed(names []string) string {
	if len(names) == 0 {
		return "no benchmark"
	}
	return strings.Join(names, ", ")
}

// checkConditions finds the conditions that differ, and refuses decisive ones.
func (c *Comparison) checkConditions(across []string) error {
	named := map[string]bool{}
	for _, name := range across {
		named[name] = true
	}
	var decisive, names []string
	for _, d := range conditions.Differences(c.Base.Conditions, c.Other.Conditions) {
		switch {
		case named[d.Name]:
		case !d.Known():
			if d.Decisive {
				c.Warnings = append(c.Warnings, fmt.Sprintf("Only one of the results tells its %s: whether it is the same is not known.", d.Name))
			}
		case d.Decisive:
			decisive = append(decisive, fmt.Sprintf("%s %q against %q", d.Name, d.Value, d.Other))
			names = append(names, d.Name)
		default:
			c.Differs = append(c.Differs, d)
		}
	}
	if len(decisive) > 0 {
		return fmt.Errorf("%s and %s: %w: %s; where that is what you compare say --across %s",
			c.Base.Name, c.Other.Name, ErrDiffers, strings.Join(decisive, ", "), strings.Join(names, ","))
	}
	return nil
}

// judge corrects the probabilities of all rows that were tested, as one family, and gives each row its verdict.
func (c *Comparison) judge(minChange float64) {
	var tested []*Row
	var ps []float64
	for i := range c.Pairs {
		for j := range c.Pairs[i].Rows {
			if r := &c.Pairs[i].Rows[j]; r.Tested() {
				tested = append(tested, r)
				ps = append(ps, r.P)
			}
		}
	}
	for i, p := range stat.Holm(ps) {
		tested[i].Adjusted = p
		tested[i].judge(minChange)
	}
	c.Tests = len(tested)
}

// warn says what to know before reading the rows.
func (c *Comparison) warn() {
	if program(c.Base) != program(c.Other) {
		c.Warnings = append(c.Warnings, fmt.Sprintf("%s and %s were measured by different programs, which define their metrics each in its own way.",
			c.Base.Name, c.Other.Name))
	}
	for i := range c.Pairs {
		p := &c.Pairs[i]
		c.warnOf(c.Base, p.Base)
		c.warnOf(c.Other, p.Other)
		if a, b := p.Base.CachedTokenShare, p.Other.CachedTokenShare; max(a, b)-min(a, b) > cachedMost {
			c.Warnings = append(c.Warnings, fmt.Sprintf("%s: %.0f %% of the prompt tokens came from the server's cache in %s, %.0f %% in %s.",
				p.Name, 100*a, c.Base.Name, 100*b, c.Other.Name))
		}
	}
}

// warnOf says why the figures of one side may not be the server's.
func (c *Comparison) warnOf(r *Result, b *Benchmark) {
	if len(b.ClientLimited) > 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("%s of %s: the client may have set the figures. %s", b.Name, r.Name, strings.Join(b.ClientLimited, " ")))
	}
	if b.Counts.OK == 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("%s of %s: no request succeeded.", b.Name, r.Name))
	}
}

// cachedMost is how far apart the shares of cached prompt tokens may be.
const cachedMost = 0.05

// program is the name of the program that measured a result, without its version.
func program(r *Result) string {
	name, _, _ := strings.Cut(r.Tool, " ")
	return name
}

// Count returns how many rows have a verdict.
func (c *Comparison) Count(v Verdict) int {
	n := 0
	for i := range c.Pairs {
		for j := range c.Pairs[i].Rows {
			if c.Pairs[i].Rows[j].Verdict == v {
				n++
			}
		}
	}
	return n
}
