package openai

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// TestDo_status: what servers say with a status that is not 2xx.
func TestDo_status(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		const key = "sk-abcdef"
		long := strings.Repeat("wörd ", 100)
		for name, tt := range map[string]struct {
			status int
			header map[string]string
			body   string
			want   string
		}{
			"loading":      {503, nil, `{"error":{"message":"Loading model","type":"unavailable_error","code":503}}`, "503 Service Unavailable: Loading model"},
			"overload":     {429, nil, `{"error":"too many requests"}`, "429 Too Many Requests: too many requests"},
			"retry after":  {429, map[string]string{"Retry-After": "7"}, `{}`, "429 Too Many Requests, retry after 7: {}"},
			"bad JSON":     {500, nil, `{"error":{"code":500,"message":"[json.exception.parse_error.101] parse error","type":"server_error"}}`, "500 Internal Server Error: [json.exception.parse_error.101] parse error"},
			"too long":     {400, nil, `{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":5012,"n_ctx":4096}}`, "400 Bad Request: the request exceeds the available context size (prompt of 5012 tokens, context of 4096)"},
			"message":      {404, nil, `{"object":"error","message":"The model x does not exist","code":404}`, "404 Not Found: The model x does not exist"},
			"detail":       {404, nil, `{"detail":"Not Found"}`, "404 Not Found: Not Found"},
			"detail list":  {422, nil, `{"detail":[{"loc":["body","model"],"msg":"field required"}]}`, "422 Unprocessable Entity: field required"},
			"list":         {400, nil, `[{"error":{"message":"in a list"}}]`, "400 Bad Request: in a list"},
			"text":         {404, map[string]string{"Content-Type": "text/plain"}, "404 page\r\nnot found\n", `404 Not Found: 404 page\r\nnot found`},
			"html":         {502, nil, "<html>\n<head><title>502 Bad Gateway</title></head><body><center><h1>oh &lt;no&gt;</h1></center></body></html>", "502 Bad Gateway: 502 Bad Gateway oh <no>"},
			"empty":        {401, nil, "", "401 Unauthorized"},
			"key":          {401, nil, `{"error":{"message":"Incorrect API key provided: sk-abcdef."}}`, "401 Unauthorized: Incorrect API key provided: [secret]."},
			"key in html":  {401, nil, `<p>sk-<b></b>abcdef or sk-&#97;bcdef`, "401 Unauthorized: sk- abcdef or [secret]"},
			"control":      {400, nil, "a\x1b[31mb\u202ec\xff", `400 Bad Request: a\x1b[31mb\u202ec\xff`},
			"long":         {400, nil, long, ("400 Bad Request: " + long)[:17+182+36] + "…"},
			"redirect":     {307, map[string]string{"Location": "https://other.test/x?token=1"}, "", "307 Temporary Redirect to other.test: only 307 and 308 within a host are followed, and 3 of them; give the final URL as the target"},
			"moved":        {301, map[string]string{"Location": "/v2"}, "", "301 Moved Permanently to another path of the same host: only 307 and 308 within a host are followed, and 3 of them; give the final URL as the target"},
			"unknown code": {599, nil, "x", "599 : x"},
		} {
			t.Run(name, func(t *testing.T) {
				s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					for k, v := range tt.header {
						w.Header().Set(k, v)
					}
					w.WriteHeader(tt.status)
					_, _ = io.WriteString(w, tt.body)
				}))
				defer s.Close()
				c := testClient(t, Config{Engine: engine, BaseURL: s.URL, APIKey: key})
				for i := range 2 { // a refusal leaves the connection in use
					r := do(t.Context(), c)
					if r.Err == nil || r.Err.Kind != KindHTTP || r.HTTPStatus != tt.status || r.Reused != (i > 0) {
						t.Fatalf("%+v: %v", r, r.Err)
					}
					if name == "long" {
						if n := utf8.RuneCountInString(r.Err.Message); n != maxMessage || !strings.HasSuffix(r.Err.Message, "…") {
							t.Errorf("%d characters: %s", n, r.Err.Message)
						}
					} else if r.Err.Message != tt.want {
						t.Errorf("got  %s\nwant %s", r.Err.Message, tt.want)
					}
				}
			})
		}
	})
}

// TestDo_redirect: nobody but the target's host gets the request.
func TestDo_redirect(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
		defer other.Close()
		s := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
		defer s.Close()
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL, APIKey: "k"})
		if r := do(t.Context(), c); r.Err == nil || r.Err.Kind != KindHTTP {
			t.Errorf("%+v", r)
		}
		if _, err := c.Models(t.Context()); err == nil {
			t.Error("models of a redirect")
		}
	})
}

