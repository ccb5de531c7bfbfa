package live

import (
	"slices"

	"github.com/promptmill/promptmill/bench/report"
)

// seriesMost is how many moments a run keeps. When there are more, every other one goes, and the next ones are twice
// as long.
const seriesMost = 600

// A series is what a run did over time.
type series struct {
	moments []report.Moment
	stride  int // ticks of a moment
	ticks   int // since the last moment
	last    reading
	spans   spans // of the requests since then
}

// begin starts a benchmark: its counters begin anew.
func (s *series) begin(r reading) {
	s.last, s.ticks, s.spans = r, 0, spans{}
}

// add tells of a tick.
func (s *series) add(r reading, inFlight int64, asked float64) {
	s.ticks++
	if s.ticks < max(1, s.stride) {
		return
	}
	change := between(s.last, r)
	s.moments = append(s.moments, report.Moment{
		At: r.at.Seconds(), Asked: asked, Sent: change.sent, Answered: change.ok, Failed: change.failed, Tokens: change.tokens,
		InFlight: float64(inFlight),
		TTFT:     quantiles(&s.spans.ttft), Latency: quantiles(&s.spans.latency), TPOT: quantiles(&s.spans.tpot),
	})
	s.begin(r)
	if len(s.moments) > seriesMost {
		s.stride = 2 * max(1, s.stride)
		s.moments = everyOther(s.moments)
	}
}

func quantiles(h *histogram) report.Quantiles {
	return report.Quantiles{P50: h.quantile(0.5), P99: h.quantile(0.99)}
}

func everyOther(ms []report.Moment) []report.Moment {
	var out []report.Moment
	for i := 1; i < len(ms); i += 2 {
		out = append(out, ms[i])
	}
	return slices.Clip(out)
}
