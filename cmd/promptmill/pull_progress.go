package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/promptmill/promptmill/convert/hub"
)

// rateSpan is over how long the rate of a download is measured.
const rateSpan = 5 * time.Second

// download is how far a download is, for the progress line and for who ends it early. It is safe for concurrent use.
type download struct {
	label string
	now   func() time.Time

	mu      sync.Mutex
	state   hub.Progress
	samples []sample // of the last rateSpan, the oldest first
}

type sample struct {
	at    time.Time
	bytes int64 // received
}

func newDownload(label string) *download { return &download{label: label, now: time.Now} }

// update takes in what the client tells.
func (d *download) update(p hub.Progress) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state.TotalBytes == 0 {
		d.samples = []sample{{d.now(), p.Bytes - p.Kept}}
	}
	d.state = p
}

// text is the progress line.
func (d *download) text(columns int) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.state
	if p.TotalFiles == 0 {
		return d.label + "  finding files"
	}
	parts := []string{
		fmt.Sprintf("%3d%%", percent(p.Bytes, p.TotalBytes)), byteSize(p.Bytes) + " of " + byteSize(p.TotalBytes), "", "", "",
	}
	if rate := d.rate(); rate > 0 {
		parts[2], parts[3] = byteSize(int64(rate))+"/s", clock(float64(p.TotalBytes-p.Bytes)/rate)+" left"
	}
	if p.TotalFiles > 1 {
		parts[4] = fmt.Sprintf("%d/%d files", p.Files, p.TotalFiles)
	}
	drawn := bar(p.Bytes, p.TotalBytes, min(columns/4, maxBar)) // of a width that does not change with the numbers
	return fitLine(cutLine(d.label, columns), drawn, parts, columns)
}

// fitLine joins a label, a bar and five parts to a line of at most so many columns, from which the less important ones
// are left out when it is narrow: the bar, the fifth part, the second, the label, the fourth, the third. A label is cut
// before anything but the bar goes.
func fitLine(label, drawn string, parts []string, columns int) string {
	rest := joinParts(parts)
	if cells.StringWidth(label+drawn+rest)+2 <= columns {
		return label + "  " + drawn + rest
	}
	least := min(cells.StringWidth(label), max(columns/5, minLabel))
	for _, without := range [][]int{{}, {4}, {1, 4}} {
		rest := joinParts(parts, without...)
		if room := columns - cells.StringWidth(rest) - 2; room >= least {
			return cutLine(label, room) + "  " + rest
		}
	}
	for _, without := range [][]int{{1, 4}, {1, 3, 4}} {
		if rest := joinParts(parts, without...); cells.StringWidth(rest) <= columns {
			return rest
		}
	}
	return parts[0]
}

// minLabel is what is left at least of a label when it is cut.
const minLabel = 8

func joinParts(parts []string, without ...int) string {
	var out []string
	for i, p := range parts {
		if p != "" && !slices.Contains(without, i) {
			out = append(out, p)
		}
	}
	return strings.Join(out, "  ")
}

// The columns of the bar.
const (
	minBar = 10
	maxBar = 40
)

// bar draws done of total in so many columns, or nothing when they are too few.
func bar(done, total int64, columns int) string {
	if columns < minBar {
		return ""
	}
	inner := columns - 2
	full := int(int64(percent(done, total)) * int64(inner) / 100)
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", inner-full) + "]  "
}

// percent is 100 only when everything is done.
func percent(done, total int64) int {
	if total <= 0 || done >= total {
		return 100
	}
	return int(max(0, float64(done)) / float64(total) * 100)
}

// rate returns the bytes per second that were received in the last seconds, 0 while nothing is known: what was there
// before is no part of it. A file that starts again takes its bytes back: then the rate is measured from there.
func (d *download) rate() float64 {
	now := sample{d.now(), d.state.Bytes - d.state.Kept}
	if n := len(d.samples); n > 0 && now.bytes < d.samples[n-1].bytes {
		d.samples = nil
	}
	d.samples = append(d.samples, now)
	for len(d.samples) > 2 && now.at.Sub(d.samples[1].at) >= rateSpan {
		d.samples = d.samples[1:]
	}
	first := d.samples[0]
	took := now.at.Sub(first.at).Seconds()
	if took < progressEvery.Seconds()/2 {
		return 0
	}
	return float64(now.bytes-first.bytes) / took
}

// clock writes seconds as m:ss, or h:mm:ss.
func clock(seconds float64) string {
	const longest = 99 * 3600
	n := int(min(max(seconds, 0), longest) + 0.5)
	if n < 3600 {
		return fmt.Sprintf("%d:%02d", n/60, n%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60)
}

// progress returns how far the download is.
func (d *download) progress() hub.Progress {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state
}
