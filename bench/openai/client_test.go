package openai

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func do(ctx context.Context, c *Client) *Response {
	var r Response
	c.Do(ctx, &Request{ID: "r-1", Body: []byte(`{"stream":true}`)}, &r)
	return &r
}

func TestDo_request(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		got := make(chan *http.Request, 1)
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			got <- r
			_, _ = io.WriteString(w, content("x")+"data: [DONE]\n\n")
		}))
		defer s.Close()
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL + "/api/v1/", Endpoint: Completions, APIKey: "k-123", Header: map[string]string{"x-team": "7", "Host": "model.test"}})
		if r := do(t.Context(), c); r.Err != nil || string(r.Text) != "x" {
			t.Fatalf("%+v", r)
		}
		r := <-got
		body, _ := io.ReadAll(r.Body)
		have := map[string]string{"path": r.Method + " " + r.URL.Path, "host": r.Host, "body": string(body), "length": fmt.Sprint(r.ContentLength)}
		for _, name := range []string{"Authorization", "X-Request-Id", "Content-Type", "X-Team", "Accept-Encoding", "Idempotency-Key"} {
			have[name] = strings.Join(r.Header[name], "|")
		}
		want := map[string]string{
			"path": "POST /api/v1/completions", "host": "model.test", "body": `{"stream":true}`, "length": "15",
			"Authorization": "Bearer k-123", "X-Request-Id": "r-1", "Content-Type": "application/json", "X-Team": "7",
			"Accept-Encoding": "", "Idempotency-Key": "",
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

// TestDo_paths: what a target may look like, and the path that is asked for then.
func TestDo_paths(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		paths := make(chan string, 1)
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			paths <- r.RequestURI
			_, _ = io.WriteString(w, content("x")+"data: [DONE]\n\n")
		}))
		defer s.Close()
		for target, want := range map[string]string{
			"": "", "/": "", "/v1": "", "/v1/": "", "/api": "/api", "/api/v1": "/api", "/a b": "/a%20b",
		} {
			c := testClient(t, Config{Engine: engine, BaseURL: s.URL + target})
			r := do(t.Context(), c)
			if asked := <-paths; r.Err != nil || asked != want+"/v1/chat/completions" {
				t.Errorf("%q: asked for %q, %v", target, asked, r.Err)
			}
			_, err := c.Models(t.Context())
			if asked := <-paths; err == nil || asked != want+"/v1/models" {
				t.Errorf("%q: asked for %q, %v", target, asked, err)
			}
		}
	})
}

func TestNew_errors(t *testing.T) {
	for name, tt := range map[string]struct {
		cfg  Config
		want string
	}{
		"empty":      {Config{}, "must begin with http://"},
		"scheme":     {Config{BaseURL: "ftp://x"}, `"ftp"`},
		"no host":    {Config{BaseURL: "http:///v1"}, "names no host"},
		"userinfo":   {Config{BaseURL: "http://u:hunter2@x"}, "must not hold a user"},
		"unparsable": {Config{BaseURL: "http://u:hunter2@x:y:z/"}, "cannot be parsed"},
		"query":      {Config{BaseURL: "http://x?key=hunter2"}, "query"},
		"endpoint":   {Config{BaseURL: "http://x", Endpoint: "chat"}, "slash"},
		"negative":   {Config{BaseURL: "http://x", MaxLine: -1}, "negative"},
		"key":        {Config{BaseURL: "http://x", APIKey: "hunter2\n"}, "API key"},
		"name":       {Config{BaseURL: "http://x", Header: map[string]string{"a b": "c"}}, "not a valid name"},
		"value":      {Config{BaseURL: "http://x", Header: map[string]string{"a": "hunter2\r\nb: c"}}, "header a"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(tt.cfg)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestDo_fixtures sends every fixture through a real server, chunked by its handler, and compares with the parse of it.
func TestDo_fixtures(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		all := fixtures(t)
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			body := all[r.Header.Get("X-Fixture")]
			for line := range strings.SplitAfterSeq(string(body), "\n") {
				_, _ = io.WriteString(w, line)
				_ = http.NewResponseController(w).Flush()
			}
		}))
		defer s.Close()
		for name, body := range all {
			t.Run(name, func(t *testing.T) {
				c := testClient(t, Config{Engine: engine, BaseURL: s.URL, Header: map[string]string{"X-Fixture": name}})
				want, r := outcomeOf(parse(c, io.EOF, body)), do(t.Context(), c)
				got := outcomeOf(r)
				want.Reasoned, got.Reasoned = false, false
				if want.Kind != "" {
					want.Bytes, got.Bytes = 0, 0
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-parsed +done)\n%s", diff)
				}
				if r.Attempts != 1 || r.HTTPStatus != 200 {
					t.Errorf("attempts %d, status %d", r.Attempts, r.HTTPStatus)
				}
				ordered(t, r)
			})
		}
	})
}

