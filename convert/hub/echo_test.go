package hub_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// Wherever a server repeats the token, no error and no notice shows it.
func TestError_hidesEchoes(t *testing.T) {
	fails := func(key string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(key, "a "+token)
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	for name, answer := range map[string]http.HandlerFunc{
		"commit":     func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprintf(w, `{"sha":%q}`, token) },
		"code":       fails("X-Error-Code"),
		"request id": fails("X-Request-Id"),
		"amazon id":  fails("X-Amz-Cf-Id"),
		"message":    fails("X-Error-Message"),
		"wait":       fails("Retry-After"),
		"scheme": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", token+"://x")
			w.WriteHeader(302)
		},
		"path": func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/echo") {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			http.Redirect(w, r, "/echo/"+token, http.StatusFound)
		},
		"host": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://"+token+".invalid:1/x")
			w.WriteHeader(http.StatusFound)
		},
		"revisions": func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/refs") {
				_, _ = fmt.Fprintf(w, `{"branches":[{"name":%q}]}`, token)
				return
			}
			w.Header().Set("X-Error-Code", "RevisionNotFound")
			w.WriteHeader(http.StatusNotFound)
		},
		"listing": func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/tree/") {
				_, _ = fmt.Fprintf(w, `[{"type":"file","path":%q,"size":1}]`, token)
				return
			}
			_, _ = fmt.Fprint(w, found.body)
		},
		"warning": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-HF-Warning", "t; "+token)
			w.WriteHeader(http.StatusBadRequest)
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(answer)
			defer srv.Close()
			var said strings.Builder
			c := configured(t, hub.Config{Endpoint: srv.URL, Token: token, Logf: func(f string, args ...any) { fmt.Fprintf(&said, f+"\n", args...) }})
			defer c.CloseIdle()
			_, err := c.Resolve(t.Context(), testRef)
			if err == nil {
				t.Fatal("no error")
			}
			if text := err.Error() + said.String(); strings.Contains(text, token) {
				t.Errorf("said: %s", text)
			}
		})
	}
}

// retold changes a header of answers that are a part of something.
type retold struct {
	key    string
	change func(string) string
	next   http.RoundTripper
}

func (r retold) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusPartialContent {
		resp.Header.Set(r.key, r.change(resp.Header.Get(r.key)))
	}
	return resp, err
}

// A part says which bytes it has, and of how many; if that is not so, the error does not repeat the token either.
func TestRemoteFile_untrueParts(t *testing.T) {
	fsys, _ := big(64)
	srv, _ := start(t, fsys, hubtest.Options{})
	tell := func(string) string { return token }
	for name, r := range map[string]retold{
		"another total":  {key: "Content-Range", change: func(s string) string { return s + "9" }},
		"another start":  {key: "Content-Range", change: func(s string) string { return strings.Replace(s, "bytes ", "bytes 1", 1) }},
		"no range":       {key: "Content-Range", change: tell},
		"another coding": {key: "Content-Encoding", change: tell},
	} {
		t.Run(name, func(t *testing.T) {
			own := &http.Transport{}
			defer own.CloseIdleConnections()
			r.next = own
			c := configured(t, hub.Config{Endpoint: srv.URL, Token: token, HTTP: &http.Client{Transport: r}})
			d, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/big"})
			if err != nil {
				t.Fatal(err)
			}
			f := c.Open(t.Context(), d, d.Files[0])
			_, err = f.ReadAt(make([]byte, 10), d.Size()/2)
			if !errors.Is(err, hub.ErrCorrupt) || strings.Contains(err.Error(), token) {
				t.Errorf("error = %v", err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A token that is no token's length does not eat the words of messages.
func TestError_shortToken(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Error-Message", "expected six extra boxes")
		w.WriteHeader(http.StatusBadRequest)
	}))
	defer srv.Close()
	_, err := configured(t, hub.Config{Endpoint: srv.URL, Token: "x"}).Resolve(t.Context(), testRef)
	if err == nil || !strings.Contains(err.Error(), "expected six extra boxes") {
		t.Errorf("error = %v", err)
	}
}

// raw answers every connection with the same bytes.
func raw(t *testing.T, answer string) (url string, asked *int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked = new(int)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if _, err := conn.Read(make([]byte, 4096)); err == nil {
				*asked++
			}
			_, _ = io.WriteString(conn, answer)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return "http://" + l.Addr().String(), asked
}

// An answer that is no HTTP is a wrong answer, asked for again a few times, and nothing of it is shown.
func TestResolve_garbledAnswer(t *testing.T) {
	const secret = "X-Amz-Signature=SIGSECRET"
	redirect := func(to string) string {
		return "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: " + to + "\r\n\r\n"
	}
	for name, answer := range map[string]string{
		"address":        redirect("http://[::1/x?" + secret),
		"percent":        redirect("http://h/%zz?" + secret),
		"control bytes":  redirect("http://h/\x01?" + secret),
		"no colon":       "HTTP/1.1 200 OK\r\nLocation http://h/?" + secret + "\r\n\r\n",
		"no status":      "HTTP/1.1 " + secret + "\r\n\r\n",
		"no HTTP":        secret + "\r\n\r\n",
		"length":         "HTTP/1.1 200 OK\r\nContent-Length: " + secret + "\r\n\r\n",
		"encoding":       "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + secret + "\r\n\r\n",
		"trailer":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n1\r\n{\r\n0\r\nX " + secret + "\r\n\r\n",
		"endless header": "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 300<<10) + secret + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			url, asked := raw(t, answer)
			var said strings.Builder
			c := configured(t, hub.Config{Endpoint: url, Logf: func(f string, args ...any) { fmt.Fprintf(&said, f+"\n", args...) }})
			_, err := c.Resolve(t.Context(), testRef)
			if !errors.Is(err, hub.ErrCorrupt) || errors.Is(err, hub.ErrUnavailable) {
				t.Fatalf("error = %v, want ErrCorrupt", err)
			}
			if text := err.Error() + said.String(); strings.Contains(text, "SIGSECRET") {
				t.Errorf("said: %s", text)
			}
			if name == "endless header" && !strings.Contains(err.Error(), "not HTTP") {
				t.Errorf("error = %v", err)
			}
			if *asked != 4 {
				t.Errorf("asked %d times, want 4", *asked)
			}
		})
	}
}
