package report

import (
	"fmt"
	"math"

	"github.com/promptmill/promptmill/bench/metrics"
)

// saturation asks where more load stopped bringing more output.
func saturation(s *metrics.Summary) (string, bool) {
	for _, l := range ladders(s) {
		if at, beyond, ok := saturated(l.clean()); ok {
			return fmt.Sprintf("Throughput stops growing at %s: %s tok/s (%s req/s) there, %s tok/s (%s req/s) at %s, while the median latency went from %s to %s.",
				at.Name, number(at.OutputTokensPerSecond), number(at.RequestsPerSecond),
				number(beyond.OutputTokensPerSecond), number(beyond.RequestsPerSecond), beyond.Name,
				duration(at.Latency.P50), duration(beyond.Latency.P50)), true
		}
	}
	return "", false
}

// aloneMost is how many requests may be in flight on average where none of them waits for another.
const aloneMost = 1.5

// slowFirstToken asks for a long TTFT where the load cannot be the reason.
func slowFirstToken(s *metrics.Summary) (string, bool) {
	return list(s, "The first token takes long with hardly any load", func(b *metrics.Benchmark) (string, bool) {
		return fmt.Sprintf("median TTFT %s, %s requests in flight", duration(b.TTFT.P50), number(b.Concurrency)),
			b.TTFT.Count > 0 && b.TTFT.P50 >= longTTFT && b.Concurrency <= aloneMost
	})
}

// ttftTimes is by how much the median TTFT of the highest load exceeds the lowest's when it is said to grow.
const ttftTimes = 2.0

func ttftGrows(s *metrics.Summary) (string, bool) {
	for _, l := range ladders(s) {
		ls := l.clean()
		if len(ls) < 2 {
			continue
		}
		low, high := ls[0], ls[len(ls)-1]
		if low.TTFT.Count == 0 || high.TTFT.P50 < ttftTimes*low.TTFT.P50 || high.load < loadStep*low.load {
			continue
		}
		return fmt.Sprintf("The median TTFT grows with load: %s (%s), %s (%s).",
			duration(low.TTFT.P50), low.Name, duration(high.TTFT.P50), high.Name), true
	}
	return "", false
}

// A tail is long when p99 is this many times the median; shorter than tailLeast it does not matter to anyone.
const (
	tailTimes = 5.0
	tailLeast = 0.1 // seconds
)

// ttftTail goes by certified percentiles only: with few requests p99 is the worst of them.
func ttftTail(s *metrics.Summary) (string, bool) {
	return list(s, "A few requests wait far longer for their first token than most", func(b *metrics.Benchmark) (string, bool) {
		d := b.TTFT
		return fmt.Sprintf("TTFT p50 %s, p99 %s", duration(d.P50), duration(d.P99)),
			d.Count > 0 && d.Certified >= 99 && d.P99 >= tailTimes*d.P50 && d.P99 >= tailLeast
	})
}

// accuracySigmas is how many standard errors a fall in accuracy must have to be called one.
const accuracySigmas = 2.58

// accuracyFalls compares the lowest and the highest load.
func accuracyFalls(s *metrics.Summary) (string, bool) {
	for _, l := range ladders(s) {
		ls := l.clean()
		if len(ls) < 2 {
			continue
		}
		low, high := ls[0], ls[len(ls)-1]
		if low.Accuracy == nil || high.Accuracy == nil {
			continue
		}
		a, b := *low.Accuracy, *high.Accuracy
		if noise := math.Hypot(accuracyNoise(low.Benchmark), accuracyNoise(high.Benchmark)); a-b > accuracySigmas*noise {
			return fmt.Sprintf("Accuracy falls under load: %s (%s), %s (%s).", percent(a), low.Name, percent(b), high.Name), true
		}
	}
	return "", false
}