// ordered checks the order of the instants of a real request.
func ordered(t *testing.T, r *Response) {
	t.Helper()
	last, name := int64(1), "the epoch"
	for _, at := range []struct {
		name string
		ns   int64
	}{{"sent", r.Sent}, {"connected", r.Connected}, {"headers", r.Headers}, {"first chunk", r.FirstChunk},
		{"first token", r.FirstToken}, {"last token", r.LastToken}, {"done", r.Done}} {
		if at.ns == 0 {
			continue
		}
		if at.ns < last {
			t.Errorf("%s at %d, before %s at %d", at.name, at.ns, name, last)
		}
		last, name = at.ns, at.name
	}
}

// TestDo_tail: after [DONE] nothing can fail any more: not a missing end of the body, nor one that never comes.
func TestDo_tail(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		for name, end := range map[string]func(c *rawConn){
			"cut":    func(*rawConn) {},
			"reset":  (*rawConn).reset,
			"late":   func(c *rawConn) { c.request() },
			"babble": func(c *rawConn) { c.chunk(strings.Repeat(": x\n", 100_000)) },
		} {
			t.Run(name, func(t *testing.T) {
				s := serve(t, func(_ int, c *rawConn) {
					c.request()
					c.send(headChunked)
					c.chunk(content("a") + "data: [DONE]\n\n")
					end(c)
				})
				r := do(t.Context(), testClient(t, Config{Engine: engine, BaseURL: s.URL}))
				if name == "reset" && r.Err != nil && r.Err.Kind == KindReset {
					t.Skip("the reset overtook the answer")
				}
				if r.Err != nil || string(r.Text) != "a" {
					t.Errorf("%+v", r)
				}
				ordered(t, r)
			})
		}
	})
}

// TestDo_reuse: a Response, and the memory of its slices, serves any number of requests.
func TestDo_reuse(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		s := serve(t, func(_ int, c *rawConn) {
			for _, _, ok := c.request(); ok; _, _, ok = c.request() {
				c.goodAnswer()
			}
		})
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL})
		r := Response{FinishReason: "old", HTTPStatus: 7, Coalesced: 9, Text: make([]byte, 3, 100), Chunks: make([]int64, 2, 100)}
		text, chunks := &r.Text[:1][0], &r.Chunks[:1][0]
		for i := range 3 {
			c.Do(t.Context(), &Request{Body: []byte("{}")}, &r)
			if r.Err != nil || string(r.Text) != "ab" || len(r.Chunks) != 2 || r.FinishReason != "" || r.Coalesced > 2 || r.Reused != (i > 0) {
				t.Fatalf("%+v", r)
			}
			if &r.Text[0] != text || &r.Chunks[0] != chunks {
				t.Error("the slices were not reused")
			}
		}
	})
}

func TestDo_concurrent(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id := r.Header.Get("X-Request-Id")
			for range 20 {
				_, _ = io.WriteString(w, content(id))
				_ = http.NewResponseController(w).Flush()
			}
			_, _ = io.WriteString(w, "data: [DONE]\n\n")
		}))
		defer s.Close()
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL})
		var wg sync.WaitGroup
		for w := range 16 {
			wg.Go(func() {
				var r Response
				body := []byte("{}")
				for i := range 10 {
					id := fmt.Sprintf("<%d.%d>", w, i)
					c.Do(t.Context(), &Request{ID: id, Body: body}, &r)
					body[0] = '{' // nobody reads it any more: for the race detector
					if r.Err != nil || string(r.Text) != strings.Repeat(id, 20) || len(r.Chunks) != 20 {
						t.Errorf("%s: %+v", id, r)
					}
					ordered(t, &r)
				}
			})
		}
		wg.Wait()
	})
}

// between checks that each chunk came after it was written and before Do returned.
func between(t *testing.T, r *Response, written []int64, returned int64) {
	t.Helper()
	for i, sent := range written {
		if r.Chunks[i] < sent || r.Chunks[i] > returned {
			t.Errorf("chunk %d at %d, written at %d, returned at %d", i, r.Chunks[i], sent, returned)
		}
	}
	if r.Done > returned {
		t.Errorf("done at %d, after %d", r.Done, returned)
	}
	if r.Coalesced > coalesced(r.Chunks) {
		t.Errorf("coalesced %d of %v", r.Coalesced, r.Chunks)
	}
	ordered(t, r)
}

