package openai

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

// answers is a handler of one streamed answer of two tokens.
func answers(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = io.WriteString(w, content("a"))
	_ = http.NewResponseController(w).Flush()
	_, _ = io.WriteString(w, content("b")+"data: [DONE]\n\n")
}

// listenUnix serves at a Unix socket until the test ends.
func listenUnix(t *testing.T, path string, handler http.HandlerFunc) {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: handler}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l) // until it is closed
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-done
	})
}

// want checks that a request was answered by answers.
func want(t *testing.T, r *Response) {
	t.Helper()
	if r.Err != nil || string(r.Text) != "ab" || len(r.Chunks) != 2 {
		t.Errorf("%+v: %v", r, r.Err)
	}
	ordered(t, r)
}

// TestDo_unix: a Unix socket is a target like any other, in each of its forms.
func TestDo_unix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "llm.sock")
	paths := make(chan string, 1)
	listenUnix(t, path, func(w http.ResponseWriter, r *http.Request) {
		paths <- r.Host + r.URL.Path
		answers(w, r)
	})
	onEngines(t, func(t *testing.T, engine string) {
		for target, want1 := range map[string]string{
			"unix://" + path:                                "localhost/v1/chat/completions",
			"unix:" + path:                                  "localhost/v1/chat/completions",
			"http+unix://" + url.PathEscape(path):           "localhost/v1/chat/completions",
			"http+unix://" + url.PathEscape(path) + "/x/v1": "localhost/x/v1/chat/completions",
		} {
			c := testClient(t, Config{Engine: engine, BaseURL: target})
			for i := range 2 {
				r := do(t.Context(), c)
				want(t, r)
				if got := <-paths; got != want1 || r.Reused != (i > 0) || r.KernelTimes {
					t.Errorf("%s: asked for %s, reused %v, kernel times %v", target, got, r.Reused, r.KernelTimes)
				}
			}
		}
		r := do(t.Context(), testClient(t, Config{Engine: engine, BaseURL: "unix://" + path + ".none"}))
		if r.Err == nil || r.Err.Kind != KindConnect {
			t.Errorf("no socket: %v", r.Err)
		}
	})
}

// secureServer is a TLS server, which speaks HTTP/2 where asked; and what a client needs to believe it.
func secureServer(t *testing.T, http2 bool, config *tls.Config) (*httptest.Server, *tls.Config) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(answers))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2, s.TLS = http2, config
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return s, &tls.Config{RootCAs: roots}
}

// TestDo_tlsOptions: what a TLS configuration asks for is what happens, on either engine.
func TestDo_tlsOptions(t *testing.T) {
	s, believes := secureServer(t, false, nil)
	strict, _ := secureServer(t, false, &tls.Config{ClientAuth: tls.RequireAnyClientCert})
	own := s.TLS.Certificates
	onEngines(t, func(t *testing.T, engine string) {
		for name, tt := range map[string]struct {
			url    string
			config *tls.Config
			fails  string // "" is an answer
		}{
			"authority":           {s.URL, believes, ""},
			"name that it has":    {s.URL, &tls.Config{RootCAs: believes.RootCAs, ServerName: "example.com"}, ""},
			"name that it lacks":  {s.URL, &tls.Config{RootCAs: believes.RootCAs, ServerName: "example.net"}, "example.net"},
			"unknown authority":   {s.URL, nil, "unknown authority"},
			"anybody":             {s.URL, &tls.Config{InsecureSkipVerify: true}, ""},
			"client certificate":  {strict.URL, &tls.Config{RootCAs: believes.RootCAs, Certificates: own}, ""},
			"no certificate":      {strict.URL, believes, "certificate required"},
			"old version refused": {s.URL, &tls.Config{RootCAs: believes.RootCAs, MaxVersion: tls.VersionTLS10, MinVersion: tls.VersionTLS10}, "protocol version"},
		} {
			t.Run(name, func(t *testing.T) {
				c := testClient(t, Config{Engine: engine, BaseURL: tt.url, TLS: tt.config})
				r := do(t.Context(), c)
				if c.Engine() != engine {
					t.Errorf("on %s", c.Engine())
				}
				// With TLS 1.3 the alert comes after the handshake; net/http may see the server close before it reads it.
				closed := name == "no certificate" && engine == EngineNetHTTP && r.Err != nil && r.Err.Kind == KindReset
				if tt.fails == "" {
					want(t, r)
				} else if closed {
					return
				} else if r.Err == nil || r.Err.Kind != KindTLS || !strings.Contains(r.Err.Message, tt.fails) {
					t.Errorf("%v, want %s", r.Err, tt.fails)
				}
			})
		}
	})
}

