package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/promptmill/promptmill/bench"
)

// progressEvery is how often a progress line is drawn anew.
const progressEvery = 200 * time.Millisecond

// screen is where notices and the progress line share a terminal. The zero value is ready; it is safe for concurrent
// use.
type screen struct {
	mu    sync.Mutex
	drawn bool // the cursor is behind a progress line
}

// clearLine takes away what is in the line of the cursor.
const clearLine = "\r\x1b[K"

// draw replaces the progress line; "" takes it away.
func (s *screen) draw(w io.Writer, line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drawn = line != ""
	_, _ = io.WriteString(w, clearLine+line) // nobody else could be told
}

// print writes lines above the progress line, which the next draw brings back.
func (s *screen) print(w io.Writer, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drawn {
		text, s.drawn = clearLine+text, false
	}
	_, _ = io.WriteString(w, text)
}

// progressLine keeps one line on a terminal up to date, and takes it away at the end. On anything but a terminal it
// writes nothing.
type progressLine struct {
	stop    chan struct{}
	stopped chan struct{}
}

// startProgress draws what text returns for the columns that there are, until the line is closed; nothing on a terminal
// that cannot redraw. Text is called by one
// goroutine.
func (p *process) startProgress(off bool, text func(columns int) string) *progressLine {
	line := &progressLine{stop: make(chan struct{}), stopped: make(chan struct{})}
	if off || !p.redraws(p.stderr) {
		close(line.stopped)
		return line
	}
	go func() {
		defer close(line.stopped)
		tick := time.NewTicker(progressEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				columns := width(p.stderr) - 1 // a full line would wrap
				p.screen.draw(p.stderr, cutLine(text(columns), columns))
			case <-line.stop:
				p.screen.draw(p.stderr, "")
				return
			}
		}
	}()
	return line
}

// close takes the line away.
func (l *progressLine) close() {
	close(l.stop)
	<-l.stopped
}

// cells measures text in columns of a terminal.
var cells = &runewidth.Condition{StrictEmojiNeutral: true}

// cutLine makes foreign text one line of at most so many columns.
func cutLine(s string, columns int) string {
	s = printable(strings.NewReplacer("\n", " ", "\t", " ").Replace(s))
	return cells.Truncate(s, columns, "…")
}

// benchProgress is the progress line of one benchmark.
type benchProgress struct {
	counts   *bench.Progress
	label    string
	requests int           // planned; 0 if time ends the benchmark
	duration time.Duration // planned; 0 if requests end it
	start    time.Time
	before   [3]int64 // ok, failed, tokens when this benchmark began
}

func (p *process) startBenchProgress(label string, counts *bench.Progress, l bench.Limits, requests int, off bool) *progressLine {
	b := &benchProgress{
		counts: counts, label: label, requests: requests, duration: l.MaxDuration, start: time.Now(),
		before: [3]int64{counts.OK.Load(), counts.Failed.Load(), counts.Tokens.Load()},
	}
	return p.startProgress(off, func(int) string { return b.text(time.Since(b.start)) })
}

func (b *benchProgress) text(elapsed time.Duration) string {
	ok, failed := b.counts.OK.Load()-b.before[0], b.counts.Failed.Load()-b.before[1]
	tokens := float64(b.counts.Tokens.Load()-b.before[2]) / elapsed.Seconds()
	s := fmt.Sprintf("%s  %d done", b.label, ok)
	if b.requests > 0 {
		s = fmt.Sprintf("%s  %d/%d done", b.label, ok+failed, b.requests)
	}
	if failed > 0 {
		s += fmt.Sprintf(", %d failed", failed)
	}
	s += fmt.Sprintf(", %d in flight, %.0f tok/s, %s", b.counts.InFlight.Load(), tokens, elapsed.Round(time.Second))
	if left, known := b.left(ok+failed, elapsed); known {
		s += fmt.Sprintf(", %s left", left.Round(time.Second))
	}
	return s
}

// left estimates the time to the end of the benchmark from what has passed.
func (b *benchProgress) left(done int64, elapsed time.Duration) (time.Duration, bool) {
	left, known := time.Duration(0), false
	if b.requests > 0 && done > 0 {
		left, known = time.Duration(float64(elapsed)/float64(done)*float64(int64(b.requests)-done)), true
	}
	if b.duration > 0 {
		byTime := max(0, b.duration-elapsed)
		if !known || byTime < left {
			left, known = byTime, true
		}
	}
	return left, known
}