// TestDo_noKernelTimes: a socket that is given no stamps has its reads timed by the clock, and the response says so.
func TestDo_noKernelTimes(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		s := serve(t, func(_ int, c *rawConn) {
			if _, _, ok := c.request(); ok {
				c.goodAnswer()
			}
		})
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL})
		dialWith(c, func(ctx context.Context, network, addr string) (net.Conn, error) {
			raw, err := new(net.Dialer).DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			sock, err := newSocket(raw, c.clock)
			return &conn{Conn: sock, sock: sock}, err
		})
		r := do(t.Context(), c)
		if r.Err != nil || string(r.Text) != "ab" || r.KernelTimes {
			t.Errorf("%+v", r)
		}
		ordered(t, r)
	})
}

// TestDo_silentHandshake: a server that accepts and says nothing does not hold a cancelled request.
func TestDo_silentHandshake(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		ctx, cancel := context.WithCancel(t.Context())
		s := serve(t, func(_ int, c *rawConn) {
			_, _ = c.in.Peek(1)
			cancel()
			<-ctx.Done()
		})
		r := do(ctx, testClient(t, Config{Engine: engine, BaseURL: "https" + strings.TrimPrefix(s.URL, "http")}))
		if r.Err == nil || r.Err.Kind != KindCancelled || r.Connected != 0 {
			t.Errorf("%+v: %v", r, r.Err)
		}
	})
}

func TestDo_tls(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ProtoMajor != 1 {
				t.Errorf("HTTP/%d", r.ProtoMajor)
			}
			_, _ = io.WriteString(w, content("x"))
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, "data: [DONE]\n\n")
		}))
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		defer s.Close()
		roots := x509.NewCertPool()
		roots.AddCert(s.Certificate())
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL, TLS: &tls.Config{RootCAs: roots}})
		for i := range 3 {
			r := do(t.Context(), c)
			if r.Err != nil || string(r.Text) != "x" || r.Reused != (i > 0) {
				t.Fatalf("%+v", r)
			}
			ordered(t, r)
		}
		r := do(t.Context(), testClient(t, Config{Engine: engine, BaseURL: s.URL}))
		if r.Err == nil || r.Err.Kind != KindTLS {
			t.Fatalf("unknown authority: %+v", r)
		}
		if _, ok := errors.AsType[x509.UnknownAuthorityError](r.Err); !ok {
			t.Errorf("not the error of x509: %v", r.Err)
		}
	})
}

// TestDo_kernelTimes: over a real socket each chunk's instant lies after the server began to write it and before the
// client's clock once it has it, in order; the kernel gives them on Linux, below TLS too.
func TestDo_kernelTimes(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		const tokens = 50
		epoch := time.Now()
		written := make(chan [tokens]int64, 1)
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			var at [tokens]int64
			for i := range at {
				at[i] = int64(time.Since(epoch))
				_, _ = io.WriteString(w, content("x"))
				_ = http.NewResponseController(w).Flush()
			}
			_, _ = io.WriteString(w, "data: [DONE]\n\n")
			written <- at
		})
		for _, secure := range []bool{false, true} {
			t.Run(fmt.Sprintf("tls=%v", secure), func(t *testing.T) {
				s := httptest.NewUnstartedServer(handler)
				cfg := Config{Engine: engine, Epoch: epoch}
				if secure {
					s.StartTLS()
					roots := x509.NewCertPool()
					roots.AddCert(s.Certificate())
					cfg.TLS = &tls.Config{RootCAs: roots}
				} else {
					s.Start()
				}
				defer s.Close()
				cfg.BaseURL = s.URL
				c := testClient(t, cfg)
				stamped := 0
				for range 40 {
					r := do(t.Context(), c)
					returned := int64(time.Since(epoch))
					if r.Err != nil || len(r.Chunks) != tokens {
						t.Fatalf("%+v", r)
					}
					at := <-written
					between(t, r, at[:], returned)
					if r.KernelTimes {
						stamped++
					}
				}
				switch {
				case runtime.GOOS != "linux" && stamped > 0:
					t.Error("this system gives no receive times")
				case runtime.GOOS == "linux" && stamped == 0:
					t.Skip("this kernel gives no receive times")
				}
			})
		}
	})
}
