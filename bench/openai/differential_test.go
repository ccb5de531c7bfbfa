package openai

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A twin is a pair of clients, one on each engine.
type twin struct{ theirs, ours *Client }

func newTwin(t testing.TB, cfg Config) twin {
	t.Helper()
	client := func(engine string) *Client {
		cfg.Engine = engine
		return testClient(t, cfg)
	}
	return twin{client(EngineNetHTTP), client(EngineHTTP1)}
}

// compare has both engines read the same bytes in the same pieces, after which the connection ends with end (nil: it
// stays open), and fails where their responses differ.
func (w twin) compare(t interface {
	Helper()
	Fatalf(string, ...any)
}, pieces [][]byte, end error) {
	t.Helper()
	theirs, ours := account(w.theirs, pieces, end), account(w.ours, pieces, end)
	if diff := cmp.Diff(theirs, ours, cmp.AllowUnexported(Error{})); diff != "" {
		t.Fatalf("%d pieces, then %v: %q\n(-net/http +http1)\n%s", len(pieces), end, bytes.Join(pieces, []byte("|")), diff)
	}
}

// An accounted is what both engines must say alike: all of a Response but what the test's clock and the depth of
// buffers decide.
type accounted struct {
	Response Response
	Kind     Kind
	Message  string
	Status   int
}

func account(c *Client, pieces [][]byte, end error) accounted {
	s := script(pieces...)
	s.Conn.(*scripted).end = end
	over(c, s)
	var r Response
	c.Do(context.Background(), &Request{Body: []byte("{}")}, &r)
	c.CloseIdle()
	a := accounted{Response: r}
	a.Response.Sent, a.Response.Connected = 0, 0
	if e := r.Err; e != nil {
		raw := bytes.Join(pieces, nil)
		if len(raw) > 0 && headEnd(raw, 0) == 0 && (e.Kind == KindBadStream || e.Kind == KindReset) {
			e = &Error{Kind: "cut in the head"} // whose last line then is malformed to net/http
		}
		a.Response.Err, a.Response.Done, a.Response.Bytes = nil, 0, 0 // when and where it was noticed
		a.Kind, a.Status = e.Kind, e.Status
		a.Message = strings.TrimPrefix(e.Message, "net/http: HTTP/1.x transport connection broken: ")
		if strings.HasPrefix(e.Message, "the response is malformed") {
			a.Message = "malformed" // each in its own words
		}
	}
	return a
}

// framed is a body in each of the ways in which a response can frame it.
func framed(body []byte) map[string][]byte {
	chunked := []byte(headChunked)
	for line := range bytes.Lines(body) {
		chunked = fmt.Appendf(chunked, "%x\r\n%s\r\n", len(line), line)
	}
	return map[string][]byte{
		"chunked":   append(chunked, "0\r\n\r\n"...),
		"one chunk": fmt.Appendf(nil, "%s%X;x=y\r\n%s\r\n000\r\nA: b\r\n\r\n", headChunked, len(body), body),
		"length":    fmt.Appendf(nil, "%sContent-Length: %d\r\n\r\n%s", headHTTP, len(body), body),
		"to end":    fmt.Appendf(nil, "HTTP/1.0 200 OK\r\n\r\n%s", body),
	}
}

// TestEngines_streams: both engines give the same account of every stream shape, with the same times, however it is
// framed and wherever it is cut into reads.
func TestEngines_streams(t *testing.T) {
	for name, body := range fixtures(t) {
		if len(body) == 0 {
			continue
		}
		w := newTwin(t, Config{Endpoint: endpointOf(name)})
		for framing, raw := range framed(body) {
			t.Run(name+"/"+framing, func(t *testing.T) {
				step := 1 + len(raw)/60
				for at := 1; at < len(raw); at += step {
					w.compare(t, [][]byte{raw[:at], raw[at:]}, io.EOF)
				}
				w.compare(t, eachByte(raw), io.EOF)
			})
		}
	}
}

// TestEngines_cut: a connection that ends, in any way and after any byte, is the same failure to both.
func TestEngines_cut(t *testing.T) {
	reset := os.NewSyscallError("recvmsg", syscall.ECONNRESET)
	w := newTwin(t, Config{})
	for framing, raw := range framed([]byte(content("a") + content("b") + "data: [DONE]\n\n")) {
		t.Run(framing, func(t *testing.T) {
			for at := range len(raw) + 1 {
				for _, end := range []error{io.EOF, reset} {
					pieces := [][]byte{raw[:at]}
					if at == 0 {
						pieces = nil
					}
					w.compare(t, pieces, end)
				}
			}
		})
	}
}

// TestEngines_any: as TestEngines_streams, with any number of cuts, bytes changed, and the end anywhere.
func TestEngines_any(t *testing.T) {
	w := newTwin(t, Config{MaxLine: 1 << 16})
	wires := framed([]byte(content("a") + ": ping\n\n" + content("b") + "data: [DONE]\n\n"))
	rapid.Check(t, func(t *rapid.T) {
		raw := bytes.Clone(wires[rapid.SampledFrom([]string{"chunked", "one chunk", "length", "to end"}).Draw(t, "framing")])
		for range rapid.IntRange(0, 2).Draw(t, "changes") {
			at := rapid.IntRange(0, len(raw)-1).Draw(t, "at")
			raw[at] = rapid.SampledFrom([]byte("\r\n 0a;:\x00\xff{")).Draw(t, "byte")
		}
		raw = raw[:rapid.IntRange(1, len(raw)).Draw(t, "length")]
		var pieces [][]byte
		for len(raw) > 0 {
			n := min(len(raw), rapid.IntRange(1, 200).Draw(t, "read"))
			pieces, raw = append(pieces, raw[:n]), raw[n:]
		}
		w.compare(t, pieces, io.EOF)
	})
}

