package bench

import (
	"fmt"
	"math"
	"time"
)

// Saturation is when a server is held to fall behind an open loop for good: the requests that wait for their first
// token become more and more, by more than the chance of random arrivals explains, and there is no end to it.
type Saturation struct {
	After time.Duration // not before the benchmark has lasted that long
	Wait  time.Duration // not before the requests that wait are those of so much time, which is about what each will wait
}

// DefaultSaturation has the bounds that GuideLLM has for its own detector.
var DefaultSaturation = Saturation{After: 30 * time.Second, Wait: 2500 * time.Millisecond}

const (
	saturationPoints = 512 // kept at most; a multiple of 2
	saturationLeast  = 24  // points before anything is said
	// saturationErrors is how many standard errors growth must be beyond chance. Arrivals and answers that each come at
	// random, equally many, let the number that waits drift by sqrt(arrivals + answers) in a window.
	saturationErrors = 3
	// saturationStep is the least part of the growth that each quarter must bring: a third where it is steady. A burst,
	// a step to a new level and a recovery all have a quarter without.
	saturationStep = 1.0 / 6
)

// saturationWatch looks for saturation in a series of equidistant samples. It looks at the last three quarters of a
// benchmark, so that its start counts for less and less, and keeps a bounded number of points, which are means over
// longer and longer times.
type saturationWatch struct {
	Saturation
	every   time.Duration // from sample to sample
	samples int           // in each point
	points  []saturationPoint
	open    saturationPoint // still being added to
	count   int             // samples in open
}

// saturationPoint is what some successive samples have in common.
type saturationPoint struct {
	waiting float64 // mean number of requests without a first token
	sent    int64   // requests sent by then
}

// add takes in how many requests wait and how many have been sent. It returns the evidence when the server is saturated.
func (s *saturationWatch) add(waiting float64, sent int64) (evidence string, saturated bool) {
	s.samples = max(s.samples, 1)
	s.open.waiting += waiting / float64(s.samples)
	s.open.sent = sent
	if s.count++; s.count < s.samples {
		return "", false
	}
	s.points = append(s.points, s.open)
	s.open, s.count = saturationPoint{}, 0
	if len(s.points) == saturationPoints {
		s.thin()
	}
	return s.look()
}

// thin makes one point of each two.
func (s *saturationWatch) thin() {
	for i := range saturationPoints / 2 {
		a, b := s.points[2*i], s.points[2*i+1]
		s.points[i] = saturationPoint{(a.waiting + b.waiting) / 2, b.sent}
	}
	s.points = s.points[:saturationPoints/2]
	s.samples *= 2
}

func (s *saturationWatch) look() (evidence string, saturated bool) {
	step := s.every * time.Duration(s.samples)
	if len(s.points) < saturationLeast || step*time.Duration(len(s.points)) < s.After {
		return "", false
	}
	window := s.points[len(s.points)/4:]
	lasted := step * time.Duration(len(window)-1)
	sent := float64(window[len(window)-1].sent - window[0].sent)
	quarters := quarterMeans(window)
	growth := quarters[3] - quarters[0] // in three quarters of the window
	wait := time.Duration(quarters[3] / sent * float64(lasted))
	switch {
	case sent == 0 || wait < s.Wait:
	case growth*4/3 < saturationErrors*math.Sqrt(2*sent):
	case !steady(quarters):
	default:
		return fmt.Sprintf("in the last %v the requests that wait for a first token became ever more, by quarters %.3g, %.3g, %.3g, %.3g; %.3g/s were sent, so each of the last waits about %v",
			lasted.Round(100*time.Millisecond), quarters[0], quarters[1], quarters[2], quarters[3], sent/lasted.Seconds(), wait.Round(100*time.Millisecond)), true
	}
	return "", false
}

// quarterMeans are the means of the four quarters of a window.
func quarterMeans(window []saturationPoint) (means [4]float64) {
	for q := range means {
		part := window[q*len(window)/4 : (q+1)*len(window)/4]
		for _, p := range part {
			means[q] += p.waiting / float64(len(part))
		}
	}
	return means
}

// steady reports whether every quarter has its part in the growth.
func steady(quarters [4]float64) bool {
	for q := 1; q < len(quarters); q++ {
		if quarters[q]-quarters[q-1] < saturationStep*(quarters[3]-quarters[0]) {
			return false
		}
	}
	return true
}
