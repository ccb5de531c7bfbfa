package openai

import (
	"bytes"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// An encoder writes the heads of requests, which differ in their id and length only.
type encoder struct {
	start []byte // all but these two, and the empty line
	id    string // of requests that have none of their own
}

func newEncoder(endpoint *url.URL, host string, header http.Header) encoder {
	if host == "" {
		host = endpoint.Host
	}
	var b bytes.Buffer
	b.WriteString("POST " + endpoint.RequestURI() + " HTTP/1.1\r\nHost: " + host + "\r\n")
	agent := header.Get("User-Agent")                                                       // set to nothing, it is left out
	_ = header.WriteSubset(&b, map[string]bool{requestID: true, "User-Agent": agent == ""}) // a Buffer takes everything
	return encoder{start: b.Bytes(), id: header.Get(requestID)}
}

const requestID = "X-Request-Id"

func (e *encoder) appendHead(dst []byte, req *Request) []byte {
	dst = append(dst, e.start...)
	id := req.ID
	if id == "" {
		id = e.id
	}
	if id != "" {
		dst = append(dst, requestID+": "...)
		dst = append(dst, id...)
		dst = append(dst, "\r\n"...)
	}
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(req.Body)), 10)
	return append(dst, "\r\n\r\n"...)
}

// inlineBody is the longest body, in bytes, that the goroutine of the request writes itself. With its head it fits
// into the send buffer of a connection that has nothing else to send, so the write waits for nobody.
const inlineBody = 16 << 10

// A transmission is a request being written.
type transmission struct {
	out  []byte        // head and body
	sent chan struct{} // closed when nothing of the request is read any more; then err is set
	err  error
}

// start writes a request: at once if it is short, else in a goroutine, since a server may answer before it has read
// all of it, or not read on before its answer is read.
func (t *transmission) start(c net.Conn, head, body []byte) {
	t.err = nil
	if len(body) <= inlineBody {
		t.sent = alreadySent
		t.out = append(append(t.out[:0], head...), body...)
		t.write(c, t.out)
		return
	}
	sent := make(chan struct{})
	t.sent = sent
	go func() {
		defer close(sent)
		t.write(c, head)
		if t.err == nil {
			t.write(c, body)
		}
	}()
}

// write writes b. When it cannot, an answer may have come all the same, but none will come much later.
func (t *transmission) write(c net.Conn, b []byte) {
	if _, t.err = c.Write(b); t.err != nil {
		_ = c.SetReadDeadline(time.Now().Add(tailLimit)) // of a connection that is as good as gone
	}
}

// done says whether the whole request was written. An answer may be quicker than the goroutine that has just written the
// request, so that gets a moment to say so.
func (t *transmission) done() bool {
	select {
	case <-t.sent:
		return t.err == nil
	default:
	}
	moment := time.NewTimer(writeMoment)
	defer moment.Stop()
	select {
	case <-t.sent:
		return t.err == nil
	case <-moment.C:
		return false
	}
}

// writeMoment is as long as net/http waits for the same.
const writeMoment = 50 * time.Millisecond

var alreadySent = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()
