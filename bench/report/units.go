package report

import (
	"math"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
)

// none stands where there is no value.
const none = "-"

// uncertified marks a percentile that the sample is too small to bound (see [metrics.Dist.Certified]).
const uncertified = "~"

var timeUnits = []struct {
	seconds float64
	name    string
}{{3600, "h"}, {60, "min"}, {1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}}

// duration prints v seconds with three significant digits and a unit, such as "1.05 s". Minutes begin where
// three digits of seconds end.
func duration(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return none
	}
	v = round3(v)
	if v == 0 {
		return "0 s"
	}
	for i, u := range timeUnits {
		least := u.seconds
		if u.name == "min" {
			least = 1000
		}
		if math.Abs(v) >= least || i == len(timeUnits)-1 {
			return digits3(v/u.seconds) + " " + u.name
		}
	}
	return none
}

// tight is a duration without the space before its unit, for narrow columns.
func tight(s string) string { return strings.ReplaceAll(s, " ", "") }

// number prints v with three significant digits, or all digits of its integer part when that has more, in
// groups of thousands.
func number(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return none
	case math.Abs(v) >= 1e15:
		return strconv.FormatFloat(v, 'g', 3, 64)
	case math.Abs(round3(v)) >= 1000:
		return grouped(strconv.FormatFloat(v, 'f', 0, 64))
	}
	return digits3(v)
}

// exact prints v with all its digits: a setting, or a count of whole things.
func exact(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return none
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// integer prints n in groups of thousands.
func integer[T int | int32 | int64](n T) string { return grouped(strconv.FormatInt(int64(n), 10)) }

// percent prints a share of 1 as a percentage. One that is neither nothing nor all is not rounded to either.
func percent(share float64) string {
	switch {
	case math.IsNaN(share) || math.IsInf(share, 0):
		return none
	case share > 0 && share < 0.0005:
		return "<0.1 %"
	case share >= 0.9995 && share < 1:
		return ">99.9 %"
	}
	return strconv.FormatFloat(math.Round(share*1000)/10, 'f', -1, 64) + " %"
}

// size prints n bytes in binary units.
func size(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	v, i := float64(n), 0
	for ; v >= 1024 && i < len(units)-1; i++ {
		v /= 1024
	}
	return digits3(v) + " " + units[i]
}

// share is part / whole, or 0 when there is no whole.
func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// percentile is the duration v, the p-th percentile of d, marked when d does not certify it.
func percentile(d metrics.Dist, p, v float64) string {
	if d.Count == 0 {
		return none
	}
	if d.Certified < p {
		return uncertified + duration(v)
	}
	return duration(v)
}

func p50(d metrics.Dist) string { return percentile(d, 50, d.P50) }
func p95(d metrics.Dist) string { return percentile(d, 95, d.P95) }
func p99(d metrics.Dist) string { return percentile(d, 99, d.P99) }

// round3 rounds v to three significant digits.
func round3(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 2, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// digits3 prints v with three significant digits and no exponent, trailing zeros kept: they are part of the
// precision. An integer part of more than three digits stays whole; what is below a millionth is printed as 0.
func digits3(v float64) string {
	if v == 0 || math.Abs(v) < 1e-6 {
		return "0"
	}
	v = round3(v)
	decimals := 2 - int(math.Floor(math.Log10(math.Abs(v))+1e-12))
	return strconv.FormatFloat(v, 'f', max(decimals, 0), 64)
}

func grouped(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(digits[i])
	}
	return sign + b.String()
}
