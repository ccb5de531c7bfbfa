package validate

import (
	"bytes"
	"context"
	"errors"
	"io"
)

const (
	// chunkBytes is how much text is checked at a time: little enough to stay in a
	// core's cache from the moment it is read, enough that handing it over costs nothing.
	chunkBytes = 256 << 10
	// maxBatchLines and maxBatchProblems bound what is known of a chunk and not told.
	maxBatchLines    = 4096
	maxBatchProblems = 256
	fewLines         = 256 // of a chunk with lines of a usual length
)

// A chunk is some lines of the input, or one that is too long to be looked at.
type chunk struct {
	text    []byte // whole lines; only at the end of the input the last may lack its line feed
	tooLong int64  // when not 0, text is the beginning of a line of so many bytes
	ended   bool   // a line feed follows that line
	long    bool   // text is larger than chunkBytes

	index    int    // of the chunk in the input
	rest     *batch // what has been found and not told
	panicked any    // what the check of the chunk has panicked with
}

// chunks cuts a reader into chunks. Only one goroutine at a time uses it, but release.
type chunks struct {
	ctx   context.Context
	r     io.Reader
	limit int // of a line

	buf      []byte
	n        int  // bytes of buf that have been read
	searched int  // bytes of them that hold no line feed
	long     bool // buf is longest
	err      error

	free chan []byte   // buffers to use again
	room chan struct{} // holds a token while longest is in use

	longest []byte // for lines that are longer than chunkBytes
}

func newChunks(ctx context.Context, r io.Reader, limit, inUse int) *chunks {
	return &chunks{
		ctx: ctx, r: r, limit: limit, buf: make([]byte, chunkBytes),
		free: make(chan []byte, inUse), room: make(chan struct{}, 1),
	}
}

// peek returns the first n bytes of the input, or all if it has less. It comes before
// next.
func (c *chunks) peek(n int) []byte {
	for c.n < n && c.err == nil {
		c.read(len(c.buf))
	}
	return c.buf[:min(n, c.n)]
}

// next returns the next chunk, or io.EOF after the last. A line that a read error
// cuts short is not returned.
func (c *chunks) next() (*chunk, error) {
	for {
		c.fill()
		if i := bytes.LastIndexByte(c.buf[c.searched:c.n], '\n'); i >= 0 {
			return c.cut(c.searched + i + 1), nil
		}
		c.searched = c.n
		switch {
		case c.n > c.limit:
			return c.skip()
		case c.n > 0 && errors.Is(c.err, io.EOF):
			return c.cut(c.n), nil
		case c.err != nil:
			return nil, c.err
		case c.n == len(c.buf) && !c.grow():
			return nil, context.Cause(c.ctx)
		}
	}
}

// fill reads until a chunk is full or nothing is left.
func (c *chunks) fill() {
	to := min(len(c.buf), c.searched+chunkBytes)
	for c.n < to && c.err == nil {
		c.read(to)
	}
}

// read reads to somewhere before to: at least one byte, unless there is an error, which
// may be the cause of the context's end.
func (c *chunks) read(to int) {
	for range 100 {
		if c.ctx.Err() != nil {
			c.err = context.Cause(c.ctx)
			return
		}
		n, err := c.r.Read(c.buf[c.n:to])
		c.n += n
		c.err = err
		if n > 0 || err != nil {
			return
		}
	}
	c.err = io.ErrNoProgress
}

// cut returns the first n bytes as a chunk.
func (c *chunks) cut(n int) *chunk {
	ch := &chunk{text: c.buf[:n], long: c.long}
	rest := c.buf[n:c.n]
	c.renew()
	c.n = copy(c.buf, rest)
	return ch
}

// renew takes another buffer.
func (c *chunks) renew() {
	select {
	case c.buf = <-c.free:
	default:
		c.buf = make([]byte, chunkBytes)
	}
	c.n, c.searched, c.long = 0, 0, false
}

// grow makes room for the longest line that is looked at, as soon as no other chunk is
// long. It is false when the context ends before.
func (c *chunks) grow() bool {
	if c.long {
		panic("validate: internal error: a line outgrows the limit")
	}
	select {
	case c.room <- struct{}{}:
	case <-c.ctx.Done():
		return false
	}
	if c.longest == nil {
		c.longest = make([]byte, c.limit+1+chunkBytes)
	}
	n := copy(c.longest, c.buf[:c.n])
	c.reuse(c.buf)
	c.buf, c.long, c.n = c.longest, true, n
	return true
}

// release takes back the buffer of a chunk that is done with.
func (c *chunks) release(ch *chunk) {
	if ch.long {
		<-c.room
		return
	}
	c.reuse(ch.text[:cap(ch.text)])
}

func (c *chunks) reuse(buf []byte) {
	if len(buf) < chunkBytes {
		return // a line that is too long has one of its own
	}
	select {
	case c.free <- buf:
	default:
	}
}

// skip returns a line that is longer than the limit, having read over the rest of it.
func (c *chunks) skip() (*chunk, error) {
	ch := &chunk{text: bytes.Clone(c.buf[:min(c.n, excerptBytes)]), tooLong: int64(c.n)}
	if c.long {
		<-c.room
		c.renew()
	}
	for {
		c.n, c.searched = 0, 0
		if c.fill(); c.n == 0 && !errors.Is(c.err, io.EOF) {
			return nil, c.err
		}
		i := bytes.IndexByte(c.buf[:c.n], '\n')
		if i >= 0 {
			ch.tooLong += int64(i)
			ch.ended = true
			c.n = copy(c.buf, c.buf[i+1:c.n])
			return ch, nil
		}
		if ch.tooLong += int64(c.n); c.err != nil {
			c.n = 0
			if errors.Is(c.err, io.EOF) {
				return ch, nil
			}
			return nil, c.err
		}
	}
}
