package validate

import (
	"context"
	"iter"
	"math/rand/v2"

	"github.com/zeebo/xxh3"
)

// A crew checks the chunks of a file. Its goroutines are started by [file.read], which
// waits for the one that reads, and for the others unless the context ends.
type crew struct {
	file   *file
	chunks *chunks
	jobs   chan *chunk // what is to be checked
	queue  chan *chunk // the same, in the order of the file, for the one who tells
	empty  chan *batch // to use again
	quit   <-chan struct{}
	seed   uint64 // makes lines that only look alike hard to make up
	err    error  // why there are no more chunks, once queue is closed
}

func newCrew(ctx context.Context, f *file, workers int) *crew {
	return &crew{
		file: f, chunks: f.chunks, quit: ctx.Done(), seed: rand.Uint64(),
		jobs: make(chan *chunk, workers), queue: make(chan *chunk, workers), empty: make(chan *batch, 3*workers),
	}
}

// read hands out the chunks.
func (c *crew) read(ctx context.Context) {
	defer close(c.queue)
	defer close(c.jobs)
	for {
		ch, err := c.chunks.next()
		if err != nil {
			c.err = err
			return
		}
		ch.found = make(chan *batch, 1)
		if !hand(ctx, c.jobs, ch) || !hand(ctx, c.queue, ch) {
			c.err = context.Cause(ctx)
			return
		}
	}
}

// hand is false when ctx ends before to takes the chunk.
func hand(ctx context.Context, to chan<- *chunk, ch *chunk) bool {
	select {
	case to <- ch:
		return true
	case <-ctx.Done():
		return false
	}
}

// work checks chunks until there are no more.
func (c *crew) work() {
	var p problems
	for ch := range c.jobs {
		c.chunk(ch, &p)
	}
}

// found returns what is found in a chunk, or, when nobody wants to know any more, what
// there is of it.
func (c *crew) found(ch *chunk) iter.Seq[*batch] {
	return func(yield func(*batch) bool) {
		for {
			select {
			case b := <-ch.found:
				if b == nil || !yield(b) {
					return
				}
			case <-c.quit:
				return
			}
		}
	}
}

// stopped reports that nobody wants to know any more.
func (c *crew) stopped() bool {
	select {
	case <-c.quit:
		return true
	default:
		return false
	}
}

// chunk checks the lines of a chunk. What it panics with is for the one who tells.
func (c *crew) chunk(ch *chunk, p *problems) {
	defer close(ch.found)
	defer func() { ch.panicked = recover() }()
	b := c.batch()
	if ch.tooLong > 0 {
		b.add(lineFound{to: int32(len(ch.text))}, c.tooLong(p, ch.tooLong))
		c.send(ch, b)
		return
	}
	for from := 0; from < len(ch.text); {
		if c.stopped() {
			return
		}
		if b.full() {
			if !c.send(ch, b) {
				return
			}
			b = c.batch()
		}
		from += c.line(ch.text, from, b, p)
	}
	c.send(ch, b)
}

// line checks the line that begins at from and returns its length with its line feed.
func (c *crew) line(text []byte, from int, b *batch, p *problems) int {
	p.reset()
	n := c.file.next(text[from:], p)
	found := lineFound{from: int32(from), to: int32(from + n)}
	if n > c.file.checker.opts.MaxLineBytes {
		b.add(found, c.tooLong(p, int64(n)))
		return n + 1
	}
	if p.errors == 0 {
		found.hash = max(1, xxh3.HashSeed(text[from:from+n], c.seed))
	}
	if from+n == len(text) {
		p.add(n, RuleFinalLF, "end the file with a line feed", "the last line does not end with a line feed; it may have been cut short")
	}
	b.add(found, p)
	return n + 1
}

func (c *crew) tooLong(p *problems, size int64) *problems {
	p.reset()
	p.add(0, RuleLineLength, "raise the limit if the line is meant",
		"the line has %d bytes, the limit is %d; it was not looked at", size, c.file.checker.opts.MaxLineBytes)
	return p
}

func (c *crew) batch() *batch {
	select {
	case b := <-c.empty:
		b.reset()
		return b
	default:
		return &batch{lines: make([]lineFound, 0, maxBatchLines)}
	}
}

// send is false when nobody wants to know any more.
func (c *crew) send(ch *chunk, b *batch) bool {
	select {
	case ch.found <- b:
		return true
	case <-c.quit:
		return false
	}
}

// reuse takes back a batch.
func (c *crew) reuse(b *batch) {
	select {
	case c.empty <- b:
	default:
	}
}
