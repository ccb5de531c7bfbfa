package bench

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Span is the length of a part of a benchmark: of its fields at most one is set. The zero value is no length.
type Span struct {
	Requests int
	Time     time.Duration
	Share    float64 // of the requests or the time of the benchmark, whichever is over first; below 1
}

// ParseSpan reads a number of requests ("20"), a time ("10s") or a share ("5%"); "" and "0" are no length.
func ParseSpan(text string) (Span, error) {
	wrong := fmt.Errorf("%q: expected a number of requests, a time or a share, such as 20, 10s or 5%%", text)
	if number, ok := strings.CutSuffix(text, "%"); ok {
		f, err := strconv.ParseFloat(number, 64)
		if err != nil || !(f >= 0) || f >= 100 {
			return Span{}, wrong
		}
		return Span{Share: f / 100}, nil
	}
	if text == "" {
		return Span{}, nil
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return Span{Requests: n}, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return Span{}, wrong
	}
	return Span{Time: d}, nil
}

// String is the span as people say it: "20 requests", "10s", "5 %".
func (s Span) String() string {
	switch {
	case s.Share > 0:
		return strconv.FormatFloat(s.Share*100, 'g', 4, 64) + " %"
	case s.Time > 0:
		return s.Time.String()
	case s.Requests == 1:
		return "1 request"
	default:
		return strconv.Itoa(s.Requests) + " requests"
	}
}

// check returns the error of a span that fits no benchmark of that many requests (0 is unknown) and duration.
func (s Span) check(requests int, duration time.Duration) error {
	switch {
	case s.Requests < 0 || s.Time < 0 || !(s.Share >= 0) || s.Share >= 1:
		return errors.New("out of range")
	case s.Share > 0 && requests == 0 && duration == 0:
		return errors.New("a share needs to know of what: set the number of requests or the duration")
	case requests > 0 && s.Requests >= requests:
		return fmt.Errorf("the benchmark sends no more than %d", requests)
	case duration > 0 && s.Time >= duration:
		return fmt.Errorf("the benchmark takes no more than %s", duration)
	}
	return nil
}

// of returns how many requests and how much time the span is of a benchmark of so many requests and such a duration,
// both 0 where it has none; 0 is no bound.
func (s Span) of(requests int64, duration time.Duration) (int64, time.Duration) {
	if s.Share > 0 {
		return int64(math.Ceil(whole(s.Share * float64(requests)))), time.Duration(s.Share * float64(duration))
	}
	return int64(s.Requests), s.Time
}
