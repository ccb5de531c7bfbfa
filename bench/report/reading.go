package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
)

// reading says in one line what the numbers of b say.
func reading(b *metrics.Benchmark) string {
	if b.Counts.Total == 0 {
		return "No request was sent."
	}
	if b.Counts.Cancelled == b.Counts.Total {
		return "Every request was cancelled on purpose."
	}
	if b.Counts.OK == 0 {
		return "No request succeeded" + inParentheses(kinds(b)) + "."
	}
	parts := []string{speed(b)}
	if openLoop(b) {
		parts = append(parts, fmt.Sprintf("%s requests/s were asked for, %s sent, %s completed.",
			asked(b), sentRate(b), number(b.RequestsPerSecond)))
	}
	if b.Counts.Errors > 0 {
		parts = append(parts, fmt.Sprintf("%s of %s requests failed%s.",
			integer(b.Counts.Errors), integer(b.Counts.Total), inParentheses(kinds(b))))
	}
	if len(b.ClientLimited) > 0 {
		parts = append(parts, "Not to be read as the server's figures: "+sentences(b.ClientLimited))
	}
	return strings.Join(parts, " ")
}

func speed(b *metrics.Benchmark) string {
	if b.Latency.Count == 0 {
		return "No answer had any output."
	}
	if b.TTFT.Count == 0 {
		return fmt.Sprintf("Half of the answers were complete within %s.", duration(b.Latency.P50))
	}
	text := fmt.Sprintf("Half of the answers began within %s and were complete within %s", duration(b.TTFT.P50), duration(b.Latency.P50))
	if b.TPOT.Count > 0 && b.TPOT.P50 > 0 {
		text += fmt.Sprintf("; once begun, a stream ran at %s tokens/s", number(1/b.TPOT.P50))
	}
	return text + "."
}

func inParentheses(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// tally prints counts by name, the most frequent first, such as "stop 118, length 2".
func tally(counts map[string]int) string {
	names := slices.SortedStableFunc(slices.Values(slices.Sorted(maps.Keys(counts))), func(a, b string) int { return counts[b] - counts[a] })
	for i, name := range names {
		names[i] = orNone(name) + " " + integer(counts[name])
	}
	return strings.Join(names, ", ")
}

// errorsOf is the errors cell of a table.
func errorsOf(b *metrics.Benchmark) string {
	if b.Counts.Errors == 0 {
		return "0"
	}
	return fmt.Sprintf("%s of %s (%s)", integer(b.Counts.Errors), integer(b.Counts.Total), percent(share(b.Counts.Errors, b.Counts.Total)))
}

// A timing is one of the distributions of times that a report shows of a benchmark.
type timing struct {
	Name string
	metrics.Dist
}

// timings are the distributions of b that have samples.
func timings(b *metrics.Benchmark) []timing {
	all := []timing{{"Latency", b.Latency}}
	if openLoop(b) {
		all = append(all, timing{"Scheduled latency", b.ScheduledLatency}, timing{"Send lag", b.SendLag})
	}
	all = append(all, timing{"TTFT", b.TTFT}, timing{"TPOT (ITL)", b.TPOT}, timing{"Chunk gap", b.ChunkGap})
	return slices.DeleteFunc(all, func(t timing) bool { return t.Count == 0 })
}

// remarks are what else is to be said of b: label and value, printable.
func remarks(b *metrics.Benchmark) []fact {
	c := b.Counts
	completed := fmt.Sprintf("%s of %s requests", integer(c.OK), integer(c.Total))
	if c.Unfinished > 0 {
		completed += fmt.Sprintf(", %s unfinished", integer(c.Unfinished))
	}
	if c.Cancelled > 0 {
		completed += fmt.Sprintf(", %s cancelled on purpose", integer(c.Cancelled))
	}
	if c.Warmup > 0 {
		completed += fmt.Sprintf("; %s for warm-up left out", integer(c.Warmup))
	}
	if c.Cooldown > 0 {
		completed += fmt.Sprintf("; %s for cool-down left out", integer(c.Cooldown))
	}
	if c.ZeroToken > 0 {
		completed += fmt.Sprintf("; %s without any token", integer(c.ZeroToken))
	}
	if b.TurnsDropped > 0 {
		completed += fmt.Sprintf("; %s turns of conversations never sent", integer(b.TurnsDropped))
	}
	facts := []fact{{Label: "Completed", Value: completed}, {Label: "Errors", Value: errorsOf(b)}}
	if c.OK > 0 {
		facts = append(facts, fact{Label: "Throughput", Value: fmt.Sprintf("%s output tok/s, %s total tok/s, %s req/s",
			number(b.OutputTokensPerSecond), number(b.TotalTokensPerSecond), number(b.RequestsPerSecond))},
			fact{Label: "Tokens per request", Value: tokens(b)})
	}
	facts = append(facts,
		fact{Label: "Concurrency", Value: fmt.Sprintf("%s on average, %d at most", number(b.Concurrency), b.ConcurrencyMax)},
		fact{Label: "Window", Value: window(b)},
		fact{Label: "Tokens counted by", Value: tally(b.TokenSources)},
		fact{Label: "Arrival times by", Value: tally(b.TimeSources)},
		fact{Label: "Finish reasons", Value: tally(b.FinishReasons)})
	if b.Accuracy != nil {
		facts = append(facts, fact{Label: "Accuracy", Value: accuracy(b)})
	}
	return slices.DeleteFunc(facts, func(f fact) bool { return f.Value == "" })
}

func tokens(b *metrics.Benchmark) string {
	if b.OutputTokens.Count == 0 {
		return ""
	}
	text := exact(b.OutputTokens.P50) + " out (median)"
	if b.PromptTokens.Count > 0 {
		text = exact(b.PromptTokens.P50) + " in, " + text
	}
	if b.CachedTokenShare > 0 {
		text += ", " + percent(b.CachedTokenShare) + " of the prompt tokens from the server's cache"
	}
	return text
}

func window(b *metrics.Benchmark) string {
	text := fmt.Sprintf("%s measured, %s drain", duration(b.WindowSeconds), duration(b.DrainSeconds))
	switch b.StopReason {
	case "":
		return text
	case "interrupted":
		return text + ", " + b.StopReason
	}
	return text + ", ended by " + b.StopReason
}
