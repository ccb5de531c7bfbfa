package main

import (
	"fmt"
	"io"
	"time"

	"github.com/promptmill/promptmill/bench"
)

// progressEvery is how often the progress line is drawn anew.
const progressEvery = 200 * time.Millisecond

// progressLine keeps one line on a terminal up to date while a benchmark runs, and takes it away at the end. On
// anything but a terminal it writes nothing.
type progressLine struct {
	w        io.Writer
	counts   *bench.Progress
	label    string
	requests int           // planned; 0 if time ends the benchmark
	duration time.Duration // planned; 0 if requests end it
	start    time.Time
	before   [3]int64 // ok, failed, tokens when this benchmark began
	stop     chan struct{}
	stopped  chan struct{}
}

func (p *process) startProgress(label string, counts *bench.Progress, l bench.Limits, requests int, off bool) *progressLine {
	line := &progressLine{
		w: p.stderr, counts: counts, label: label, requests: requests, duration: l.MaxDuration, start: time.Now(),
		before: [3]int64{counts.OK.Load(), counts.Failed.Load(), counts.Tokens.Load()},
		stop:   make(chan struct{}), stopped: make(chan struct{}),
	}
	if _, ok := terminal(p.stderr); !ok || off {
		close(line.stopped)
		return line
	}
	go line.run()
	return line
}

func (l *progressLine) run() {
	defer close(l.stopped)
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			fmt.Fprintf(l.w, "\r\x1b[K%s", l.text(time.Since(l.start)))
		case <-l.stop:
			fmt.Fprint(l.w, "\r\x1b[K")
			return
		}
	}
}

// close takes the line away.
func (l *progressLine) close() {
	close(l.stop)
	<-l.stopped
}

func (l *progressLine) text(elapsed time.Duration) string {
	ok, failed := l.counts.OK.Load()-l.before[0], l.counts.Failed.Load()-l.before[1]
	tokens := float64(l.counts.Tokens.Load()-l.before[2]) / elapsed.Seconds()
	s := fmt.Sprintf("%s  %d done", l.label, ok)
	if l.requests > 0 {
		s = fmt.Sprintf("%s  %d/%d done", l.label, ok+failed, l.requests)
	}
	if failed > 0 {
		s += fmt.Sprintf(", %d failed", failed)
	}
	s += fmt.Sprintf(", %d in flight, %.0f tok/s, %s", l.counts.InFlight.Load(), tokens, elapsed.Round(time.Second))
	if left, known := l.left(ok+failed, elapsed); known {
		s += fmt.Sprintf(", %s left", left.Round(time.Second))
	}
	return s
}

// left estimates the time to the end of the benchmark from what has passed.
func (l *progressLine) left(done int64, elapsed time.Duration) (time.Duration, bool) {
	left, known := time.Duration(0), false
	if l.requests > 0 && done > 0 {
		left, known = time.Duration(float64(elapsed)/float64(done)*float64(int64(l.requests)-done)), true
	}
	if l.duration > 0 {
		byTime := max(0, l.duration-elapsed)
		if !known || byTime < left {
			left, known = byTime, true
		}
	}
	return left, known
}
