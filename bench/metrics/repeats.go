package metrics

import (
	"cmp"
	"strings"

	"github.com/promptmill/promptmill/bench/results"
)

// repeats knows, by run and prompt, the request that sent it first: the runs of a merged file were apart, or met other
// servers.
type repeats map[string]map[string]sender

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
	prompts := p[r.Run]
	if prompts == nil {
		prompts = make(map[string]sender)
		p[strings.Clone(r.Run)] = prompts
	}
	first, seen := prompts[r.PromptSHA256]
	switch {
	case !seen:
		prompts[strings.Clone(r.PromptSHA256)] = s
	case s.before(first):
		prompts[r.PromptSHA256] = s
	}
}

// firsts returns, by benchmark, how many measured requests were the first of their run with their prompt.
func (p repeats) firsts() map[int32]int {
	n := make(map[int32]int)
	for _, prompts := range p {
		for _, s := range prompts {
			if !s.apart {
				n[s.benchmark]++
			}
		}
	}
	return n
}
