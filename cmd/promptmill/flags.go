package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
)

// refuseEmpty returns an error when one of the flags was given without text, as by a variable that is not set: that is
// no way to choose everything.
func refuseEmpty(c *cli.Context, names ...string) error {
	for _, name := range names {
		if c.IsSet(name) && c.String(name) == "" {
			return usagef("--%s is empty: expected a name; leave the flag out to choose none", name)
		}
	}
	return nil
}

// splitLines makes one text of each line, which is how a variable has several. The line feed at the end of a text
// begins no line.
func splitLines(texts []string) []string {
	var out []string
	for _, s := range texts {
		out = append(out, strings.Split(strings.TrimSuffix(s, "\n"), "\n")...)
	}
	return out
}

// splitList splits "a, b" into its parts; "" has none.
func splitList(s string) []string {
	var parts []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// parseRates reads "2, 4.5/s" as requests per second.
func parseRates(s string) ([]float64, error) {
	var rates []float64
	for _, part := range splitList(s) {
		r, err := strconv.ParseFloat(strings.TrimSuffix(part, "/s"), 64)
		if err != nil {
			return nil, fmt.Errorf("rate %q: expected requests per second, such as 2 or 0.5/s", part)
		}
		rates = append(rates, r)
	}
	return rates, nil
}

func parseCounts(name, s string) ([]int, error) {
	var counts []int
	for _, part := range splitList(s) {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, fmt.Errorf("%s %q: expected whole numbers, such as 1,8,32", name, part)
		}
		counts = append(counts, n)
	}
	return counts, nil
}

// parseSeconds reads "30", "0.5" or "2m" as a duration; "" is 0.
func parseSeconds(name, s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && f >= 0 && f < math.MaxInt64/float64(time.Second) {
		return time.Duration(f * float64(time.Second)), nil
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return d, nil
	}
	return 0, fmt.Errorf("%s %q: expected seconds or a duration, such as 30 or 2m", name, s)
}
