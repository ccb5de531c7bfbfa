package bench

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// ParseStages reads stages as people write them, separated by commas: "10/s:30s,50/s:1m" holds two rates, and
// "10/s..50/s:30s" moves from one to the other, exponentially with ":exp" at its end. The "/s" may be left out. Its
// errors are for the person who wrote the text.
func ParseStages(text string) ([]Stage, error) {
	var stages []Stage
	for part := range strings.SplitSeq(text, ",") {
		s, err := parseStage(strings.TrimSpace(part))
		if err != nil {
			return nil, fmt.Errorf("stage %q: %w; a stage is a rate and a time, such as 10/s:30s or 10/s..50/s:1m", part, err)
		}
		stages = append(stages, s)
	}
	if total(stages) < 0 {
		return nil, fmt.Errorf("stages %q: together they take more than 146 years", text)
	}
	return stages, nil
}

func parseStage(text string) (s Stage, err error) {
	text, s.Exponential = strings.CutSuffix(text, ":exp")
	rates, duration, found := strings.Cut(text, ":")
	if !found {
		return s, errors.New("no time")
	}
	from, to, moves := strings.Cut(rates, "..")
	if s.From, err = parseRate(from); err != nil {
		return s, err
	}
	s.To = s.From
	if moves {
		if s.To, err = parseRate(to); err != nil {
			return s, err
		}
	}
	if s.Duration, err = parseTime(duration); err != nil {
		return s, err
	}
	return s, s.check()
}

// check refuses a stage that has no requests, or no such shape.
func (s Stage) check() error {
	switch {
	case s.Duration <= 0:
		return errors.New("its time is 0: expected more")
	case s.From == 0 && s.To == 0:
		return errors.New("its rate is 0: expected more than 0 at one of its ends")
	case s.Exponential && (s.From == 0 || s.To == 0):
		return errors.New("its rate is 0 at one end, and no factor leads there: expected more than 0 at both ends of :exp")
	}
	return nil
}

// parseRate reads "10", "0.5/s".
func parseRate(text string) (float64, error) {
	r, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(text), "/s"), 64)
	if err != nil || !(r == 0 || r >= minRate) || math.IsInf(r, 0) {
		return 0, fmt.Errorf("rate %q: expected requests per second, such as 10/s", text)
	}
	return r, nil
}

// parseTime reads "30" (seconds), "0.5" or "2m".
func parseTime(text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	if f, err := strconv.ParseFloat(text, 64); err == nil && f >= 0 && f < math.MaxInt64/2/float64(time.Second) {
		return time.Duration(f * float64(time.Second)), nil
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return d, nil
	}
	return 0, fmt.Errorf("time %q: expected seconds or a duration, such as 30 or 2m", text)
}
