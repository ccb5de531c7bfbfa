package hubtest

import (
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"sync"
)

// Stats is what a [Hub] has done since its start. The same is at /double/stats as JSON; asking for it counts nowhere.
type Stats struct {
	Requests map[Route]int64 `json:"requests"`
	Bytes    map[Route]int64 `json:"bytes"` // of bodies, as far as they were handed to the kernel
	// Connections is how many TCP connections have carried a request. Only a [Server] knows it.
	Connections int64          `json:"connections"`
	Faults      map[Kind]int64 `json:"faults"` // how many requests each kind has struck
}

// Stats returns the counts of now. The bodies under way are in it, up to their last megabyte.
func (h *Hub) Stats() Stats {
	h.counts.mu.Lock()
	defer h.counts.mu.Unlock()
	s := h.counts.Stats
	s.Requests, s.Bytes, s.Faults = maps.Clone(s.Requests), maps.Clone(s.Bytes), maps.Clone(s.Faults)
	return s
}

// counts is the Stats of a Hub that runs.
type counts struct {
	mu sync.Mutex
	Stats
}

func newCounts() *counts {
	return &counts{Stats: Stats{
		Requests: map[Route]int64{API: 0, Resolve: 0, CDN: 0},
		Bytes:    map[Route]int64{API: 0, Resolve: 0, CDN: 0},
		Faults:   map[Kind]int64{},
	}}
}

func (c *counts) request(route Route, req *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Requests[route]++
	if used, ok := req.Context().Value(connectionKey{}).(*bool); ok && !*used {
		*used = true
		c.Connections++
	}
}

func (c *counts) bytes(route Route, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Bytes[route] += n
}

func (c *counts) fault(kind Kind) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Faults[kind]++
}

// connectionKey is the key of a *bool in the context of every request of a connection: whether it has been counted.
type connectionKey struct{}

func markConnection(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, new(bool))
}

// counter counts the bytes of an answer.
type counter struct {
	http.ResponseWriter
	counts *counts
	route  Route
	none   bool // an answer to HEAD, whose body goes nowhere
}

func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	if !c.none {
		c.counts.bytes(c.route, int64(n))
	}
	return n, err
}

// strideBytes is how much is sent before it is counted: a large body must show in Stats while it is under way.
const strideBytes = 1 << 20

// ReadFrom passes files on in a form that net/http hands to sendfile: it must see a LimitedReader right above the file.
func (c *counter) ReadFrom(src io.Reader) (sent int64, err error) {
	to, ok := c.ResponseWriter.(io.ReaderFrom)
	body, limited := src.(*io.LimitedReader)
	if !ok || !limited || c.none {
		return io.Copy(struct{ io.Writer }{c}, src)
	}
	for body.N > 0 {
		stride := io.LimitedReader{R: body.R, N: min(body.N, strideBytes)}
		n, err := to.ReadFrom(&stride)
		c.counts.bytes(c.route, n)
		sent, body.N = sent+n, body.N-n
		if err != nil || stride.N > 0 {
			return sent, err
		}
	}
	return sent, nil
}
