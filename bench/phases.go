package bench

import (
	"math"

	"github.com/promptmill/promptmill/bench/results"
)

// phases tells the warm-up and the cool-down of a benchmark from what is measured. A length in requests goes by the
// order of sequence, a length in time by the instant of sending: so a request belongs to where it was sent, wherever
// its answer ends.
type phases struct {
	warmup, cooldown bool  // whether there is one
	warmRequests     int64 // the first that many are warm-up
	warmUntil        int64 // what is sent before this instant is warm-up, ns since the epoch
	coolRequests     int64 // from that sequence on they are cool-down
	coolFrom         int64 // what is sent from this instant on is cool-down
}

// phases places warm-up and cool-down in a benchmark that begins at the given instant and ends with so many requests
// (0 when time ends it).
func (l Limits) phases(start, requests int64) phases {
	p := phases{warmRequests: math.MaxInt64, warmUntil: math.MaxInt64, coolRequests: math.MaxInt64, coolFrom: math.MaxInt64}
	if n, d := l.Warmup.of(requests, l.MaxDuration); n > 0 || d > 0 {
		p.warmup = true
		if n > 0 {
			p.warmRequests = n
		}
		if d > 0 {
			p.warmUntil = start + d.Nanoseconds()
		}
	}
	if n, d := l.Cooldown.of(requests, l.MaxDuration); n > 0 || d > 0 {
		p.cooldown = true
		if n > 0 {
			p.coolRequests = requests - n
		}
		if d > 0 {
			p.coolFrom = start + (l.MaxDuration - d).Nanoseconds()
		}
	}
	return p
}

// mark says in the record of a request to which part of the benchmark it belongs. One that was never sent belongs to
// where it was due.
func (p *phases) mark(r *results.Record) {
	at := r.SentNS
	if at == 0 {
		at = r.DueNS
	}
	r.Warmup = p.warmup && r.Sequence < p.warmRequests && at < p.warmUntil
	r.Cooldown = !r.Warmup && p.cooldown && (r.Sequence >= p.coolRequests || at >= p.coolFrom)
}

// window narrows the window of d to what was measured, given when the first request was sent that was measured, and
// the first of the cool-down; 0 is never.
func (p *phases) window(d *results.Benchmark, measured, cool int64) {
	if p.warmup {
		d.WarmupStartNS = d.StartNS
		d.StartNS = min(orNever(measured), p.warmUntil, d.EndNS)
		d.SendEndNS, d.WindowEndNS = max(d.SendEndNS, d.StartNS), max(d.WindowEndNS, d.StartNS)
	}
	if end := min(orNever(cool), p.coolFrom); p.cooldown && end < d.WindowEndNS {
		d.CooldownEndNS = d.SendEndNS
		d.WindowEndNS = max(end, d.StartNS)
		d.SendEndNS = min(d.SendEndNS, d.WindowEndNS)
	}
}

func orNever(at int64) int64 {
	if at == 0 {
		return math.MaxInt64
	}
	return at
}
