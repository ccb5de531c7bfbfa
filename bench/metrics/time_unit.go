package metrics

// perSecond says how many of a unit of time make a second: a division is exact where a product would not be.
var perSecond = map[string]float64{"ns": 1e9, "us": 1e6, "µs": 1e6, "ms": 1e3, "s": 1}

// InSeconds is a time in a unit (ns, us, µs, ms, s, min or h) in seconds, as near as the figures of requests are: 9 ms are
// those of a request of 9,000,000 ns. It is not ok for another unit.
func InSeconds(v float64, unit string) (seconds float64, ok bool) {
	switch unit {
	case "min":
		return 60 * v, true
	case "h":
		return 3600 * v, true
	}
	per, ok := perSecond[unit]
	if !ok {
		return 0, false
	}
	return v / per, true
}
