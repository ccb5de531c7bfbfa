package openai

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// scripted is a connection whose reads are given: once a request was written, each read returns the next piece, with
// the stamp scriptStart plus the number of pieces before it; a piece that does not fit takes several reads. A nil piece
// waits for the next request. Everything above it is real.
type scripted struct {
	net.Conn // nil: what is not written here is not to be called
	mu       sync.Mutex
	cond     sync.Cond
	pieces   [][]byte
	end      error // after them; nil is none
	reads    int64 // pieces begun
	partly   bool  // the first of pieces is the rest of one
	asked    int   // requests written
	turn     int   // the request being answered, from 0
	closed   bool
}

// scriptStart is later than any request of a test is sent.
const scriptStart = int64(1) << 60

func script(pieces ...[]byte) *conn {
	s := &scripted{pieces: slices.Clone(pieces)}
	s.cond.L = &s.mu
	return &conn{Conn: s, sock: s}
}

func (s *scripted) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pieces) > 0 && s.pieces[0] == nil {
		s.turn, s.pieces = s.turn+1, s.pieces[1:]
	}
	for !s.closed && (s.asked <= s.turn || len(s.pieces) == 0 && s.end == nil) {
		s.cond.Wait()
	}
	switch {
	case s.closed:
		return 0, net.ErrClosed
	case len(s.pieces) == 0:
		return 0, s.end
	}
	if !s.partly {
		s.reads++
	}
	n := copy(b, s.pieces[0])
	if s.pieces[0] = s.pieces[0][n:]; len(s.pieces[0]) == 0 {
		s.pieces = s.pieces[1:]
	}
	s.partly = len(s.pieces) > 0 && n == len(b)
	return n, nil
}

func (s *scripted) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if bytes.HasSuffix(b, []byte("}")) {
		s.asked++
	}
	s.cond.Broadcast()
	return len(b), nil
}

func (s *scripted) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.cond.Broadcast()
	return nil
}

func (s *scripted) LocalAddr() net.Addr  { return &net.TCPAddr{} }
func (s *scripted) RemoteAddr() net.Addr { return &net.TCPAddr{} }

// stamp is asked by the goroutine that has just read.
func (s *scripted) stamp() stamp {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := scriptStart + s.reads - 1
	return stamp{at: at, now: at, id: at, kernel: true}
}

// over makes the client use conn for everything.
func over(c *Client, conn net.Conn) {
	dialWith(c, func(context.Context, string, string) (net.Conn, error) { return conn, nil })
}

// A wire is a whole response and where in it things end: offsets after their last byte.
type wire struct {
	raw    []byte
	header int
	chunks []int // of the events with content, after their data line
	done   int   // of [DONE]
}

const (
	coding   = "Transfer-Encoding: chunked\r\n"
	headHTTP = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
)

// newWire frames a stream of n tokens. frame cuts the body into HTTP chunks at the given offsets.
func newWire(head string, n int, frame func(body []byte) [][]byte) wire {
	var body []byte
	var ends []int
	for i := range n {
		body = fmt.Appendf(body, "data: {\"choices\":[{\"delta\":{\"content\":\"%d \"}}]}\n", i)
		ends = append(ends, len(body))
		body = append(body, '\n')
	}
	body = append(body, "data: [DONE]\n"...)
	ends = append(ends, len(body))
	body = append(body, '\n')

	w := wire{raw: []byte(head), header: len(head)}
	at := make([]int, len(body)+1) // of each body offset, the wire offset
	pos := 0
	for _, part := range frame(body) {
		w.raw = fmt.Appendf(w.raw, "%x\r\n", len(part))
		for range part {
			w.raw = append(w.raw, body[pos])
			pos++
			at[pos] = len(w.raw)
		}
		w.raw = append(w.raw, "\r\n"...)
	}
	w.raw = append(w.raw, "0\r\n\r\n"...)
	for _, end := range ends[:n] {
		w.chunks = append(w.chunks, at[end])
	}
	w.done = at[ends[n]]
	return w
}

// times is what a Response must say of a wire cut at the given offsets (ascending, within it).
func (w wire) times(cuts []int) *Response {
	read := func(end int) int64 {
		i := 0
		for i < len(cuts) && cuts[i] < end {
			i++
		}
		return scriptStart + int64(i)
	}
	r := &Response{Headers: read(w.header), Done: read(w.done), KernelTimes: true}
	for _, end := range w.chunks {
		r.Chunks = append(r.Chunks, read(end))
	}
	r.FirstChunk, r.FirstToken, r.FirstOutput = r.Chunks[0], r.Chunks[0], r.Chunks[0]
	r.LastToken = r.Chunks[len(r.Chunks)-1]
	r.Coalesced = coalesced(r.Chunks)
	return r
}