// TestEngines_heads: what the head of a response says is the same to both.
func TestEngines_heads(t *testing.T) {
	body := content("a") + "data: [DONE]\n\n"
	length := fmt.Sprintf("Content-Length: %d\r\n", len(body))
	for name, head := range map[string]string{
		"bare LF":            "HTTP/1.1 200 OK\n" + strings.ReplaceAll(length, "\r", "") + "\n",
		"no reason":          "HTTP/1.1 200\r\n" + length + "\r\n",
		"folded":             "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n" + length + "\r\n",
		"lower case":         "HTTP/1.1 200 OK\r\n" + strings.ToLower(length) + "\r\n",
		"same length twice":  "HTTP/1.1 200 OK\r\n" + length + length + "\r\n",
		"two lengths":        "HTTP/1.1 200 OK\r\n" + length + "Content-Length: 7\r\n\r\n",
		"bad length":         "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
		"empty length":       "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
		"negative length":    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"unknown coding":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
		"two codings":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
		"1.0 with coding":    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
		"1.0 kept":           "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + length + "\r\n",
		"closing":            "HTTP/1.1 200 OK\r\nConnection: close\r\n" + length + "\r\n",
		"tokens":             "HTTP/1.1 200 OK\r\nConnection: x, close\r\n" + length + "\r\n",
		"trailer announced":  "HTTP/1.1 200 OK\r\nTrailer: X-A\r\n" + length + "\r\n",
		"bad trailer":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Content-Length\r\n\r\n",
		"no colon":           "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
		"space before colon": "HTTP/1.1 200 OK\r\nX : y\r\n" + length + "\r\n",
		"space first":        "HTTP/1.1 200 OK\r\n X: y\r\n" + length + "\r\n",
		"control":            "HTTP/1.1 200 OK\r\nX: a\x00b\r\n" + length + "\r\n",
		"latin":              "HTTP/1.1 200 OK\r\nX: \xe9\r\n" + length + "\r\n",
		"status of two":      "HTTP/1.1 20 OK\r\n" + length + "\r\n",
		"CR in the status":   "HTTP/1.1 200\rOK\r\n" + length + "\r\n",
		"status of four":     "HTTP/1.1 2000 OK\r\n" + length + "\r\n",
		"other protocol":     "ICY 200 OK\r\n" + length + "\r\n",
		"HTTP/2":             "HTTP/2.0 200 OK\r\n" + length + "\r\n",
		"HTTP/1.9":           "HTTP/1.9 200 OK\r\n" + length + "\r\n",
		"interim":            "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n" + length + "\r\n",
		"no content":         "HTTP/1.1 204 No Content\r\n" + length + "\r\n",
		"not modified":       "HTTP/1.1 304 Not Modified\r\n" + length + "\r\n",
		"refusal":            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n" + length + "\r\n",
		"redirect":           "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://other.test/\r\n" + length + "\r\n",
		"compressed":         "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n" + length + "\r\n",
		"not compressed":     "HTTP/1.1 200 OK\r\nContent-Encoding: Identity\r\n" + length + "\r\n",
		"two encodings":      "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Encoding: gzip\r\n" + length + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			defer log.SetOutput(log.Writer())
			log.SetOutput(io.Discard) // net/http tells it of a body after a response without one
			w, raw := newTwin(t, Config{}), []byte(head+body)
			w.compare(t, [][]byte{raw}, io.EOF)
			w.compare(t, eachByte(raw), io.EOF)
		})
	}
}

// TestEngines_requests: both engines ask in the same words.
func TestEngines_requests(t *testing.T) {
	for name, cfg := range map[string]Config{
		"plain":   {},
		"key":     {APIKey: "k-1"},
		"headers": {Header: map[string]string{"X-B": " 2 ", "x-a": "1", "User-Agent": "", "Host": "model.test:81", "X-Request-Id": "of all"}},
	} {
		for _, id := range []string{"", "r-1"} {
			t.Run(name+id, func(t *testing.T) {
				asked := make(chan []string, 2)
				s := serve(t, func(_ int, c *rawConn) {
					if r, body, ok := c.request(); ok {
						asked <- described(r, body)
						c.goodAnswer()
					}
				})
				cfg := cfg
				cfg.BaseURL = s.URL + "/a b"
				w := newTwin(t, cfg)
				var r Response
				for _, c := range []*Client{w.theirs, w.ours} {
					c.Do(t.Context(), &Request{ID: id, Body: []byte(`{"a":1}`)}, &r)
				}
				theirs, ours := <-asked, <-asked
				if diff := cmp.Diff(theirs, ours); diff != "" {
					t.Errorf("(-net/http +http1)\n%s", diff)
				}
			})
		}
	}
}

func described(r *http.Request, body []byte) []string {
	var header bytes.Buffer
	_ = r.Header.Write(&header)
	return []string{r.Method, r.RequestURI, r.Host, fmt.Sprint(r.ContentLength), fmt.Sprint(r.Close), header.String(), string(body)}
}
