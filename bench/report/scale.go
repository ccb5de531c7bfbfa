package report

import (
	"math"
	"strconv"
)

// px is a length in a drawing. It prints with one decimal.
type px float64

// String is for attributes of SVG.
func (p px) String() string { return strconv.FormatFloat(math.Round(float64(p)*10)/10, 'f', -1, 64) }

// A scale maps values to places in a drawing.
type scale struct {
	lo, hi   float64 // values
	from, to px
	log      bool
	ticks    []float64
}

// boundless is more than any figure comes to. A scale up to there would need numbers that there are not, and so would one
// from its inverse: a file may hold anything.
const boundless = 1e300

// linear is a scale from 0 to hi or a little above, with round ticks.
func linear(hi float64, from, to px) scale {
	if !(hi > 1/boundless && hi < boundless) {
		hi = 1
	}
	step := roundStep(hi / 5)
	s := scale{hi: math.Ceil(hi/step-1e-9) * step, from: from, to: to}
	for i := 0; float64(i)*step <= s.hi*(1+1e-9); i++ {
		s.ticks = append(s.ticks, float64(i)*step)
	}
	return s
}

// roundStep is the smallest of 1, 2, 2.5, 5 times a power of ten that is not below v.
func roundStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// spread is how far apart the ends of a scale must be for it to be logarithmic.
const spread = 20

// between is a scale from lo to hi: logarithmic when they are far apart, else linear without the zero.
func between(lo, hi float64, from, to px) scale {
	if !(lo > 1/boundless && hi > lo && hi < boundless) {
		return linear(hi, from, to)
	}
	if hi/lo < spread {
		return narrow(lo, hi, from, to)
	}
	s := scale{lo: lo, hi: hi, from: from, to: to, log: true}
	for power := math.Pow(10, math.Floor(math.Log10(lo))); power <= hi; power *= 10 {
		for _, m := range logTicks(hi / lo) {
			if v := m * power; v >= lo*(1-1e-9) && v <= hi*(1+1e-9) {
				s.ticks = append(s.ticks, v)
			}
		}
	}
	return s
}

func logTicks(ratio float64) []float64 {
	if ratio > 1000 {
		return []float64{1}
	}
	return []float64{1, 3}
}

func narrow(lo, hi float64, from, to px) scale {
	step := roundStep((hi - lo) / 4)
	s := scale{lo: math.Floor(lo/step+1e-9) * step, hi: math.Ceil(hi/step-1e-9) * step, from: from, to: to}
	for i := 0; s.lo+float64(i)*step <= s.hi+step*1e-6; i++ {
		s.ticks = append(s.ticks, s.lo+float64(i)*step)
	}
	return s
}

// at is the place of v. Values beyond the ends are drawn at the ends.
func (s scale) at(v float64) px {
	v = min(max(v, s.lo), s.hi)
	share := (v - s.lo) / (s.hi - s.lo)
	if s.log {
		share = math.Log(v/s.lo) / math.Log(s.hi/s.lo)
	}
	if math.IsNaN(share) {
		share = 0
	}
	return s.from + px(share)*(s.to-s.from)
}
