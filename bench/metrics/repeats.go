package metrics

import (
	"cmp"
	"strings"

	"github.com/promptmill/promptmill/bench/results"
)

// repeats knows, of every prompt of a run, the request that sent it first.
type repeats map[string]sender

// sender is a request, as far as it matters to who was first.
type sender struct {
	sent      int64
	benchmark int32
	apart     bool // warm-up or cool-down
	sequence  int64
}

func (s sender) before(t sender) bool {
	return cmp.Or(
		cmp.Compare(s.sent, t.sent),
		cmp.Compare(s.benchmark, t.benchmark),
		cmp.Compare(s.sequence, t.sequence),
	) < 0
}

// prompted reports whether r counts: it was sent, and it is known with which prompt.
func prompted(r *results.Record) bool { return r.SentNS != 0 && r.PromptSHA256 != "" }

func (p repeats) add(r *results.Record) {
	if !prompted(r) {
		return
	}
	s := sender{r.SentNS, r.Benchmark, r.Warmup || r.Cooldown, r.Sequence}
	first, seen := p[r.PromptSHA256]
	switch {
	case !seen:
		p[strings.Clone(r.PromptSHA256)] = s
	case s.before(first):
		p[r.PromptSHA256] = s
	}
}

// firsts returns, by benchmark, how many measured requests were the first of the run with their prompt.
func (p repeats) firsts() map[int32]int {
	n := make(map[int32]int)
	for _, s := range p {
		if !s.apart {
			n[s.benchmark]++
		}
	}
	return n
}