func (w wire) cut(cuts []int) [][]byte {
	var parts [][]byte
	from := 0
	for _, at := range cuts {
		if at > from {
			parts = append(parts, w.raw[from:at])
			from = at
		}
	}
	return append(parts, w.raw[from:])
}

// check performs a request on the wire cut at the given offsets and compares every time.
func (w wire) check(t interface {
	Helper()
	Fatalf(string, ...any)
}, c *Client, cuts []int) {
	t.Helper()
	over(c, script(w.cut(cuts)...))
	var r Response
	c.Do(context.Background(), &Request{Body: []byte("{}")}, &r)
	c.CloseIdle()
	if r.Err != nil {
		t.Fatalf("cuts %v: %v", cuts, r.Err)
	}
	got := &Response{Headers: r.Headers, FirstChunk: r.FirstChunk, FirstToken: r.FirstToken, FirstOutput: r.FirstOutput,
		LastToken: r.LastToken, Done: r.Done, Chunks: r.Chunks, Coalesced: r.Coalesced, KernelTimes: r.KernelTimes}
	if diff := cmp.Diff(w.times(cuts), got); diff != "" {
		t.Fatalf("cuts %v (-want +got)\n%s", cuts, diff)
	}
}

// framings are ways to cut a body into HTTP chunks.
var framings = map[string]func(body []byte) [][]byte{
	"event each": func(body []byte) [][]byte {
		parts := bytes.SplitAfter(body, []byte("\n\n"))
		return parts[:len(parts)-1] // the last is empty
	},
	"all in one": func(body []byte) [][]byte { return [][]byte{body} },
	"across events": func(body []byte) (parts [][]byte) {
		for len(body) > 37 {
			parts, body = append(parts, body[:37]), body[37:]
		}
		return append(parts, body)
	},
}

// TestWire: whatever way the response is cut into reads of the socket, and whatever net/http buffers, every instant is
// that of the read that brought the byte in question.
func TestWire(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		for name, frame := range framings {
			t.Run(name, func(t *testing.T) {
				w := newWire(headHTTP+coding+"\r\n", 3, frame)
				c := testClient(t, Config{Engine: engine})
				for at := 1; at < len(w.raw); at++ {
					w.check(t, c, []int{at})
				}
			})
		}
	})
}

func TestWire_anyCuts(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		c := testClient(t, Config{Engine: engine})
		heads := []string{
			headHTTP + coding + "\r\n",
			"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + headHTTP + "transfer-encoding:chunked\r\n\r\n",
			headHTTP + "X-Long: " + string(bytes.Repeat([]byte("transfer-encoding"), 20)) + "\r\n" + coding + "\r\n",
		}
		rapid.Check(t, func(t *rapid.T) {
			frame := framings[rapid.SampledFrom([]string{"all in one", "across events"}).Draw(t, "framing")]
			w := newWire(rapid.SampledFrom(heads).Draw(t, "head"), rapid.IntRange(1, 8).Draw(t, "tokens"), frame)
			var cuts []int
			for at := 0; ; {
				if at += rapid.IntRange(1, 200).Draw(t, "read"); at >= len(w.raw) {
					break
				}
				cuts = append(cuts, at)
			}
			w.check(t, c, cuts)
		})
	})
}

// TestWire_longChunk: one call for body bytes consumes several reads when an HTTP chunk spans them; the events of the
// first read still have its time.
func TestWire_longChunk(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		w := newWire(headHTTP+coding+"\r\n", 3, framings["all in one"])
		cut := w.chunks[0] + 1
		w.check(t, testClient(t, Config{Engine: engine}), []int{cut})
		if times := w.times([]int{cut}); times.Chunks[0] == times.Chunks[1] {
			t.Fatal("the test is about two events of one chunk in two reads")
		}
	})
}

// TestWire_reuse: a second request on the same connection is not confused by the reads of the first.
func TestWire_reuse(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		w := newWire(headHTTP+coding+"\r\n", 2, framings["all in one"])
		s := script(w.raw, nil, w.raw[:w.header], w.raw[w.header:])
		c := testClient(t, Config{Engine: engine})
		over(c, s)
		var r Response
		for i, want := range []struct {
			headers, token int64
			reused         bool
		}{{scriptStart, scriptStart, false}, {scriptStart + 1, scriptStart + 2, true}} {
			c.Do(t.Context(), &Request{Body: []byte("{}")}, &r)
			if r.Err != nil || r.Headers != want.headers || r.FirstToken != want.token || r.Reused != want.reused || r.Attempts != 1 {
				t.Errorf("request %d: %+v", i, r)
			}
		}
	})
}