// TestDo_secrets: neither the key, however short, nor the value of a header that was added is shown or kept, unless that
// is too short to be a credential.
func TestDo_secrets(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			for _, name := range []string{"Authorization", "Proxy-Authorization", "X-Api-Key", "X-Max-Tokens", "X-Team"} {
				_, _ = io.WriteString(w, r.Header.Get(name)+";")
			}
		}))
		defer s.Close()
		for _, key := range []string{"sk-1234", "k1x"} {
			c := testClient(t, Config{Engine: engine, BaseURL: s.URL, APIKey: key, Header: map[string]string{
				"Proxy-Authorization": "Basic dTpwCg==", "x-api-key": "abcdef", "X-Max-Tokens": "3", "X-Team": "blue",
			}})
			want := "Bearer [secret];[secret];[secret];3;[secret];"
			r := do(t.Context(), c)
			if r.Err == nil || r.Err.Message != "403 Forbidden: "+want || string(r.ErrorBody) != want {
				t.Errorf("got  %v\nkept %s\nwant %s", r.Err, r.ErrorBody, want)
			}
		}
	})
}

// TestDo_proxySecrets: the credentials of a proxy are shown neither as they were given nor as they are sent.
func TestDo_proxySecrets(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, r.Header.Get("Proxy-Authorization")+" for p@ss", http.StatusBadRequest)
	}))
	defer proxy.Close()
	at, err := url.Parse("http://user:p%40ss@" + proxy.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	r := do(t.Context(), testClient(t, Config{BaseURL: "http://llm.test", Proxy: at}))
	if want := "Basic [secret] for [secret]\n"; string(r.ErrorBody) != want {
		t.Errorf("got  %q\nwant %q", r.ErrorBody, want)
	}
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return "http://" + l.Addr().String()
}

