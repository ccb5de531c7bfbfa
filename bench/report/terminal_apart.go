package report

import (
	"fmt"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
)

// apart says, where requests were given up on purpose or sent in a cool-down, how many are in no table, and how many turns
// of conversations were never sent.
func (t *terminal) apart() {
	for i := range t.s.Benchmarks {
		b := &t.s.Benchmarks[i]
		if b.Counts.Cancelled > 0 || b.Counts.Cooldown > 0 {
			t.wrapped("", b.Name+", not in the tables: "+setApart(&b.Counts)+".", dim)
		}
		if b.TurnsDropped > 0 {
			t.wrapped("", fmt.Sprintf("%s: %s turns of conversations were never sent, as one before them had no whole answer or sending had ended.",
				b.Name, integer(b.TurnsDropped)), yellow)
		}
	}
}

// setApart lists the requests that no figure is of.
func setApart(c *metrics.Counts) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{c.Warmup, "for warm-up"}, {c.Cooldown, "for cool-down"}, {c.Cancelled, "cancelled on purpose"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", integer(p.n), p.what))
		}
	}
	return strings.Join(parts, ", ")
}
