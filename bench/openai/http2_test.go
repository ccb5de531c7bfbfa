package openai

import (
	"encoding/binary"
	"io"
	"strings"
	"testing"
)

// Frames of HTTP/2.
const (
	frameData     = 0x0
	frameHeaders  = 0x1
	frameReset    = 0x3
	frameSettings = 0x4
	frameGoAway   = 0x7
	endStream     = 0x1
	endHeaders    = 0x4
)

// frame sends one.
func (c *rawConn) frame(kind, flags byte, stream uint32, payload string) {
	head := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	c.send(string(binary.BigEndian.AppendUint32(head, stream)) + payload)
}

// http2Request reads up to the head of the first request, and says which stream it is on.
func (c *rawConn) http2Request() (stream uint32, ok bool) {
	if _, err := io.CopyN(io.Discard, c.in, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil {
		return 0, false
	}
	c.frame(frameSettings, 0, 0, "")
	for {
		var head [9]byte
		if _, err := io.ReadFull(c.in, head[:]); err != nil {
			return 0, false
		}
		length := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
		if _, err := io.CopyN(io.Discard, c.in, length); err != nil {
			return 0, false
		}
		if head[3] == frameHeaders {
			return binary.BigEndian.Uint32(head[5:]), true
		}
	}
}

// TestDo_http2Unprocessed: a request of which the server says that it has not looked at it is sent once more, on a new
// connection, though the one before was new as well; and when that ends so, too, it was the server that broke off.
func TestDo_http2Unprocessed(t *testing.T) {
	goAway := func(c *rawConn, _ uint32) { c.frame(frameGoAway, 0, 0, "\x00\x00\x00\x00"+"\x00\x00\x00\x00") }
	refuse := func(c *rawConn, stream uint32) { c.frame(frameReset, 0, stream, "\x00\x00\x00\x07") }
	answer := func(c *rawConn, stream uint32) {
		const status200 = "\x88"
		c.frame(frameHeaders, endHeaders, stream, status200)
		c.frame(frameData, endStream, stream, content("a")+content("b")+"data: [DONE]\n\n")
	}
	for name, tt := range map[string]struct {
		first, second func(c *rawConn, stream uint32)
		kind          Kind // "" is an answer
	}{
		"closing, then an answer": {goAway, answer, ""},
		"refused, then an answer": {refuse, answer, ""},
		"closing, always":         {goAway, goAway, KindReset},
		"refused, always":         {refuse, refuse, KindReset},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(n int, c *rawConn) {
				stream, ok := c.http2Request()
				if !ok {
					return
				}
				if n == 0 {
					tt.first(c, stream)
				} else {
					tt.second(c, stream)
				}
				_, _ = io.Copy(io.Discard, c.in) // until the client has done with it
			})
			r := do(t.Context(), testClient(t, Config{BaseURL: s.URL, HTTP2: true}))
			switch {
			case r.Attempts != 2 || r.Retries != 0:
				t.Errorf("%+v: %v", r, r.Err)
			case tt.kind == "":
				want(t, r)
			case r.Err == nil || r.Err.Kind != tt.kind:
				t.Errorf("%v, want %s", r.Err, tt.kind)
			}
		})
	}
}

// TestDo_http2Closed: a server that only closes has broken off, whenever net/http sees it.
func TestDo_http2Closed(t *testing.T) {
	s := serve(t, func(int, *rawConn) {})
	r := do(t.Context(), testClient(t, Config{BaseURL: s.URL, HTTP2: true}))
	if r.Err == nil || r.Err.Kind != KindReset || strings.Contains(r.Err.Message, "sent something") {
		t.Errorf("%+v: %v", r, r.Err)
	}
}