func TestDo_failures(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		answer := func(f func(c *rawConn)) func(t *testing.T) string {
			return func(t *testing.T) string {
				return serve(t, func(_ int, c *rawConn) {
					if _, _, ok := c.request(); ok {
						f(c)
					}
				}).URL
			}
		}
		for name, tt := range map[string]struct {
			url    func(t *testing.T) string
			kind   Kind
			text   string
			is     error
			chunks int
		}{
			"refused":          {closedPort, KindRefused, "connection refused", syscall.ECONNREFUSED, 0},
			"dns":              {func(*testing.T) string { return "http://" + strings.Repeat("x", 64) + ".test" }, KindDNS, "no such host", nil, 0}, // no name, so nobody is asked
			"tls to plain":     {func(t *testing.T) string { return "https" + answer(func(*rawConn) {})(t)[4:] }, KindTLS, "tls handshake", nil, 0},
			"no answer":        {answer(func(*rawConn) {}), KindReset, "closed the connection before it answered", io.EOF, 0},
			"not HTTP":         {answer(func(c *rawConn) { c.send("+PONG\r\n\x00") }), KindBadStream, "malformed", nil, 0},
			"huge header":      {answer(func(c *rawConn) { c.send("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20)) }), KindBadStream, "header", nil, 0},
			"bad chunk":        {answer(func(c *rawConn) { c.send(headChunked); c.chunk(content("a")); c.send("xyz\r\n") }), KindBadStream, "malformed", nil, 1},
			"cut":              {answer(func(c *rawConn) { c.send(headChunked); c.chunk(content("a")); c.send("fff\r\ndata") }), KindTruncated, "so far: 1", nil, 1},
			"cut by length":    {answer(func(c *rawConn) { c.send(headHTTP + "Content-Length: 1000\r\n\r\n" + content("a")) }), KindTruncated, "so far: 1", nil, 1},
			"cut whole reply":  {answer(func(c *rawConn) { c.send(headHTTP + "Content-Length: 1000\r\n\r\n{\"choices\":[") }), KindTruncated, "", nil, 0},
			"reset":            {answer(func(c *rawConn) { c.send(headChunked); c.chunk(content("a")); c.reset() }), KindReset, "reset", syscall.ECONNRESET, -1},
			"compressed":       {answer(func(c *rawConn) { c.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b") }), KindBadStream, "gzip", nil, 0},
			"long line":        {answer(func(c *rawConn) { c.send(headHTTP + "\r\ndata: " + strings.Repeat("x", 2<<20)) }), KindBadStream, "longer than 1048576 bytes", nil, 0},
			"long JSON":        {answer(func(c *rawConn) { c.send(headHTTP + "\r\n[" + strings.Repeat("1,", 1<<20)) }), KindBadStream, "longer than", nil, 0},
			"without end":      {answer(func(c *rawConn) { c.send(headHTTP + "\r\n" + strings.Repeat(content("a"), 2000)) }), KindBadStream, "more than 1000 chunks", nil, 1001},
			"no content":       {answer(func(c *rawConn) { c.send("HTTP/1.1 204 No Content\r\n\r\n") }), KindEmpty, "no bytes", nil, 0},
			"no length":        {answer(func(c *rawConn) { c.send(headHTTP + "Content-Length: 0\r\n\r\n") }), KindEmpty, "no bytes", nil, 0},
			"no chunk":         {answer(func(c *rawConn) { c.send(headChunked + "0\r\n\r\n") }), KindEmpty, "no bytes", nil, 0},
			"closed at once":   {answer(func(c *rawConn) { c.send(headHTTP + "\r\n") }), KindTruncated, "before the first event", nil, 0},
			"cut at once":      {answer(func(c *rawConn) { c.send(headChunked) }), KindTruncated, "before the first event", nil, 0},
			"interim for ever": {answer(func(c *rawConn) { c.send(strings.Repeat("HTTP/1.1 102 Processing\r\nA: b\r\n\r\n", 20_000)) }), KindBadStream, "header", nil, 0},
		} {
			t.Run(name, func(t *testing.T) {
				c := testClient(t, Config{Engine: engine, BaseURL: tt.url(t), MaxLine: 1 << 20, MaxChunks: 1000})
				r := do(t.Context(), c)
				if r.Err == nil || r.Err.Kind != tt.kind || !strings.Contains(r.Err.Message, tt.text) {
					t.Fatalf("%+v: %v", r, r.Err)
				}
				if tt.is != nil && !errors.Is(r.Err, tt.is) {
					t.Errorf("%v is not %v", r.Err.Err, tt.is)
				}
				if tt.chunks >= 0 && len(r.Chunks) != tt.chunks {
					t.Errorf("%d chunks", len(r.Chunks))
				}
				if r.Sent == 0 || r.Done < r.Sent || r.Attempts != 1 {
					t.Errorf("%+v", r)
				}
				ordered(t, r)
			})
		}
	})
}

// TestSwitchedProtocols: what is left of such a connection is nobody's stream, and no context would end a read of it.
func TestSwitchedProtocols(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		s := serve(t, func(_ int, c *rawConn) {
			if _, _, ok := c.request(); ok {
				c.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
				_, _ = c.Read(make([]byte, 1)) // until the client closes
			}
		})
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL})
		if r := do(t.Context(), c); r.Err == nil || r.Err.Kind != KindHTTP || r.HTTPStatus != http.StatusSwitchingProtocols {
			t.Errorf("%+v: %v", r, r.Err)
		}
		if _, err := c.Models(t.Context()); err == nil {
			t.Error("models of another protocol")
		}
	})
}

// TestDo_textOfNothing: whether a response has a text depends on the configuration, not on what its memory was used
// for before.
func TestDo_textOfNothing(t *testing.T) {
	url := closedPort(t)
	if r := do(t.Context(), testClient(t, Config{BaseURL: url})); r.Text == nil || len(r.Text) > 0 {
		t.Errorf("with KeepText: %q", r.Text)
	}
	c, err := New(Config{BaseURL: url})
	if err != nil {
		t.Fatal(err)
	}
	if r := do(t.Context(), c); r.Text != nil {
		t.Errorf("without: %q", r.Text)
	}
}

// TestDo_cancel: the caller ends a request at any point of it, and what came is kept.
func TestDo_cancel(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		stop := errors.New("the window closed")
		for name, upTo := range map[string]func(c *rawConn){
			"no header":   func(*rawConn) {},
			"half header": func(c *rawConn) { c.send("HTTP/1.1 200") },
			"no event":    func(c *rawConn) { c.send(headChunked) },
			"half event":  func(c *rawConn) { c.send(headChunked); c.chunk(content("a") + "data: {") },
			"pings":       func(c *rawConn) { c.send(headChunked); c.chunk(content("a") + ": ping\n\n") },
		} {
			t.Run(name, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				s := serve(t, func(_ int, c *rawConn) {
					if _, _, ok := c.request(); ok {
						upTo(c)
						cancel(stop)
						c.request() // until the client goes
					}
				})
				r := do(ctx, testClient(t, Config{Engine: engine, BaseURL: s.URL}))
				if r.Err == nil || r.Err.Kind != KindCancelled || !errors.Is(r.Err, stop) || !strings.Contains(r.Err.Message, "window closed") {
					t.Errorf("%+v: %v", r, r.Err)
				}
				ordered(t, r)
			})
		}
		t.Run("before", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if r := do(ctx, testClient(t, Config{Engine: engine})); r.Err == nil || r.Err.Kind != KindCancelled || r.Connected != 0 {
				t.Errorf("%+v: %v", r, r.Err)
			}
		})
		t.Run("deadline of the caller", func(t *testing.T) {
			ctx, cancel := context.WithDeadline(t.Context(), time.Now())
			defer cancel()
			if r := do(ctx, testClient(t, Config{Engine: engine, Timeout: time.Hour})); r.Err == nil || r.Err.Kind != KindCancelled {
				t.Errorf("%+v: %v", r, r.Err)
			}
		})
	})
}

