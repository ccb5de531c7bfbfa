package main

import (
	"fmt"
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
	bytes int64
}

func newDownload(label string) *download { return &download{label: label, now: time.Now} }

// update takes in what the client tells.
func (d *download) update(p hub.Progress) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state.TotalBytes == 0 { // what the cache had is no part of the rate
		d.samples = []sample{{d.now(), p.Bytes}}
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
	rate := d.rate()
	s := fmt.Sprintf("%3d%%  %s of %s", percent(p.Bytes, p.TotalBytes), byteSize(p.Bytes), byteSize(p.TotalBytes))
	if rate > 0 {
		s += fmt.Sprintf("  %s/s  %s left", byteSize(int64(rate)), clock(float64(p.TotalBytes-p.Bytes)/rate))
	}
	if p.TotalFiles > 1 {
		s += fmt.Sprintf("  %d/%d files", p.Files, p.TotalFiles)
	}
	drawn := bar(p.Bytes, p.TotalBytes, min(columns/4, maxBar)) // of a width that does not change with the numbers
	if cells.StringWidth(d.label+drawn+s)+2 > columns {
		drawn = ""
	}
	label := cutLine(d.label, max(columns-cells.StringWidth(drawn+s)-2, columns/5))
	return label + "  " + drawn + s
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

// rate returns the bytes per second of the last seconds, 0 while nothing is known. A file that starts again takes its
// bytes back: then the rate is measured from there.
func (d *download) rate() float64 {
	now := sample{d.now(), d.state.Bytes}
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