// TestDo_http2: many streams on one connection, over TLS and in clear; a server that has no HTTP/2 is told from others.
func TestDo_http2(t *testing.T) {
	s, believes := secureServer(t, true, nil)
	clear := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("HTTP/%d", r.ProtoMajor)
		}
		answers(w, r)
	}))
	clear.Config.Protocols = new(http.Protocols)
	clear.Config.Protocols.SetUnencryptedHTTP2(true)
	clear.Start()
	t.Cleanup(clear.Close)
	for _, cfg := range []Config{{BaseURL: s.URL, TLS: believes}, {BaseURL: clear.URL}} {
		cfg.HTTP2 = true
		c := testClient(t, cfg)
		for i := range 3 {
			r := do(t.Context(), c)
			want(t, r)
			if r.Reused != (i > 0) || r.KernelTimes || r.Bytes == 0 {
				t.Errorf("%+v", r)
			}
		}
		if c.Engine() != EngineHTTP2 {
			t.Errorf("on %s", c.Engine())
		}
	}
	old, believes := secureServer(t, false, nil)
	r := do(t.Context(), testClient(t, Config{BaseURL: old.URL, TLS: believes, HTTP2: true}))
	if r.Err == nil || r.Err.Kind != KindTLS {
		t.Errorf("no HTTP/2 over TLS: %v", r.Err)
	}
	plain := httptest.NewServer(http.HandlerFunc(answers))
	t.Cleanup(plain.Close)
	r = do(t.Context(), testClient(t, Config{BaseURL: plain.URL, HTTP2: true}))
	closed := r.Err != nil && r.Err.Kind == KindReset // net/http may see the server close before it reads its answer
	if r.Err == nil || !closed && (r.Err.Kind != KindBadStream || !strings.Contains(r.Err.Message, "HTTP/2")) {
		t.Errorf("no HTTP/2 in clear: %v", r.Err)
	}
	if _, err := New(Config{BaseURL: "http://x", HTTP2: true, Engine: EngineHTTP1}); err == nil {
		t.Error("HTTP/2 on the engine for HTTP/1.1")
	}
}

// TestDo_http2Failures: a stream that the server breaks off is a failure, and is not sent again.
func TestDo_http2Failures(t *testing.T) {
	for name, tt := range map[string]struct {
		handle http.HandlerFunc
		kind   Kind
	}{
		"before the header": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, KindReset},
		"after a token": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, content("a"))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, KindReset},
		"end without its end": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, content("a")) }, KindTruncated},
		"refused":             {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, KindHTTP},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewUnstartedServer(tt.handle)
			s.Config.Protocols = new(http.Protocols)
			s.Config.Protocols.SetUnencryptedHTTP2(true)
			s.Start()
			defer s.Close()
			c := testClient(t, Config{BaseURL: s.URL, HTTP2: true})
			for range 2 {
				if r := do(t.Context(), c); r.Err == nil || r.Err.Kind != tt.kind || r.Attempts != 1 {
					t.Errorf("%+v: %v", r, r.Err)
				}
			}
		})
	}
}

// TestDo_proxy: requests go through the proxy, those over TLS by CONNECT; what it refuses is a failure to connect.
func TestDo_proxy(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(answers))
	t.Cleanup(plain.Close)
	s, believes := secureServer(t, false, nil)
	proxy := newProxy(t)
	via := func(user string) *url.URL {
		u, err := url.Parse(proxy.URL)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(user, "hunter2")
		return u
	}
	for _, cfg := range []Config{{BaseURL: plain.URL}, {BaseURL: s.URL, TLS: believes}} {
		cfg.Proxy = via("me")
		c := testClient(t, cfg)
		for i := range 2 {
			r := do(t.Context(), c)
			want(t, r)
			if r.Reused != (i > 0) || c.Engine() != EngineNetHTTP {
				t.Errorf("%+v on %s", r, c.Engine())
			}
		}
	}
	r := do(t.Context(), testClient(t, Config{BaseURL: s.URL, TLS: believes, Proxy: via("other")}))
	if r.Err == nil || r.Err.Kind != KindConnect || !strings.Contains(r.Err.Message, "407") || strings.Contains(r.Err.Message, "hunter2") {
		t.Errorf("%v", r.Err)
	}
	gone := via("me")
	gone.Host = strings.TrimPrefix(closedPort(t), "http://")
	r = do(t.Context(), testClient(t, Config{BaseURL: plain.URL, Proxy: gone}))
	if r.Err == nil || r.Err.Kind != KindRefused || strings.Contains(r.Err.Message, "hunter2") {
		t.Errorf("%v", r.Err)
	}
}

// newProxy is a proxy for the user me.
func newProxy(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, _, _ := (&http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}).BasicAuth(); user != "me" {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		if r.Method != http.MethodConnect {
			r.RequestURI = ""
			r.Header.Del("Proxy-Authorization")
			res, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = res.Body.Close() }()
			_, _ = io.Copy(w, res.Body)
			return
		}
		tunnel(t, w, r.Host)
	}))
	t.Cleanup(func() {
		s.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	return s
}

// tunnel connects what comes with the host until either end is closed.
func tunnel(t *testing.T, w http.ResponseWriter, host string) {
	far, err := net.Dial("tcp", host)
	if err != nil {
		t.Error(err)
		return
	}
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	_, _ = io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		_, _ = io.Copy(far, near)
		_ = far.Close()
	}()
	_, _ = io.Copy(near, far)
	_ = near.Close()
}
