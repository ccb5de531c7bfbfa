package metrics

import (
	"fmt"
	"math"
	"strconv"

	"github.com/promptmill/promptmill/bench/results"
)

// A Tally counts how the requests of a benchmark kept an [SLO], for a search that must know how sure that is. Tallies
// of one SLO under one load add up. It is not safe for concurrent use.
type Tally struct {
	slo      *SLO
	requests int // measured ones, but for those cancelled on purpose
	failed   int
	bad      int          // failed, or an answer that misses a bound of each request
	limits   []limitTally // by limit of the SLO
}

// limitTally is what a tally knows of a bound of all answers.
type limitTally struct {
	n, missed    int
	mean, square float64 // square is the sum of squared differences from mean
}

// NewTally returns a Tally without a request.
func NewTally(slo *SLO) *Tally { return &Tally{slo: slo, limits: make([]limitTally, len(slo.limits))} }

// Add counts a request. One that failed, or was cut off, misses every percentile: a server must not keep them by
// refusing.
func (t *Tally) Add(r *results.Record) {
	if t == nil || r.Warmup || r.Cooldown || r.Status == results.StatusCancelled {
		return
	}
	t.requests++
	if r.Status != results.StatusOK {
		t.failed++
		t.bad++
		return
	}
	if !t.slo.keptBy(r) {
		t.bad++
	}
	for i := range t.slo.limits {
		b := &t.slo.limits[i]
		if v, ok := b.measure.Of(r); ok {
			t.limits[i].add(v, b.holds(v))
		}
	}
}

// keptBy reports whether an answer keeps every bound of each request.
func (s *SLO) keptBy(r *results.Record) bool {
	for i := range s.bounds {
		if !s.bounds[i].keptBy(r) {
			return false
		}
	}
	return true
}

func (l *limitTally) add(v float64, kept bool) {
	l.n++
	if !kept {
		l.missed++
	}
	d := v - l.mean
	l.mean += d / float64(l.n)
	l.square += d * (v - l.mean)
}

// Merge adds the requests of o, a tally of the same SLO; nil has none.
func (t *Tally) Merge(o *Tally) {
	if o == nil {
		return
	}
	t.requests += o.requests
	t.failed += o.failed
	t.bad += o.bad
	for i := range o.limits {
		t.limits[i].merge(o.limits[i])
	}
}

func (l *limitTally) merge(o limitTally) {
	if o.n == 0 {
		return
	}
	n, share := l.n+o.n, float64(o.n)/float64(l.n+o.n)
	d := o.mean - l.mean
	l.square += o.square + d*d*float64(l.n)*share
	l.mean += d * share
	l.n, l.missed = n, l.missed+o.missed
}

// Requests is how many were counted.
func (t *Tally) Requests() int { return t.requests }

// A Judgement is what a [Tally] says of its SLO.
type Judgement struct {
	Kept   bool
	Sure   bool   // the sample is large enough to say so at the confidence asked for
	Reason string // the bound that decides it, with its figures
}

// GoodShare is the part of all requests sent that must be answered within every bound of each request: a server that
// fails the others does not carry the load, however fast it is.
const GoodShare = 0.99

// Judge says whether the SLO is kept, at a confidence such as 0.95. Kept is what the sample says; Sure is that a server
// on the other side of a bound would give such a sample with a probability of at most 1-confidence: by the binomial
// distribution for shares and percentiles, by the normal one for means. A tally without requests keeps nothing.
func (t *Tally) Judge(confidence float64) Judgement {
	if t.requests == 0 {
		return Judgement{Sure: true, Reason: "no request was measured"}
	}
	var all []Judgement
	if len(t.slo.bounds) > 0 || t.failed > 0 {
		j := judgeShare(t.requests, t.bad, 1-GoodShare, 1-confidence)
		j.Reason = fmt.Sprintf("%d of %d requests failed", t.failed, t.requests)
		if len(t.slo.bounds) > 0 {
			j.Reason = fmt.Sprintf("%d of %d requests miss it, where 1 %% may", t.bad, t.requests)
		}
		all = append(all, j)
	}
	for i := range t.limits {
		all = append(all, t.limits[i].judge(&t.slo.limits[i], t.failed, 1-confidence))
	}
	return weakest(all)
}

// weakest is the judgement that decides: a sure miss, then a miss, then what is kept by luck, then the last.
func weakest(all []Judgement) Judgement {
	rank := func(j Judgement) int {
		switch {
		case !j.Kept && j.Sure:
			return 0
		case !j.Kept:
			return 1
		case !j.Sure:
			return 2
		}
		return 3
	}
	best := all[0]
	for _, j := range all[1:] {
		if rank(j) < rank(best) || rank(j) == 3 && rank(best) == 3 {
			best = j
		}
	}
	return best
}

// judge judges a bound of all answers, beside which so many requests failed.
func (l *limitTally) judge(b *bound, failed int, alpha float64) Judgement {
	switch b.stat {
	case "mean":
		return l.judgeMean(b, alpha)
	case "max":
		j := judgeShare(l.n+failed, l.missed+failed, 0, alpha)
		j.Reason = fmt.Sprintf("%s: %d of %d requests miss it", b.text, l.missed+failed, l.n+failed)
		return j
	}
	may := 1 - percents[b.stat]/100 // of the requests
	if b.op[0] == '>' {
		may = 1 - may
	}
	j := judgeShare(l.n+failed, l.missed+failed, may, alpha)
	j.Reason = fmt.Sprintf("%s: %d of %d requests miss it, where %s %% may", b.text, l.missed+failed, l.n+failed,
		strconv.FormatFloat(100*may, 'g', 4, 64))
	return j
}

func (l *limitTally) judgeMean(b *bound, alpha float64) Judgement {
	j := Judgement{Kept: l.n > 0 && b.holds(l.mean), Reason: fmt.Sprintf("%s: the mean of %d requests is %.4g %s", b.text, l.n, l.mean, b.measure.Unit)}
	if l.n > 1 {
		se := math.Sqrt(l.square / float64(l.n-1) / float64(l.n))
		j.Sure = math.Abs(l.mean-b.value) >= normalQuantile(1-alpha)*se
	}
	return j
}

// judgeShare judges whether at most a share of may is missed, by n requests of which so many missed it. Nothing makes a
// share of 0 sure.
func judgeShare(n, missed int, may, alpha float64) Judgement {
	kept := n > 0 && float64(missed) <= may*float64(n)
	switch {
	case kept:
		return Judgement{Kept: true, Sure: binomialAtMost(n, missed, may) <= alpha}
	default:
		return Judgement{Sure: n == 0 || may == 0 || 1-binomialAtMost(n, missed-1, may) <= alpha}
	}
}

// binomialAtMost is the probability that of n events of probability p at most k happen.
func binomialAtMost(n, k int, p float64) float64 {
	switch {
	case k < 0:
		return 0
	case k >= n || p <= 0:
		return 1
	case p >= 1:
		return 0
	}
	logFactorial := func(m int) float64 {
		v, _ := math.Lgamma(float64(m) + 1)
		return v
	}
	sum := 0.0
	for i := range k + 1 {
		sum += math.Exp(logFactorial(n) - logFactorial(i) - logFactorial(n-i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return min(sum, 1)
}

// normalQuantile is the value below which the standard normal distribution has probability p.
func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
