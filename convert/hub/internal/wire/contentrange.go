package wire

import (
	"math"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/span"
)

// ContentRange reads the header Content-Range, "bytes 5-9/10"; total is -1 for "*".
func ContentRange(s string) (part span.Span, total int64, ok bool) {
	s, ok = strings.CutPrefix(s, "bytes ")
	place, all, ok2 := strings.Cut(s, "/")
	a, b, ok3 := strings.Cut(place, "-")
	from, err := strconv.ParseInt(a, 10, 64)
	last, err2 := strconv.ParseInt(b, 10, 64)
	if !ok || !ok2 || !ok3 || err != nil || err2 != nil || from < 0 || last < from || last == math.MaxInt64 {
		return span.Span{}, 0, false
	}
	part = span.Of(from, last+1)
	if all == "*" {
		return part, -1, true
	}
	total, err = strconv.ParseInt(all, 10, 64)
	return part, total, err == nil && total > last
}
