package metrics

import (
	"slices"

	"github.com/promptmill/promptmill/bench/results"
)

// windows are the measured windows of b: one, or those of runs that were merged.
func windows(b *results.Benchmark) []results.Window {
	if len(b.Windows) > 0 {
		return b.Windows
	}
	return []results.Window{{StartNS: b.StartNS, SendEndNS: b.SendEndNS, WindowEndNS: b.WindowEndNS, EndNS: b.EndNS}}
}

// inside reports whether an instant lies in one of the windows; their starts do not.
func inside(ws []results.Window, at int64) bool {
	return slices.ContainsFunc(ws, func(w results.Window) bool { return at > w.StartNS && at <= w.WindowEndNS })
}

// overWindows fills in the figures that are of time.
func (c *collector) overWindows(b *Benchmark) {
	ws := windows(&c.bench)
	for _, w := range ws {
		b.WindowSeconds += seconds(w.StartNS, w.WindowEndNS)
		b.DrainSeconds += seconds(w.WindowEndNS, w.EndNS)
	}
	c.throughput(b, ws)
	b.AskedPerSecond = c.askedPerSecond(ws)
	b.Goodput = c.good.finish(b, len(c.sends)-c.counts.Cancelled, ws)
	if len(ws) == 1 {
		b.SentPerSecond = sentPerSecond(c.sends, ws[0].StartNS, ws[0].SendEndNS)
		b.Concurrency, b.ConcurrencyMax = concurrency(c.sent, c.done, ws[0].StartNS, ws[0].WindowEndNS)
		return
	}
	c.overEach(b, ws)
}

// overEach takes the rate of sending and the concurrency of each window by itself, and their means over the time that
// each took.
func (c *collector) overEach(b *Benchmark, ws []results.Window) {
	requests, sending, area := 0.0, 0.0, 0.0
	for _, w := range ws {
		mean, most := concurrency(slices.Clone(c.sent), slices.Clone(c.done), w.StartNS, w.WindowEndNS)
		area += mean * seconds(w.StartNS, w.WindowEndNS)
		b.ConcurrencyMax = max(b.ConcurrencyMax, most)
		sends := sentIn(c.sends, w)
		if rate := sentPerSecond(sends, w.StartNS, w.SendEndNS); rate > 0 {
			requests += float64(len(sends))
			sending += float64(len(sends)) / rate
		}
	}
	if sending > 0 && b.WindowSeconds > 0 {
		b.SentPerSecond, b.Concurrency = requests/sending, area/b.WindowSeconds
	}
}

// sentIn are the sends of one window, in whose drain nothing is sent.
func sentIn(sends []int64, w results.Window) []int64 {
	return slices.DeleteFunc(slices.Clone(sends), func(at int64) bool { return at < w.StartNS || at > w.EndNS })
}
