package metrics

import (
	"math"
	"slices"

	"github.com/promptmill/promptmill/bench/results"
)

// finish turns the samples into figures. It sorts them in place.
func (c *collector) finish() Benchmark {
	c.inferWindow()
	c.counts.ErrorKinds = c.errorKinds()
	b := Benchmark{
		Benchmark:        c.bench,
		Name:             name(&c.bench),
		Counts:           c.counts,
		Latency:          distSeconds(c.latency),
		ScheduledLatency: distSeconds(c.scheduled),
		SendLag:          distSeconds(c.lag),
		TTFB:             distSeconds(c.ttfb),
		TTFC:             distSeconds(c.ttfc),
		TTFT:             distSeconds(c.ttft),
		TTFO:             distSeconds(c.ttfo),
		TPOT:             dist(c.tpot),
		ChunkGap:         distSeconds(c.gaps),
		TokensPerChunk:   dist(c.tokensPerChunk),
		GenSpeed:         dist(c.speed),
		PromptTokens:     dist(c.promptTokens),
		OutputTokens:     dist(c.outTokens),
		TokenSources:     orEmpty(c.tokenSources),
		TimeSources:      orEmpty(c.timeSources),
		FinishReasons:    orEmpty(c.finishReasons),
		Reconnects:       c.reconnects,
		CoalescedShare:   share(c.joined, c.chunks),
		CachedTokenShare: share(c.cached, c.cachet),
		Scores:           c.scored(),
		Targets:          c.byTarget(),
	}
	if b.Scores != nil {
		b.Accuracy, b.AccuracyInterval = &b.Scores.Mean, meanScore(b.Scores)
	}
	c.overWindows(&b)
	return b
}

// inferWindow takes the window from the requests where the run does not say, because it was killed: from the
// first send to the last answer.
func (c *collector) inferWindow() {
	b := &c.bench
	if b.WindowEndNS > b.StartNS || len(c.sends) == 0 {
		return
	}
	first, last, answer := slices.Min(c.sends), slices.Max(c.sends), int64(0)
	for _, done := range c.done {
		if done != math.MaxInt64 {
			answer = max(answer, done)
		}
	}
	if !c.described || b.StartNS == 0 {
		b.StartNS = first
	}
	b.SendEndNS = max(b.SendEndNS, last)
	b.WindowEndNS = max(b.SendEndNS, answer)
	b.EndNS = max(b.EndNS, b.WindowEndNS)
}

// throughput fills in the rates of what was answered inside the windows.
func (c *collector) throughput(b *Benchmark, ws []results.Window) {
	if b.WindowSeconds <= 0 {
		return
	}
	var requests int
	var output, total int64
	for _, a := range c.answered {
		if inside(ws, a.done) {
			requests++
			output += a.output
			total += a.total
		}
	}
	b.RequestsPerSecond = float64(requests) / b.WindowSeconds
	b.OutputTokensPerSecond = float64(output) / b.WindowSeconds
	b.TotalTokensPerSecond = float64(total) / b.WindowSeconds
}

func (c *collector) scored() *Dist {
	if len(c.scores) == 0 {
		return nil
	}
	return new(dist(c.scores))
}

// sentPerSecond is the rate at which requests left. Where sending went on after the last request (a time limit
// ended it) it is requests over time; where the last request ended it there is one interval less than requests. One
// request has no rate.
func sentPerSecond(sends []int64, start, end int64) float64 {
	if len(sends) < 2 {
		return 0
	}
	first, last := slices.Min(sends), slices.Max(sends)
	n := float64(len(sends))
	if last > first {
		gap := float64(last-first) / (n - 1)
		if float64(end)-float64(last) < gap/2 {
			return 1e9 / gap
		}
	}
	if time := seconds(start, end); time > 0 {
		return n / time
	}
	return 0
}

// seconds is the time between two instants in ns, 0 when the second is not after the first.
func seconds(from, until int64) float64 { return max(0, float64(until)-float64(from)) / 1e9 }

func share(part, whole int64) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func orEmpty(m map[string]int) map[string]int {
	if m == nil {
		return map[string]int{}
	}
	return m
}
