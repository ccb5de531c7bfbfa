package main

import (
	"sync/atomic"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert"
)

// convertProgress is how far a conversion is. The zero value is ready; it is safe for concurrent use.
type convertProgress struct {
	read, written atomic.Int64
}

// update takes in what [convert.Options] calls Progress with.
func (p *convertProgress) update(read, written int64) {
	p.read.Store(read)
	p.written.Store(written)
}

// text is the progress line. Types are found before the first row is converted, and what is sampled or shuffled is written
// after the last.
func (p *convertProgress) text(elapsed time.Duration) string {
	read, written := p.read.Load(), p.written.Load()
	s := "convert  reading"
	if read > 0 {
		s = "convert  " + counted(read, "row") + " read"
	}
	if written > 0 {
		s += ", " + counted(written, "prompt") + " written"
	}
	return s + ", " + elapsed.Round(time.Second).String()
}

// startConvertProgress draws how far the conversion by o is, unless the prompts go to the same terminal.
func (a *app) startConvertProgress(c *cli.Context, o *convert.Options) *progressLine {
	p, start := new(convertProgress), time.Now()
	o.Progress = p.update
	_, shown := terminal(a.stdout)
	off := c.Bool("quiet") || c.Bool("no-progress") || shown && manifestBeside(c.String("output")) == ""
	return a.startProgress(off, func(int) string { return p.text(time.Since(start)) })
}
