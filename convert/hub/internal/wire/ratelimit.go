package wire

import (
	"strconv"
	"strings"
	"time"
)

// RateLimit is the header of that name: how many requests of a kind are left, and when that starts anew.
type RateLimit struct {
	Kind  string
	Left  int
	Reset time.Duration
}

// ParseRateLimit reads `"api";r=0;t=55`.
func ParseRateLimit(s string) (RateLimit, bool) {
	parts := strings.Split(s, ";")
	l := RateLimit{Kind: strings.Trim(strings.TrimSpace(parts[0]), `"`), Left: -1, Reset: -1}
	for _, p := range parts[1:] {
		key, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			continue
		}
		switch key {
		case "r":
			l.Left = n
		case "t":
			l.Reset = seconds(n)
		}
	}
	return l, l.Kind != "" && l.Left >= 0 && l.Reset >= 0
}

// PolicyQuota returns how many requests of a kind a window has, by the headers RateLimit-Policy, like
// `"fixed window";"api";q=500;w=300`; 0 when they do not say.
func PolicyQuota(headers []string, kind string) int {
	for _, h := range headers {
		for policy := range strings.SplitSeq(h, ",") {
			n, named := 0, false
			for part := range strings.SplitSeq(policy, ";") {
				part = strings.TrimSpace(part)
				if part == strconv.Quote(kind) {
					named = true
				}
				if v, ok := strings.CutPrefix(part, "q="); ok {
					n, _ = strconv.Atoi(v) // what is no number says nothing
				}
			}
			if named && n > 0 {
				return n
			}
		}
	}
	return 0
}
