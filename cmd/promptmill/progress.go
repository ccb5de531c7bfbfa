package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/live"
)

// progressEvery is how often a progress line is drawn anew.
const progressEvery = 200 * time.Millisecond

// screen is where notices share a terminal with the progress line, or the lines of a dashboard. The zero value is
// ready; it is safe for concurrent use.
type screen struct {
	mu    sync.Mutex
	drawn bool  // the cursor is behind a progress line
	block []int // or behind the last of several lines that take so many columns
}

// clearLine takes away what is in the line of the cursor.
const clearLine = "\r\x1b[K"

// draw replaces the progress line; "" takes it away.
func (s *screen) draw(w io.Writer, line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	above := s.overBlock(w)
	s.drawn, s.block = line != "", nil
	_, _ = io.WriteString(w, above+clearLine+line) // nobody else could be told
}

// drawBlock replaces what is drawn by several lines, none of which wraps. Each is written over the one before it, so
// that nothing flickers.
func (s *screen) drawBlock(w io.Writer, lines []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	top := "\r"
	if len(s.block) > 0 {
		top = s.toTop(w)
	}
	s.drawn, s.block = false, nil
	for _, line := range lines {
		s.block = append(s.block, cells.StringWidth(escapes.ReplaceAllString(line, "")))
	}
	_, _ = io.WriteString(w, top+strings.Join(lines, "\x1b[K\n")+"\x1b[J")
}

// escapes are what a line has of colour.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// toTop moves the cursor to the first line of the block. A terminal that became narrower has wrapped its lines.
func (s *screen) toTop(w io.Writer) string {
	columns, rows := width(w), 0
	for _, n := range s.block {
		rows += max(1, (n+columns-1)/columns)
	}
	if rows == 1 {
		return "\r"
	}
	return fmt.Sprintf("\r\x1b[%dA", rows-1)
}

// overBlock takes a block away.
func (s *screen) overBlock(w io.Writer) string {
	if len(s.block) == 0 {
		return ""
	}
	return s.toTop(w) + "\x1b[J"
}

// print writes lines above what is drawn, which the next draw brings back.
func (s *screen) print(w io.Writer, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text = s.overBlock(w) + text
	if s.drawn {
		text = clearLine + text
	}
	s.drawn, s.block = false, nil
	_, _ = io.WriteString(w, text)
}

// progressLine keeps one line on a terminal up to date, and takes it away at the end. On anything but a terminal it
// writes nothing.
type progressLine struct {
	stop    chan struct{}
	stopped chan struct{}
}

// startProgress draws what text returns for the columns that there are, until the line is closed; nothing on a terminal
// that cannot redraw. Text is called by one goroutine.
func (p *process) startProgress(off bool, text func(columns int) string) *progressLine {
	return p.startDrawing(off, func() {
		columns := width(p.stderr) - 1 // a full line would wrap
		p.screen.draw(p.stderr, cutLine(text(columns), columns))
	})
}

// startDrawing calls draw again and again, from one goroutine, until the line is closed.
func (p *process) startDrawing(off bool, draw func()) *progressLine {
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
				draw()
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
	after    live.After
	start    time.Time
	before   [2]int64 // failed, tokens when this benchmark began
	ended    int64    // requests that had come to an end then
}

func newBenchProgress(label string, counts *bench.Progress, l bench.Limits, requests int, after live.After) *benchProgress {
	return &benchProgress{
		counts: counts, label: label, after: after, requests: requests, duration: l.MaxDuration, start: time.Now(),
		before: [2]int64{counts.Failed.Load(), counts.Tokens.Load()}, ended: counts.Done(),
	}
}

// text is the line: what may be cut off for want of columns comes last.
func (b *benchProgress) text(elapsed time.Duration) string {
	failed := b.counts.Failed.Load() - b.before[0]
	done := b.counts.Done() - b.ended
	tokens := float64(b.counts.Tokens.Load()-b.before[1]) / elapsed.Seconds()
	s := b.label + b.after.Place() + "  " + elapsed.Round(time.Second).String()
	if left, known := live.Left(b.requests, b.duration, done, elapsed); known {
		s += fmt.Sprintf(", %s left%s", left.Round(time.Second), b.after.Left(left))
	}
	if b.requests > 0 {
		s += fmt.Sprintf(", %d/%d done", done, b.requests)
	} else {
		s += fmt.Sprintf(", %d done", done)
	}
	if failed > 0 {
		s += fmt.Sprintf(", %d failed", failed)
	}
	return s + fmt.Sprintf(", %d in flight, %.0f tok/s", b.counts.InFlight.Load(), tokens)
}