// TestDo_timeout: a server that never answers, or never ends, is left after Config.Timeout.
func TestDo_timeout(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		for name, answer := range map[string]func(c *rawConn){
			"silent": func(*rawConn) {},
			"endless": func(c *rawConn) {
				c.send(headChunked)
				for {
					if _, err := io.WriteString(c, "7\r\n: ping\n\r\n"); err != nil {
						return
					}
				}
			},
		} {
			t.Run(name, func(t *testing.T) {
				s := serve(t, func(_ int, c *rawConn) {
					if _, _, ok := c.request(); ok {
						answer(c)
						c.request()
					}
				})
				r := do(t.Context(), testClient(t, Config{Engine: engine, BaseURL: s.URL, Timeout: 20 * time.Millisecond}))
				if r.Err == nil || r.Err.Kind != KindTimeoutTotal || !errors.Is(r.Err, context.DeadlineExceeded) || !strings.Contains(r.Err.Message, "20ms") {
					t.Errorf("%+v: %v", r, r.Err)
				}
			})
		}
	})
}

// TestDo_unreadUpload: a server that answers before it has read the request does not make the client wait, nor read
// the body after Do.
func TestDo_unreadUpload(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		s := serve(t, func(_ int, c *rawConn) {
			if _, err := http.ReadRequest(c.in); err == nil {
				c.send("HTTP/1.1 413 Payload Too Large\r\nContent-Length: 3\r\n\r\nbig")
			}
		})
		body := make([]byte, 64<<20)
		var r Response
		testClient(t, Config{Engine: engine, BaseURL: s.URL}).Do(t.Context(), &Request{Body: body}, &r)
		clear(body) // for the race detector
		// Whether the answer or the break of the connection is seen first is the network's choice.
		if r.Err == nil || r.Err.Kind != KindHTTP && r.Err.Kind != KindReset {
			t.Errorf("%+v: %v", r, r.Err)
		}
	})
}

func FuzzMessage(f *testing.F) {
	for _, body := range fixtures(f) {
		f.Add(string(body))
	}
	f.Add("<p>sk-<b>k</b>\x00 &#115;k-k")
	c := newCensor([]string{"sk-k"})
	f.Fuzz(func(t *testing.T, body string) {
		got := c.show(describe([]byte(body)))
		if strings.Contains(got, "sk-k") || !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxMessage {
			t.Fatalf("%q", got)
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Fatalf("%q does not print at %d", got, i)
		}
	})
}

func TestModels(t *testing.T) {
	for body, want := range map[string][]string{
		`{"object":"list","data":[{"id":"b","object":"model"},{"id":"a"},{}]}`: {"b", "a"},
		`{"data":[]}`:     {},
		`[{"id":"bare"}]`: {"bare"},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/x/v1/models" || r.Header.Get("Authorization") != "Bearer k" {
				t.Errorf("%s %v", r.URL, r.Header)
			}
			_, _ = io.WriteString(w, body)
		}))
		got, err := testClient(t, Config{BaseURL: s.URL + "/x/v1", APIKey: "k"}).Models(t.Context())
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", body, err, diff)
		}
		s.Close()
	}
}

func TestModels_errors(t *testing.T) {
	for body, want := range map[string]string{
		"nope":            "got: nope",
		`{"models":[]}`:   "expected",
		`{"error":"bad"}`: "got: bad",
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
		_, err := testClient(t, Config{BaseURL: s.URL}).Models(t.Context())
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != KindBadStream || !strings.Contains(e.Message, want) {
			t.Errorf("%s: %v", body, err)
		}
		s.Close()
	}
}
