package wire_test

import (
	"testing"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/wire"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"0": 0, " 7 ": 7 * time.Second, "999999999999": 24 * time.Hour,
		"Fri, 02 Jan 2026 03:05:05 GMT": time.Minute, "Fri, 02 Jan 2026 03:00:00 GMT": 0,
		"Fri, 31 Dec 9999 23:59:59 GMT": 24 * time.Hour,
		"":                              -1, "-1": -1, "soon": -1,
	} {
		got, ok := wire.RetryAfter(in, now)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %v, %v; want %v", in, got, ok, want)
		}
	}
}
