package bench

import (
	"cmp"
	"fmt"
	"math"
	"strconv"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// Defaults of a [Search].
const (
	DefaultSearchRepeats    = 3
	DefaultSearchPrecision  = 0.05
	DefaultSearchConfidence = 0.95
)

// The loads that a [Search] can vary.
const (
	OverRate        = "rate"
	OverConcurrency = "concurrency"
)

// Search is a [Profile] that finds the highest load that keeps an SLO: it doubles the load until the SLO is missed,
// then halves the interval between the highest load that keeps it and the lowest that does not. A benchmark with too
// few requests to be sure of is run again, and counts together with the others at its load. The runner must have been
// given the same SLO.
type Search struct {
	SLO        *metrics.SLO
	Over       string   // [OverRate] or [OverConcurrency]
	From       float64  // the first load; 0 means 1
	Most       float64  // the highest load that is tried; 0 means 100,000
	Repeats    int      // benchmarks at one load at most; 0 means [DefaultSearchRepeats]
	Precision  float64  // share by which the two sides may be apart at the end; 0 means [DefaultSearchPrecision]
	Confidence float64  // 0 means [DefaultSearchConfidence]
	Open       Strategy // of rates, but for the rate; the zero value is constant
}

// point is what is known of one load.
type point struct {
	load  float64
	runs  int
	tally *metrics.Tally
	grew  bool // latency did, in one of the runs
	late  bool // the client was, in one of the runs
	metrics.Judgement
}

func (s Search) withDefaults() Search {
	s.From, s.Most = cmp.Or(s.From, 1), cmp.Or(s.Most, 100_000)
	s.Repeats = cmp.Or(s.Repeats, DefaultSearchRepeats)
	s.Precision = cmp.Or(s.Precision, DefaultSearchPrecision)
	s.Confidence = cmp.Or(s.Confidence, DefaultSearchConfidence)
	s.Open.Kind = cmp.Or(s.Open.Kind, Constant)
	return s
}

// Next implements [Profile].
func (s Search) Next(done []Outcome) (Strategy, bool) {
	s = s.withDefaults()
	points := s.points(done)
	if len(points) == 0 {
		return s.at(s.From, 0), true
	}
	if last := points[len(points)-1]; !last.Sure && last.runs < s.Repeats {
		return s.at(last.load, len(done)), true
	}
	load, why := s.step(bracket(points))
	return s.at(load, len(done)), why == ""
}

// at is the strategy of a load. Each benchmark draws its own arrivals, so that one at the same load is new evidence.
func (s Search) at(load float64, run int) Strategy {
	if s.Over == OverConcurrency {
		return Strategy{Kind: Concurrent, Concurrency: int(load)}
	}
	open := s.Open
	open.Rate = load
	if open.Kind != Constant {
		open.Seed += uint64(run)
	}
	return open
}

// points gathers the outcomes by load, in the order in which the loads were first tried.
func (s Search) points(done []Outcome) []point {
	var points []point
	for _, o := range done {
		load := o.Strategy.Rate
		if s.Over == OverConcurrency {
			load = float64(o.Strategy.Concurrency)
		}
		if n := len(points); n == 0 || points[n-1].load != load {
			points = append(points, point{load: load, tally: metrics.NewTally(s.SLO)})
		}
		p := &points[len(points)-1]
		p.runs++
		p.tally.Merge(o.Tally)
		p.Judgement = p.tally.Judge(s.Confidence)
		p.grew = p.grew || o.grew()
		p.late = p.late || o.clientLate()
		p.Sure = p.Sure && (!p.Kept || !p.grew) && !p.late
		if o.saturated() {
			p.Judgement = metrics.Judgement{Sure: true, Reason: fmt.Sprintf("the server answered only %s of them", rateText(o.RequestsPerSecond))}
		}
	}
	return points
}

// bracket returns the lowest load that misses the SLO, and the highest below it that keeps it; nil for none.
func bracket(points []point) (kept, missed *point) {
	for i := range points {
		if p := &points[i]; !p.Kept && (missed == nil || p.load < missed.load) {
			missed = p
		}
	}
	for i := range points {
		if p := &points[i]; p.Kept && (missed == nil || p.load < missed.load) && (kept == nil || p.load > kept.load) {
			kept = p
		}
	}
	return kept, missed
}

// step returns the load to try between two points, or why there is none.
func (s Search) step(kept, missed *point) (load float64, why string) {
	switch {
	case missed == nil && kept.load >= s.Most:
		return 0, "it is the highest that was to be tried"
	case missed == nil:
		return min(2*kept.load, s.Most), ""
	case kept == nil && missed.load <= s.least():
		return 0, "the lowest load that was tried misses it"
	case kept == nil:
		return max(s.round(missed.load/2), s.least()), ""
	}
	load = s.round((kept.load + missed.load) / 2)
	if missed.load <= kept.load*(1+s.Precision) || load <= kept.load || load >= missed.load {
		return 0, fmt.Sprintf("the two are within %s %%", strconv.FormatFloat(100*(missed.load/kept.load-1), 'g', 2, 64))
	}
	return load, ""
}

// least is the lowest load that is tried.
func (s Search) least() float64 {
	if s.Over == OverConcurrency {
		return 1
	}
	return s.From / 1024
}

// round gives a load that can be typed: a whole number of slots, or three digits of a rate.
func (s Search) round(load float64) float64 {
	if s.Over == OverConcurrency {
		return math.Floor(load)
	}
	short, _ := strconv.ParseFloat(strconv.FormatFloat(load, 'g', 3, 64), 64) // what it wrote itself
	return short
}

// Result is what the search has found so far.
func (s Search) Result(done []Outcome) results.Search {
	s = s.withDefaults()
	r := results.Search{SLO: s.SLO.String(), Over: s.Over, Benchmarks: len(done)}
	points := s.points(done)
	if len(points) == 0 {
		return r
	}
	kept, missed := bracket(points)
	if kept != nil {
		r.Found, r.FoundDetail = kept.load, kept.Reason
	}
	if missed != nil {
		r.Missed, r.MissedDetail = missed.load, missed.Reason
	}
	if (kept == nil || kept.Sure) && (missed == nil || missed.Sure) {
		r.Confidence = s.Confidence
	}
	_, r.Ended = s.step(kept, missed)
	return r
}

// Explain implements [Explainer].
func (s Search) Explain(done []Outcome) string {
	r := s.Result(done)
	var text string
	switch {
	case r.Found == 0:
		text = fmt.Sprintf("No %s keeps %s: %s misses it (%s).", r.Over, r.SLO, s.load(r.Missed), r.MissedDetail)
	case r.Missed == 0:
		text = fmt.Sprintf("The highest %s that keeps %s is %s (%s); none misses it.", r.Over, r.SLO, s.load(r.Found), r.FoundDetail)
	default:
		text = fmt.Sprintf("The highest %s that keeps %s is %s (%s); %s misses it (%s).", r.Over, r.SLO, s.load(r.Found), r.FoundDetail, s.load(r.Missed), r.MissedDetail)
	}
	if r.Ended != "" {
		text += " The search ended because " + r.Ended + "."
	} else {
		text += " The search did not come to its end."
	}
	if r.Confidence > 0 {
		return text + fmt.Sprintf(" Each side is sure at %v %% confidence.", 100*r.Confidence)
	}
	for _, p := range s.points(done) {
		if p.late && (p.load == r.Found || p.load == r.Missed) {
			return text + fmt.Sprintf(" That is not sure: at %s the client itself sent late.", s.load(p.load))
		}
	}
	return text + " The samples are too small to be sure of both sides: allow more requests at each load."
}

// load is a load with its unit.
func (s Search) load(load float64) string {
	if s.Over == OverConcurrency {
		return fmt.Sprintf("%v in flight", load)
	}
	return rateText(load)
}
