package openai

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// received reads a response in pieces with a http1Body, below any client, whose readers are late or not.
func received(pieces [][]byte, late *lateness) (head responseHead, body []byte, b *http1Body, err error) {
	s := script(pieces...)
	s.Conn.(*scripted).end, s.Conn.(*scripted).asked = io.EOF, 1
	s.late = late
	x := &exchange{conn: s, upload: transmission{sent: alreadySent}}
	x.log.begin(0)
	b = &x.body
	b.begin(nil, x, func() bool { return true })
	if head, err = b.readHead(); err == nil {
		body, err = io.ReadAll(b)
	}
	return head, body, b, err
}

// A plainResponse is one as net/http reads it.
type plainResponse struct {
	Status  int
	Closing bool
	Body    string
}

// readPlain is net/http's reading of a response, past interim ones; ok is false where it has an error.
func readPlain(raw []byte) (p plainResponse, ok bool) {
	r := bufio.NewReader(bytes.NewReader(raw))
	for {
		res, err := http.ReadResponse(r, &http.Request{Method: http.MethodPost})
		if err != nil {
			return p, false
		}
		if c := res.StatusCode; c > 99 && c < 200 && c != http.StatusSwitchingProtocols {
			continue
		}
		body, err := io.ReadAll(res.Body)
		return plainResponse{res.StatusCode, res.Close || res.StatusCode == http.StatusSwitchingProtocols, string(body)}, err == nil
	}
}

// FuzzResponse: any bytes are read as net/http reads them where it has no error, cut in any way, within bounds, late or
// in time.
func FuzzResponse(f *testing.F) {
	for _, raw := range framed([]byte(content("a") + "data: [DONE]\n\n")) {
		f.Add(raw, uint8(3))
		f.Add(raw, uint8(255))
	}
	f.Add([]byte("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nab\r\nc\r\n0\r\nA: b\r\n\r\nmore"), uint8(7))
	f.Add([]byte("HTTP/1.1 200 OK\nX: a\n b\nConnection: x, close\n\nrest"), uint8(1))
	f.Add([]byte("HTTP/1.1 204 \r\nContent-Length: 5\r\n\r\n"), uint8(9))
	f.Fuzz(func(t *testing.T, raw []byte, size uint8) {
		var pieces [][]byte
		for b := raw; len(b) > 0; {
			n := min(len(b), int(size)+1)
			pieces, b = append(pieces, b[:n]), b[n:]
		}
		var late *lateness
		if size%2 == 1 {
			late = new(lateness)
			late.until.Store(math.MaxInt64)
		}
		head, body, b, err := received(pieces, late)
		if most := 2*len(raw) + 2*firstHead; cap(b.x.in) > most || cap(b.chunks.line) > most || len(body) > len(raw) {
			t.Fatalf("memory for %d and %d bytes, of %d", cap(b.x.in), cap(b.chunks.line), len(raw))
		}
		want, ok := readPlain(raw)
		if !ok {
			return
		}
		if err != nil {
			t.Fatalf("net/http reads %+v, ours is %v", want, err)
		}
		if diff := cmp.Diff(want, plainResponse{head.status, !head.keep, string(body)}); diff != "" {
			t.Fatalf("(-net/http +ours)\n%s", diff)
		}
	})
}

// TestQuickHead: what servers send is read the quick way, and as net/http does.
func TestQuickHead(t *testing.T) {
	for _, head := range []string{
		headChunked,
		"HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\nConnection: Keep-Alive\r\nServer: llama.cpp\r\nAccess-Control-Allow-Origin: \r\nContent-Type: text/event-stream\r\nTransfer-Encoding: Chunked\r\n\r\n",
		"HTTP/1.1 200 OK\r\ndate: Tue, 01 Jan 2030 00:00:00 GMT\r\nserver: uvicorn\r\ncontent-type: text/event-stream; charset=utf-8\r\nx-request-id: \"r_1\"\r\ntransfer-encoding: chunked\r\n\r\n",
		"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 12\r\nConnection: close\r\n\r\n",
		"HTTP/1.1 307 \r\nLocation: /x\r\nContent-Encoding: identity\r\n\r\n",
		"HTTP/1.1 103 Early Hints\r\n\r\n",
	} {
		quick, ok := quickHead([]byte(head))
		if !ok {
			t.Errorf("not read the quick way: %q", head)
			continue
		}
		slow, err := parseHead([]byte(strings.Replace(head, "\r\n", "\n", 1))) // a bare LF is doubt
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(slow, quick, cmp.AllowUnexported(responseHead{}, framing{})); diff != "" {
			t.Errorf("%q: (-net/http +quick)\n%s", head, diff)
		}
	}
}

// TestDechunker_bounds: what is not data is bounded as in net/http.
func TestDechunker_bounds(t *testing.T) {
	for name, body := range map[string]string{
		"size line":  strings.Repeat("0", maxChunkLine+1),
		"size":       "11111111111111111\r\n",
		"extensions": strings.Repeat("1;"+strings.Repeat("x", 1000)+"\r\na\r\n", 20),
		"trailer":    "0\r\n" + strings.Repeat("A: "+strings.Repeat("x", 1000)+"\r\n", 10),
		"no size":    "\r\n",
		"bare LF":    "1\na\r\n",
		"no CRLF":    "1\r\nab\n",
		"negative":   "-1\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{1, 3, 1 << 20} {
				var d dechunker
				var err error
				for b := []byte(body); err == nil && len(b) > 0; {
					n := min(size, len(b))
					_, _, err = d.decode(b[:n])
					b = b[n:]
				}
				if err == nil || errors.Is(err, io.EOF) {
					t.Errorf("in pieces of %d: %v", size, err)
				}
				if cap(d.line) > 2*len(body)+64 {
					t.Errorf("%d bytes kept of %d", cap(d.line), len(body))
				}
			}
		})
	}
}
