package openai

import (
	"io"
	"sync"
	"time"
)

// A line is a connection of an http1, for one exchange at a time.
type line struct {
	conn   *conn
	served bool   // it has carried a request
	since  int64  // idle since then, on the clock
	abort  func() // ends what reads and writes it; made once, so that a request allocates no closure
}

// newLine makes a line of a connection. Its abort closes the socket, below TLS too: that would first say goodbye, which may
// wait, and which the server may answer so soon that the reader takes it for the server's own.
func newLine(c *conn) *line {
	var end io.Closer = c
	if below, ok := c.sock.(io.Closer); ok {
		end = below
	}
	return &line{conn: c, abort: func() { _ = end.Close() }} // nothing is left to be said on it
}

// alive says whether a line that was idle can be used: the server has neither closed it nor sent anything unasked.
func (l *line) alive() bool {
	q, ok := l.conn.sock.(interface{ Quiet() bool })
	return !ok || q.Quiet()
}

// idleLines are the lines that no exchange uses, in the order in which they became idle. Safe for concurrent use.
type idleLines struct {
	most  int
	clock clock
	freed chan *line // unbuffered: a receive means that an exchange waits for one

	mu    sync.Mutex
	lines []*line
}

// maxIdle is how long a line is kept unused.
const maxIdle = 90 * time.Second

// take returns the line that was used last, of those alive, or nil.
func (i *idleLines) take() *line {
	for {
		l := i.pop()
		if l == nil || i.clock.now()-l.since < int64(maxIdle) && l.alive() {
			return l
		}
		_ = l.conn.Close() // it is of no use to the other end either
	}
}

func (i *idleLines) pop() *line {
	i.mu.Lock()
	defer i.mu.Unlock()
	n := len(i.lines)
	if n == 0 {
		return nil
	}
	l := i.lines[n-1]
	i.lines[n-1], i.lines = nil, i.lines[:n-1]
	return l
}

// put gives a line to an exchange that waits, or keeps it, and closes one that there is no more use for.
func (i *idleLines) put(l *line) {
	select {
	case i.freed <- l:
		return
	default:
	}
	l.since = i.clock.now()
	i.mu.Lock()
	var old *line
	i.lines = append(i.lines, l)
	if len(i.lines) > i.most || l.since-i.lines[0].since > int64(maxIdle) {
		old = i.lines[0]
		i.lines = append(i.lines[:0], i.lines[1:]...)
	}
	i.mu.Unlock()
	if old != nil {
		_ = old.conn.Close() // it is idle
	}
}

func (i *idleLines) closeAll() {
	i.mu.Lock()
	lines := i.lines
	i.lines = nil
	i.mu.Unlock()
	for _, l := range lines {
		_ = l.conn.Close() // they are idle
	}
}
