package bench

import (
	"time"

	"github.com/promptmill/promptmill/bench/results"
)

// describe says what the benchmark was and when its parts were.
func (b *benchmark) describe(interrupted bool) results.Benchmark {
	d := results.Benchmark{
		Index: b.index, Strategy: string(b.strategy.Kind),
		TargetRate: b.strategy.Rate, TargetConcurrency: b.strategy.Concurrency,
		Shape: b.strategy.Shape(), Cap: b.strategy.Cap, PrefillCap: b.Prefill,
		StartNS: b.since(b.start), SendEndNS: b.out.lastSent,
		EndNS:        max(b.out.lastDone, b.since(b.start)+1),
		TurnsDropped: b.sessions.dropped.Load(),
	}
	d.StopReason, d.StopDetail = b.stopReason(interrupted)
	d.WindowEndNS = max(d.EndNS, b.covered)
	b.endSending(&d)
	d.SendEndNS = max(d.SendEndNS, d.StartNS+1)
	d.EndNS = max(d.EndNS, d.WindowEndNS)
	b.phases.window(&d, b.out.firstMeasured, b.out.firstCool)
	return d
}

// endSending ends the window of d where sending was ended from outside: what the server did after that, it did under
// less load than was asked for. Where the requests ran out the window lasts until the last answer.
func (b *benchmark) endSending(d *results.Benchmark) {
	ended, timeUp := int64(0), int64(0)
	if at := b.stop.when(); !at.IsZero() {
		ended = b.since(at)
	}
	if b.limits.MaxDuration > 0 {
		timeUp = d.StartNS + b.limits.MaxDuration.Nanoseconds()
	}
	switch {
	case d.StopReason == StopDuration || d.StopReason == StopSchedule && !b.limits.lastDue:
		if timeUp > 0 && !b.full() {
			d.SendEndNS, d.WindowEndNS = timeUp, timeUp
		}
	case ended == 0:
	case timeUp > 0 && ended >= timeUp && !b.full(): // the time was over, and only answers were awaited
		d.SendEndNS, d.WindowEndNS = timeUp, timeUp
	case b.full() && d.StopReason != StopInterrupted: // there was nothing left to send
	default:
		d.SendEndNS, d.WindowEndNS = max(ended, d.StartNS), max(ended, d.StartNS)
	}
}

// stopReason says why the benchmark ended.
func (b *benchmark) stopReason(interrupted bool) (reason, detail string) {
	reason, detail = b.stop.why()
	l, full := &b.limits, b.full()
	switch {
	case interrupted:
		return StopInterrupted, ""
	case reason != "":
		return reason, detail
	case full && l.lastDue:
		return StopSchedule, ""
	case full && l.MaxRequests > 0:
		return StopRequests, ""
	case full && l.MaxRequests == 0, b.sessions.limit != 0 && b.Sessions != NoSessions:
		return StopPrompts, ""
	case l.MaxDuration > 0 && !l.scheduled:
		return StopDuration, ""
	default:
		return StopSchedule, ""
	}
}

func (b *benchmark) health(p healthProbe) results.Health {
	h := p.stop()
	h.Pacing = b.pacing
	h.SinkBacklogMax = b.out.backlog
	h.ConnectionsOpened, h.ConnectionsReused = b.out.opened, b.out.reused
	h.SuspendedNS = b.suspended.longest()
	return h
}

// outcome is that of the benchmark described by d, which applied s.
func (c *collector) outcome(s Strategy, d *results.Benchmark) Outcome {
	window := time.Duration(max(d.WindowEndNS-d.StartNS, 1)).Seconds() // an empty one has no requests
	o := Outcome{
		Strategy: s, Window: time.Duration(d.WindowEndNS - d.StartNS), Tally: c.tally,
		RequestsPerSecond: float64(c.okWithin(d.StartNS, d.WindowEndNS)) / window,
	}
	o.Measured, o.NotSent = c.firstMeasured > 0, c.notSent
	if c.trend != nil {
		o.Early, o.Late = c.trend.earlyLate()
		o.Lag = c.trend.worstLag()
	}
	return o
}