// TestArrivals_plausible: a stamp from a stepped clock is held between the request and now, and is not the kernel's.
func TestArrivals_plausible(t *testing.T) {
	for name, tt := range map[string]struct {
		stamp  stamp
		at     int64
		kernel bool
	}{
		"kernel":      {stamp{at: 150, now: 160, id: 9e18, kernel: true}, 150, true},
		"before sent": {stamp{at: 50, now: 160, id: 9e18, kernel: true}, 100, false},
		"after now":   {stamp{at: 170, now: 160, id: 9e18, kernel: true}, 160, false},
		"clock":       {stamp{at: 160, now: 160, id: 1}, 160, false},
	} {
		t.Run(name, func(t *testing.T) {
			var a arrivals
			a.begin(100)
			a.frame.state = inBody
			a.add([]byte("x"), tt.stamp)
			if got := a.at(1); got.at != tt.at || a.clock == tt.kernel {
				t.Errorf("at %d, kernel %v", got.at, !a.clock)
			}
		})
	}
}

// TestArrivals_sameSegment: two reads of one segment share its instant, though its conversion differs by some
// nanoseconds; time never runs backwards.
func TestArrivals_sameSegment(t *testing.T) {
	var a arrivals
	a.begin(100)
	a.frame.state = inBody
	a.add([]byte("x"), stamp{at: 150, now: 160, id: 1e18, kernel: true})
	a.add([]byte("x"), stamp{at: 149, now: 170, id: 1e18, kernel: true})
	a.add([]byte("x"), stamp{at: 148, now: 180, id: 1e18 + 1, kernel: true})
	first, second, third := a.at(1), a.at(2), a.at(3)
	if first.at != 150 || second.at != 150 || first.id != second.id || third.at != 150 || third.id == first.id || a.clock {
		t.Errorf("%+v %+v %+v", first, second, third)
	}
}

// TestArrivals_bounded: a stream that nobody asks about is not remembered for ever.
func TestArrivals_bounded(t *testing.T) {
	var a arrivals
	a.begin(0)
	a.frame.state = inBody
	const reads = 3 * maxReads
	for i := range int64(reads) {
		a.add([]byte("x"), stamp{at: i, now: i, id: i + 1, kernel: true})
	}
	if len(a.reads) > maxReads || a.at(reads).at != reads-1 {
		t.Errorf("%d reads kept, the last at %d", len(a.reads), a.at(reads).at)
	}
}

func FuzzFramer(f *testing.F) {
	for _, frame := range framings {
		f.Add(newWire(headHTTP+coding+"\r\n", 2, frame).raw, uint8(3))
	}
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n"), uint8(1))
	f.Add([]byte("HTTP/1.0 200 OK\n\nplain"), uint8(2))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding :chunked\r\n\r\n30\r\nd"), uint8(6))
	f.Fuzz(func(t *testing.T, raw []byte, size uint8) {
		var whole, split framer
		want := whole.feed(raw)
		var got int64
		for b := raw; len(b) > 0; {
			n := min(len(b), int(size)+1)
			got += split.feed(b[:n])
			b = b[n:]
		}
		if got != want || split.state != whole.state {
			t.Fatalf("in pieces %d bytes of body, whole %d", got, want)
		}
		if body, ok := httpBody(raw); ok && body != want {
			t.Fatalf("net/http reads %d bytes of body, counted %d", body, want)
		}
	})
}

// httpBody is the number of body bytes that net/http finds in a response whose body goes to the end of raw, if it
// is one. Folded header lines, which no server has sent for decades, are out of the framer's scope.
func httpBody(raw []byte) (int64, bool) {
	if bytes.Contains(raw, []byte("\n ")) || bytes.Contains(raw, []byte("\n\t")) {
		return 0, false
	}
	r := bufio.NewReader(bytes.NewReader(raw))
	for {
		res, err := http.ReadResponse(r, nil)
		if err != nil || res.ProtoMajor != 1 || res.StatusCode == http.StatusSwitchingProtocols {
			return 0, false
		}
		if res.StatusCode > 99 && res.StatusCode < 200 {
			continue
		}
		n, err := io.Copy(io.Discard, res.Body)
		return n, err == nil && res.ContentLength < 0
	}
}
