package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
)

// mostNamed is how many benchmarks a finding names.
const mostNamed = 4

// list joins what detail says of each benchmark that it is true of, after lead. It is ok when there is one.
func list(s *metrics.Summary, lead string, detail func(b *metrics.Benchmark) (string, bool)) (string, bool) {
	var parts []string
	for i := range s.Benchmarks {
		if d, ok := detail(&s.Benchmarks[i]); ok {
			parts = append(parts, s.Benchmarks[i].Name+": "+d)
		}
	}
	if len(parts) == 0 {
		return "", false
	}
	more := ""
	if n := len(parts) - mostNamed; n > 0 {
		parts, more = parts[:mostNamed], fmt.Sprintf("; and %d more", n)
	}
	return lead + " (" + strings.Join(parts, "; ") + more + ").", true
}

// pooled joins what detail says of the run as a whole when there is a whole to speak of.
func pooled(part, whole int, least float64, format string) (string, bool) {
	if part == 0 || share(part, whole) < least {
		return "", false
	}
	return fmt.Sprintf(format, integer(part), integer(whole), percent(share(part, whole))), true
}

func sum(s *metrics.Summary, f func(b *metrics.Benchmark) int) int {
	n := 0
	for i := range s.Benchmarks {
		n += f(&s.Benchmarks[i])
	}
	return n
}

// failures counts the errors of the given kinds.
func failures(b *metrics.Benchmark, kinds ...string) int {
	n := 0
	for _, e := range b.Counts.ErrorKinds {
		if slices.Contains(kinds, e.Kind) {
			n += e.Count
		}
	}
	return n
}

func stoppedEarly(s *metrics.Summary) (string, bool) {
	if s.Run.Stopped == "" {
		return "", false
	}
	return fmt.Sprintf("The run ended before its plan did (%s): the figures cover what was measured until then.", s.Run.Stopped), true
}

// clientLimited repeats the reasons, which are sentences, of as many benchmarks as a finding names.
func clientLimited(s *metrics.Summary) (string, bool) {
	parts := []string{"The client, not the server, may have set some figures."}
	more := 0
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		switch {
		case len(b.ClientLimited) == 0:
		case len(parts) > mostNamed:
			more++
		default:
			parts = append(parts, b.Name+": "+sentences(b.ClientLimited))
		}
	}
	if more > 0 {
		parts = append(parts, fmt.Sprintf("And %d more.", more))
	}
	return strings.Join(parts, " "), len(parts) > 1
}

// sentences joins texts, ending each with a full stop where it has none.
func sentences(texts []string) string {
	ended := make([]string, len(texts))
	for i, t := range texts {
		ended[i] = strings.TrimSuffix(t, ".") + "."
	}
	return strings.Join(ended, " ")
}

// fewSamples asks whether a p99 is shown that the sample does not bound.
func fewSamples(s *metrics.Summary) (string, bool) {
	return list(s, "Too few requests to bound p99 at 99 % confidence", func(b *metrics.Benchmark) (string, bool) {
		return integer(b.Latency.Count), b.Latency.Count > 0 && b.Latency.Certified < 99
	})
}

// unfinishedShare is where the requests cut off by the end of a run begin to flatter its latency.
const unfinishedShare = 0.1

func unfinished(s *metrics.Summary) (string, bool) {
	return list(s, "Many requests were cut off by the end of their benchmark", func(b *metrics.Benchmark) (string, bool) {
		c := b.Counts
		return fmt.Sprintf("%s of %s", integer(c.Unfinished), integer(c.Total)), share(c.Unfinished, c.Total) >= unfinishedShare
	})
}

// bestLevel names the benchmarks that a reader looks for first.
func bestLevel(s *metrics.Summary) (string, bool) {
	fastest, quickest := best(s)
	if fastest == nil {
		return "", false
	}
	text := fmt.Sprintf("Highest throughput: %s tok/s and %s req/s (%s).",
		number(fastest.OutputTokensPerSecond), number(fastest.RequestsPerSecond), fastest.Name)
	if quickest != nil {
		text += fmt.Sprintf(" Shortest median TTFT: %s (%s).", duration(quickest.TTFT.P50), quickest.Name)
	}
	if passedOver(s, fastest) {
		text += " Strategies that the client may have limited are left out."
	}
	return text, true
}

// once names the best level of a run that was made once, bestOfMany that of one that shows how far repeats lie apart.
func once(s *metrics.Summary) (string, bool) {
	text, ok := bestLevel(s)
	return text, ok && !repeated(s)
}

func bestOfMany(s *metrics.Summary) (string, bool) {
	text, ok := bestLevel(s)
	return text, ok && repeated(s)
}

// repeated says whether s has more than one measurement of a load.
func repeated(s *metrics.Summary) bool {
	seen := map[string]bool{}
	return len(s.Run.Parts) > 1 || anyOf(s, func(b *metrics.Benchmark) bool {
		again := seen[b.Load()]
		seen[b.Load()] = true
		return again
	})
}

// passedOver says whether a benchmark with more throughput than fastest does not count, as the client limited it.
func passedOver(s *metrics.Summary, fastest *metrics.Benchmark) bool {
	return anyOf(s, func(b *metrics.Benchmark) bool { return b.Counts.OK > 0 && throughput(b) > throughput(fastest) })
}

// best finds the benchmark with the most output per second, and the one with the shortest median TTFT; nil when
// no request succeeded, or none has a TTFT. Where there are others, those that the client limited do not count. The
// first of equals is taken.
func best(s *metrics.Summary) (fastest, quickest *metrics.Benchmark) {
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		if b.Counts.OK > 0 && (fastest == nil || better(b, fastest, throughput(b) > throughput(fastest))) {
			fastest = b
		}
		if b.TTFT.Count > 0 && (quickest == nil || better(b, quickest, b.TTFT.P50 < quickest.TTFT.P50)) {
			quickest = b
		}
	}
	return fastest, quickest
}

// better prefers a benchmark that measured the server, then the one with the better figure.
func better(a, than *metrics.Benchmark, figure bool) bool {
	if clean, thanClean := len(a.ClientLimited) == 0, len(than.ClientLimited) == 0; clean != thanClean {
		return clean
	}
	return figure
}
