package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
)

// Kinds of error, as the error_kind column of results has them.
const (
	kindTruncated = "stream_truncated"
)

// timeoutKinds are the limits that a request can pass; "timeout" is that on all of it in older files.
var timeoutKinds = []string{"timeout", "timeout_total", "timeout_first_token", "timeout_between_tokens"}

var unreachableKinds = []string{"connection_refused", "dns", "connect", "tls", "timeout_connect"}

// unreachable asks whether nothing but failures to connect came back.
func unreachable(s *metrics.Summary) (string, bool) {
	t := totals(s)
	n := sum(s, func(b *metrics.Benchmark) int { return failures(b, unreachableKinds...) })
	if t.OK > 0 || n == 0 {
		return "", false
	}
	return fmt.Sprintf("No request succeeded: %s of %s could not connect to %s.", integer(n), integer(t.Total), s.Run.Target), true
}

// A TTFT is long when users notice it, or when it is several times what the same server does at its best. Errors
// come from the load when there are clearly more of them than at its best.
const (
	longTTFT       = 1.0 // seconds
	longTTFTTimes  = 3.0
	moreErrorTimes = 1.5
)

// overload asks for errors under a schedule together with a long TTFT: requests queue and then fail.
func overload(s *metrics.Summary) (string, bool) {
	_, quickest := best(s)
	return list(s, "Errors under a constant rate, with a long wait for the first token", func(b *metrics.Benchmark) (string, bool) {
		if !openLoop(b) || b.Counts.Errors == 0 || b.TTFT.Count == 0 {
			return "", false
		}
		long := b.TTFT.P50 >= longTTFT || b.TTFT.P50 >= longTTFTTimes*quickest.TTFT.P50
		more := b == quickest || errorShare(b) > moreErrorTimes*errorShare(quickest)
		return fmt.Sprintf("%s errors in %s requests, median TTFT %s",
			integer(b.Counts.Errors), integer(b.Counts.Total), duration(b.TTFT.P50)), long && more
	})
}

func errorShare(b *metrics.Benchmark) float64 { return share(b.Counts.Errors, b.Counts.Total) }

// requestsFailed is for the kinds of error that no other rule speaks of.
func requestsFailed(s *metrics.Summary) (string, bool) {
	told := append(slices.Clone(timeoutKinds), kindTruncated)
	if _, ok := unreachable(s); ok {
		told = append(told, unreachableKinds...)
	}
	return list(s, "Requests failed", func(b *metrics.Benchmark) (string, bool) {
		n := b.Counts.Errors - failures(b, told...)
		return fmt.Sprintf("%s of %s, %s", integer(n), integer(b.Counts.Total), kinds(b, told...)), n > 0
	})
}

// kinds lists the kinds of error of b with their counts.
func kinds(b *metrics.Benchmark, except ...string) string {
	var parts []string
	for _, e := range b.Counts.ErrorKinds {
		if !slices.Contains(except, e.Kind) {
			parts = append(parts, e.Kind+" "+integer(e.Count))
		}
	}
	return strings.Join(parts, ", ")
}

// timeoutsUnderRate is for requests that a schedule sent: there a timeout says that the server does not keep up.
func timeoutsUnderRate(s *metrics.Summary) (string, bool) {
	return list(s, "Requests time out under a given rate", func(b *metrics.Benchmark) (string, bool) {
		n := failures(b, timeoutKinds...)
		return fmt.Sprintf("%s of %s at %s requests/s", integer(n), integer(b.Counts.Total), asked(b)), openLoop(b) && n > 0
	})
}

// timeouts is for those that slots sent.
func timeouts(s *metrics.Summary) (string, bool) {
	return list(s, "Requests timed out", func(b *metrics.Benchmark) (string, bool) {
		n := failures(b, timeoutKinds...)
		return fmt.Sprintf("%s of %s", integer(n), integer(b.Counts.Total)), !openLoop(b) && n > 0
	})
}

func truncated(s *metrics.Summary) (string, bool) {
	return list(s, "Streams ended before their answer did", func(b *metrics.Benchmark) (string, bool) {
		n := failures(b, kindTruncated)
		return fmt.Sprintf("%s of %s", integer(n), integer(b.Counts.Total)), n > 0
	})
}

const (
	churnRequests = 10  // fewer requests say nothing about keep-alive
	churnShare    = 0.9 // connections opened per request that say there is none
	staleShare    = 0.1 // requests that met a closed connection
)

// connectionsClosed asks whether connections serve one request each, beyond those that concurrency needs anyway,
// or whether requests keep meeting connections that the server had closed.
func connectionsClosed(s *metrics.Summary) (string, bool) {
	return list(s, "The server closes connections", func(b *metrics.Benchmark) (string, bool) {
		sent := b.Counts.Total + b.Counts.Warmup + b.Counts.Cooldown
		gaveUp := b.Counts.Errors + b.Counts.Unfinished + b.Counts.Cancelled // the client closed the connection of each
		opened := b.Health.ConnectionsOpened - gaveUp
		each := sent > gaveUp && float64(opened) >= churnShare*float64(sent-gaveUp) && opened > 2*b.ConcurrencyMax
		stale := share(b.Reconnects, sent) >= staleShare
		return fmt.Sprintf("%s connections opened for %s requests, %s sent again on a new one",
			integer(b.Health.ConnectionsOpened), integer(sent), integer(b.Reconnects)), sent >= churnRequests && (each || stale)
	})
}
