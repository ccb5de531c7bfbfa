package metrics

import (
	"fmt"
	"math"
	"time"
)

// Limits of a clean client.
const (
	achievedLeast = 0.99                  // of the requested rate
	lagFloor      = time.Millisecond      // a p99 of send lag up to here is fine ...
	lagShare      = 0.01                  // ... and up to this share of the median latency
	cpuMost       = 0.85                  // of all cores
	backlogMost   = 5000                  // records waiting to be written
	gcPauseMost   = 10 * time.Millisecond // stops every goroutine
)

// lateLeast is how many requests must be late before lag says something of the client: any machine has a hiccup.
const lateLeast = 3

// latest is the send lag that 1 % of the requests, and at least lateLeast of them, reached; 0 for fewer requests. The
// samples are sorted.
func (c *collector) latest() float64 {
	n := len(c.lag)
	if n < lateLeast {
		return 0
	}
	return float64(c.lag[n-max(lateLeast, n/100+1)]) / 1e9
}

// clientLimits returns, as sentences, why the client may have set the figures of b. lag is that of its latest requests,
// in seconds.
func clientLimits(b *Benchmark, lag float64, cpus int) []string {
	reasons := []string{}
	because := func(format string, args ...any) { reasons = append(reasons, fmt.Sprintf(format, args...)) }

	held := b.Cap > 0 || b.PrefillCap > 0 // what was asked for makes requests late, not the client
	least := leastRate(b)
	switch {
	case held:
	case b.SendLag.Count == 1 && least*sendSeconds(b) > 2: // one may not have been due yet
		because("Only 1 request was sent in %v, where %.4g/s were asked for.", round(Seconds(sendSeconds(b))), b.TargetRate)
	case b.SendLag.Count > 1 && b.SentPerSecond < least:
		because("Requests were sent at %.4g/s, %.1f %% of the %.4g/s asked for.",
			b.SentPerSecond, 100*b.SentPerSecond/b.TargetRate, b.TargetRate)
	}
	allowed := max(lagFloor, time.Duration(lagShare*b.Latency.P50*float64(time.Second)))
	if lag := Seconds(lag); lag > allowed && !held {
		because("At least 1 %% of the requests were sent %v late or more, where %v is tolerable (1 ms or 1 %% of the median latency).",
			round(lag), round(allowed))
	}
	h := b.Health
	if used := h.CPUSeconds / (h.WallSeconds * float64(cpus)); cpus > 0 && h.WallSeconds > 0 && used > cpuMost {
		because("The client used %.0f %% of the %d CPU cores that it may use.", 100*used, cpus)
	}
	if h.SinkBacklogMax > backlogMost {
		because("%d finished requests waited to be written to the results file at once.", h.SinkBacklogMax)
	}
	if pause := time.Duration(h.GCPauseMaxNS); pause > gcPauseMost {
		because("The garbage collector stopped the client for %v.", round(pause))
	}
	if h.SuspendedNS > 0 {
		because("The client stood still for %v: it was stopped, or the machine was asleep.", round(time.Duration(h.SuspendedNS)))
	}
	return reasons
}

// leastRate is the rate below which an open loop did not keep its schedule; 0 in a closed loop, and where the schedule
// does not say how many come in how long because the rate varies or arrivals come in bursts: there their lag tells.
// Where arrivals are random they may come in three standard errors of the number to be expected short of the rate by
// chance.
func leastRate(b *Benchmark) float64 {
	if b.TargetRate <= 0 || b.Shape != "" {
		return 0
	}
	least := achievedLeast
	if b.Strategy != "constant" {
		expected := max(b.TargetRate*sendSeconds(b), float64(b.SendLag.Count))
		least -= 3 / math.Sqrt(max(expected, 1))
	}
	return max(0, least) * b.TargetRate
}

// sendSeconds is for how long b sent.
func sendSeconds(b *Benchmark) float64 {
	total := 0.0
	for _, w := range windows(&b.Benchmark) {
		total += seconds(w.StartNS, w.SendEndNS)
	}
	return total
}

// round gives d three digits or so.
func round(d time.Duration) time.Duration {
	for unit := time.Second; unit > time.Nanosecond; unit /= 10 {
		if d >= unit*10 {
			return d.Round(unit / 10)
		}
	}
	return d
}
