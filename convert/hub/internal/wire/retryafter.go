package wire

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryAfter reads the header Retry-After, a number of seconds or a time: how long from now the server wants the client to
// stay away, at most a day: more than anybody waits, and safe to add to.
func RetryAfter(s string, now time.Time) (time.Duration, bool) {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && n >= 0 {
		return seconds(n), true
	}
	if at, err := http.ParseTime(s); err == nil {
		return min(max(0, at.Sub(now)), 24*time.Hour), true
	}
	return 0, false
}

// seconds returns n seconds, or a day if that is less: more than anybody waits, and safe to add to.
func seconds(n int) time.Duration {
	return min(time.Duration(min(n, 24*60*60))*time.Second, 24*time.Hour)
}
