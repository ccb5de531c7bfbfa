package bench

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// A Stage is a rate that is held, or that moves from one value to another, for some time.
type Stage struct {
	From, To    float64       // requests/s at its start and at its end; at least 0, and not both 0
	Duration    time.Duration // 0 is without end, and then From is To
	Exponential bool          // the rate grows by the same factor each second, not by the same amount; both ends above 0
}

// Requests is how many requests the stage has, with the part of one at its end; infinite without an end.
func (s Stage) Requests() float64 {
	if s.Duration == 0 {
		return math.Inf(1)
	}
	d := s.Duration.Seconds()
	n := float64(s.From+s.To) / 2 * d
	if k := s.growth(); k != 0 {
		n = float64(s.To-s.From) / k * d
	}
	return whole(n)
}

// whole is n, or the whole number that only binary fractions keep it from: 0.1/s for 30 s is 3 requests.
func whole(n float64) float64 {
	if near := math.Round(n); math.Abs(n-near) < 1e-9*n {
		return near
	}
	return n
}

// growth is how often the rate of an exponential stage grows by e over it; 0 for others.
func (s Stage) growth() float64 {
	if !s.Exponential || s.From == s.To {
		return 0
	}
	return math.Log(s.To / s.From)
}

// at is when the stage has had n requests, which is less than [Stage.Requests]; ok is false when that is further away
// than times can tell. Products are rounded by hand: some processors would not, and be a nanosecond apart from others.
func (s Stage) at(n float64) (due time.Duration, ok bool) {
	seconds := n / s.From
	if d := s.Duration.Seconds(); n == 0 {
		seconds = 0
	} else if k := s.growth(); k != 0 {
		seconds = d * math.Log1p(n*k/(s.From*d)) / k
	} else if s.To != s.From { // solve From t + (To-From)/(2d) t^2 = n, in the form that does not cancel
		square := float64(s.From*s.From) + float64(2*(s.To-s.From)*n/d)
		seconds = 2 * n / (s.From + math.Sqrt(max(0, square)))
	}
	ns := seconds * float64(time.Second)
	if !(ns < math.MaxInt64/2) {
		return 0, false
	}
	return time.Duration(math.Round(ns)), true
}

// String writes the stage as [ParseStages] reads it: "10/s:30s", "10/s..50/s:1m", "1/s..64/s:1m:exp".
func (s Stage) String() string {
	text := rateText(s.From)
	if s.To != s.From {
		text += ".." + rateText(s.To)
	}
	text += ":" + shortDuration(s.Duration)
	if s.Exponential {
		text += ":exp"
	}
	return text
}

func rateText(rate float64) string { return strconv.FormatFloat(rate, 'g', 5, 64) + "/s" }

// shortDuration is d without the zeros that [time.Duration.String] ends in: "1m", not "1m0s".
func shortDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// total is how long stages take one after another; negative when that is more than a duration holds.
func total(stages []Stage) time.Duration {
	var sum time.Duration
	for _, s := range stages {
		if sum += s.Duration; sum < 0 || sum > math.MaxInt64/2 {
			return -1
		}
	}
	return sum
}

func stagesText(stages []Stage) string {
	texts := make([]string, len(stages))
	for i, s := range stages {
		texts[i] = s.String()
	}
	return strings.Join(texts, ",")
}

// meanRate is the requests of all stages by their time.
func meanRate(stages []Stage) float64 {
	n := 0.0
	for _, s := range stages {
		n += s.Requests()
	}
	return n / total(stages).Seconds()
}
