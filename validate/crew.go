package validate

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/zeebo/xxh3"
)

// A crew checks the chunks of a file. Each of its goroutines reads a chunk, checks it and,
// when it is its turn, tells of it: so the text stays in the cache of a core, and none has
// to wait for another to run.
type crew struct {
	check   func(text []byte, p *problems) int // file.next; the file itself belongs to the one who tells
	mender  *mender                            // instead, where lines are mended
	told    func(*chunk, *batch)               // what has been found in some lines, in the order of the file
	longest int                                // a line that is looked at

	turns *turns
	empty chan *batch // to use again
	quit  <-chan struct{}
	ended chan any // holds what one has panicked with, or nil when all is told
	left  atomic.Int32
	seed  uint64 // makes lines that only look alike hard to make up

	reading sync.Mutex // held by the one who reads
	chunks  *chunks
	read    int   // how many chunks
	err     error // why there are no more
}

// newCrew returns a crew for what in holds. Who asks for it says what it does.
func newCrew(ctx context.Context, in *chunks, o *Options) *crew {
	c := &crew{
		longest: o.MaxLineBytes, chunks: in, quit: ctx.Done(), seed: rand.Uint64(),
		empty: make(chan *batch, 2*o.Workers), ended: make(chan any, o.Workers),
	}
	c.turns = newTurns(o.Workers+1, c.tell)
	c.left.Store(int32(o.Workers))
	return c
}

// run has all that is in the file told. When the context ends it waits for the goroutine
// that reads and for the one that tells, but not for those that check: with a schema that
// has many ways through it, one line may take very long.
func (c *crew) run(ctx context.Context) error {
	defer c.close()
	c.start()
	select {
	case panicked := <-c.ended:
		if panicked != nil {
			panic(panicked)
		}
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if errors.Is(c.err, io.EOF) {
		return nil
	}
	return c.err
}

// start has so many goroutines check as the crew was made for.
func (c *crew) start() {
	for range c.left.Load() {
		go c.work()
	}
}

// work checks chunks until there are no more.
func (c *crew) work() {
	defer func() {
		if panicked := recover(); panicked != nil {
			c.ended <- panicked
		} else if c.left.Add(-1) == 0 {
			c.ended <- nil
		}
	}()
	var p problems
	for ch := c.take(); ch != nil; ch = c.take() {
		c.chunk(ch, &p)
		c.turns.finish(ch)
	}
}

// take reads the next chunk; it returns nil when there is none.
func (c *crew) take() *chunk {
	c.lock()
	defer c.reading.Unlock()
	if c.err != nil || !c.turns.room(c.read) {
		return nil
	}
	ch, err := c.chunks.next()
	if err != nil {
		c.err = err
		return nil
	}
	ch.index = c.read
	c.read++
	return ch
}

// lock waits until nobody reads. A read from memory takes less than it takes to put a thread to sleep and to wake it, so
// at first it waits awake.
func (c *crew) lock() {
	for range lockTries {
		if c.reading.TryLock() {
			return
		}
		runtime.Gosched()
	}
	c.reading.Lock()
}

// lockTries is about 50 us.
const lockTries = 200

// close waits for the one who tells and for the read at hand, and lets nobody begin again.
func (c *crew) close() {
	c.turns.close()
	c.reading.Lock()
	defer c.reading.Unlock()
	if c.err == nil {
		c.err = errClosed
	}
}

var errClosed = errors.New("the check has ended")

// tell tells what has been found in some lines of a chunk; with the last of them, the
// chunk is done with.
func (c *crew) tell(ch *chunk, b *batch) {
	if b != nil {
		c.told(ch, b)
		c.reuse(b)
	}
	if b != ch.rest {
		return
	}
	if ch.panicked != nil {
		panic(ch.panicked)
	}
	c.chunks.release(ch)
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

// chunk checks the lines of a chunk. What it panics with is for the one who tells of it.
func (c *crew) chunk(ch *chunk, p *problems) {
	b := c.batch()
	defer func() { ch.rest, ch.panicked = b, recover() }()
	if ch.tooLong > 0 {
		b.put(b.add(0, len(ch.text)), c.tooLong(p, ch.tooLong))
		return
	}
	for from := 0; from < len(ch.text); {
		if c.stopped() {
			return
		}
		if b.full() {
			if !c.turns.part(ch, b) {
				return
			}
			b = c.batch()
		}
		if c.mender != nil {
			from += c.mender.line(c, ch.text, from, b, p)
		} else {
			from += c.line(ch.text, from, b, p)
		}
	}
}

// line checks the line that begins at from and returns its length with its line feed.
func (c *crew) line(text []byte, from int, b *batch, p *problems) int {
	p.reset()
	n := c.check(text[from:], p)
	found := b.add(from, from+n)
	if n > c.longest {
		b.put(found, c.tooLong(p, int64(n)))
		return n + 1
	}
	if p.errors == 0 {
		found.hash = max(1, xxh3.HashSeed(text[from:from+n], c.seed))
	}
	if from+n == len(text) {
		p.add(n, RuleFinalLF, "end the file with a line feed", "the last line does not end with a line feed; it may have been cut short")
	}
	b.put(found, p)
	return n + 1
}

func (c *crew) tooLong(p *problems, size int64) *problems {
	p.reset()
	p.add(0, RuleLineLength, "raise the limit if the line is meant",
		"the line has %d bytes, the limit is %d; it was not looked at", size, c.longest)
	return p
}

func (c *crew) batch() *batch {
	select {
	case b := <-c.empty:
		b.reset()
		return b
	default:
		return &batch{lines: make([]lineFound, 0, fewLines)}
	}
}

// reuse takes back a batch.
func (c *crew) reuse(b *batch) {
	select {
	case c.empty <- b:
	default:
	}
}
