package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
	"github.com/promptmill/promptmill/convert/hub/internal/tokens"
)

// loginHub is a Hub with the dataset of the other tests that hands out tokens, and GitHub Actions at /actions.
type loginHub struct {
	*httptest.Server
	mu      sync.Mutex
	asked   []string // what was asked for tokens
	bearers []string // what other requests brought
	answer  func(w http.ResponseWriter)
}

func startLogin(t *testing.T, answer func(w http.ResponseWriter)) *loginHub {
	t.Helper()
	double, err := hubtest.New(dataset(), hubtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := &loginHub{answer: answer}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		switch r.URL.Path {
		case "/oauth/token":
			h.asked = append(h.asked, r.Method+" "+said(r))
			h.answer(w)
		case "/actions":
			h.asked = append(h.asked, r.URL.Query().Get("audience")+" "+r.Header.Get("Authorization"))
			_, _ = fmt.Fprint(w, `{"value":"jwt_minted"}`)
		default:
			h.bearers = append(h.bearers, r.Header.Get("Authorization"))
			double.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(h.Close)
	return h
}

// said returns the body of a request for a token, in one form for both kinds.
func said(r *http.Request) string {
	if r.Header.Get("Content-Type") == "application/json" {
		v := map[string]string{}
		if err := json.NewDecoder(r.Body).Decode(&v); err != nil {
			return err.Error()
		}
		return fmt.Sprint(v)
	}
	if err := r.ParseForm(); err != nil {
		return err.Error()
	}
	return r.PostForm.Encode()
}

func tokenAnswer(text string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { _, _ = fmt.Fprint(w, text) }
}

func loginClient(t *testing.T, h *loginHub, change func(*hub.Config)) *hub.Client {
	t.Helper()
	cfg := hub.Config{Endpoint: h.URL, CacheDir: t.TempDir(), Jobs: 1, Logf: t.Logf}
	change(&cfg)
	c, err := hub.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdle)
	return c
}

func TestLogin_oidc(t *testing.T) {
	const exchange = "POST map[grant_type:urn:ietf:params:oauth:grant-type:token-exchange resource:datasets/org/sums subject_token:%s subject_token_type:urn:ietf:params:oauth:token-type:id_token]"
	for name, tt := range map[string]struct {
		oidc  func(h *loginHub) hub.OIDC
		asked func(h *loginHub) []string
	}{
		"with a proof": {
			func(*loginHub) hub.OIDC { return hub.OIDC{Resource: "datasets/org/sums", IDToken: "jwt_given"} },
			func(*loginHub) []string { return []string{fmt.Sprintf(exchange, "jwt_given")} },
		},
		"in GitHub Actions": {
			func(h *loginHub) hub.OIDC {
				return hub.OIDC{Resource: "datasets/org/sums", RequestURL: h.URL + "/actions?api=2", RequestToken: "gh_secret"}
			},
			func(h *loginHub) []string {
				return []string{h.URL + " Bearer gh_secret", fmt.Sprintf(exchange, "jwt_minted")}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := startLogin(t, tokenAnswer(`{"access_token":"hf_jwt_x","token_type":"bearer","expires_in":3600}`))
			c := loginClient(t, h, func(cfg *hub.Config) { cfg.Token = "hf_other"; cfg.Login.OIDC = tt.oidc(h) })
			mustPull(t, c, testRef)
			if diff := cmp.Diff(tt.asked(h), h.asked); diff != "" {
				t.Errorf("asked for tokens (-want +got):\n%s", diff)
			}
			for _, b := range h.bearers {
				if b != "Bearer hf_jwt_x" && b != "" { // none goes to the storage
					t.Errorf("sent %q", b)
				}
			}
			if h.bearers[0] != "Bearer hf_jwt_x" {
				t.Errorf("the first request brought %q", h.bearers[0])
			}
		})
	}
}

// Whoever asks for keyless login gets an error when it fails, and no other token instead.
func TestLogin_oidcFails(t *testing.T) {
	refused := func(w http.ResponseWriter) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"error":"invalid_grant","error_description":"jwt_given is not trusted"}`)
	}
	for name, tt := range map[string]struct {
		oidc   hub.OIDC
		answer func(http.ResponseWriter)
		want   string
	}{
		"refused":        {hub.OIDC{Resource: "me", IDToken: "jwt_given"}, refused, "invalid_grant *** is not trusted"},
		"no proof":       {hub.OIDC{Resource: "me"}, refused, "HF_OIDC_ID_TOKEN"},
		"no token":       {hub.OIDC{Resource: "me", IDToken: "jwt_given"}, tokenAnswer(`{}`), "access_token"},
		"a hostile one":  {hub.OIDC{Resource: "me", IDToken: "jwt_given"}, tokenAnswer(`{"access_token":"a\r\nX: y"}`), "access_token"},
		"not JSON":       {hub.OIDC{Resource: "me", IDToken: "jwt_given"}, tokenAnswer(`<html>`), "not JSON"},
		"a bad provider": {hub.OIDC{Resource: "me", RequestURL: "\x00", RequestToken: "gh_secret"}, refused, "ACTIONS_ID_TOKEN_REQUEST_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			h := startLogin(t, tt.answer)
			c := loginClient(t, h, func(cfg *hub.Config) { cfg.Token = "hf_other"; cfg.Login.OIDC = tt.oidc })
			for range 2 { // it is not tried again
				_, err := c.Resolve(t.Context(), testRef)
				if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "jwt_given") {
					t.Errorf("error = %v, want one with %q and no secret", err, tt.want)
				}
			}
			if len(h.asked) > 1 || len(h.bearers) > 0 {
				t.Errorf("asked %q, then sent %q", h.asked, h.bearers)
			}
		})
	}
}

// stored writes the files of a login in the browser that ends in so long, and returns the name of the token file.
func stored(t *testing.T, life time.Duration) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "token"), "hf_oauth_old")
	ends := strconv.FormatInt(time.Now().Add(life).Unix(), 10)
	write(t, filepath.Join(dir, "stored_tokens"), "[another]\nhf_token = hf_a\n\n[me é]\nhf_token = hf_oauth_old\nrefresh_token = r%1-secret\nexpires_at = "+ends+"\n\n")
	return filepath.Join(dir, "token")
}

func TestLogin_refresh(t *testing.T) {
	h := startLogin(t, tokenAnswer(`{"access_token":"hf_oauth_new","refresh_token":"r2","expires_in":2592000}`))
	file := stored(t, time.Hour)
	c := loginClient(t, h, func(cfg *hub.Config) { cfg.Token = "hf_oauth_old"; cfg.Login.TokenFile = file })
	mustPull(t, c, testRef)
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"r%1-secret"}, "client_id": {"26be6b09-91c5-47da-9861-d2d2bb7a7e36"}}
	if diff := cmp.Diff([]string{"POST " + form.Encode()}, h.asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if h.bearers[0] != "Bearer hf_oauth_new" {
		t.Errorf("sent %q", h.bearers[0])
	}
	wantText(t, file, "hf_oauth_new")
	got := tokens.Stored{File: filepath.Join(filepath.Dir(file), "stored_tokens")}.Read()
	if at, err := strconv.ParseInt(got["me é"]["expires_at"], 10, 64); err != nil || time.Until(time.Unix(at, 0)) < 29*24*time.Hour {
		t.Errorf("expires_at %q", got["me é"]["expires_at"])
	}
	delete(got["me é"], "expires_at")
	want := map[string]tokens.Fields{"another": {"hf_token": "hf_a"}, "me é": {"hf_token": "hf_oauth_new", "refresh_token": "r2"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stored tokens (-want +got):\n%s", diff)
	}
	for _, name := range []string{file, filepath.Join(filepath.Dir(file), "stored_tokens")} {
		if fi, err := os.Stat(name); err != nil || fi.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v; others may read it", name, fi.Mode(), err)
		}
	}
}

func TestLogin_noRefresh(t *testing.T) {
	for name, tt := range map[string]struct {
		life   time.Duration
		status int
		asked  int
	}{
		"good for days":   {72 * time.Hour, 200, 0},
		"session is over": {time.Hour, 400, 1},
		"Hub is down":     {time.Hour, 503, 1},
	} {
		t.Run(name, func(t *testing.T) {
			h := startLogin(t, func(w http.ResponseWriter) {
				w.WriteHeader(tt.status)
				_, _ = fmt.Fprint(w, `{"error":"invalid_grant","error_description":"r%1-secret"}`)
			})
			var logged strings.Builder
			file := stored(t, tt.life)
			c := loginClient(t, h, func(cfg *hub.Config) {
				cfg.Token, cfg.Login.TokenFile = "hf_oauth_old", file
				cfg.Logf = func(format string, args ...any) { fmt.Fprintf(&logged, format+"\n", args...) }
			})
			mustPull(t, c, testRef) // the old token may still do
			if len(h.asked) != tt.asked || h.bearers[0] != "Bearer hf_oauth_old" {
				t.Errorf("asked %q, sent %q", h.asked, h.bearers[0])
			}
			if log := logged.String(); strings.Contains(log, "hf auth login") != (tt.asked > 0) || strings.Contains(log, "r%1") || strings.Contains(log, "hf_oauth") {
				t.Errorf("logged %q", log)
			}
			wantText(t, file, "hf_oauth_old")
		})
	}
}

func TestConfig_originAndDebug(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{})
	var lines []string
	c, _ := client(t, srv, t.TempDir(), func(cfg *hub.Config) {
		cfg.UserAgent, cfg.Origin, cfg.Debug, cfg.Token = "mill/1", "part\nner", true, token
		cfg.Logf = func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	})
	mustPull(t, c, testRef)
	asked := log.take()
	if len(lines) != len(asked) || len(asked) == 0 {
		t.Errorf("%d lines for %d requests", len(lines), len(asked))
	}
	for _, r := range asked {
		if r.UserAgent != "mill/1; origin/part?ner" {
			t.Errorf("User-Agent %q", r.UserAgent)
		}
	}
	all := strings.Join(lines, "\n")
	if !strings.Contains(all, " on new connection 1: 200 after") || !strings.Contains(all, " on new connection 2: ") || !strings.Contains(all, ", to 127.0.0.1:") {
		t.Errorf("no connections or hosts of redirects in\n%s", all)
	}
	for _, line := range lines {
		if strings.ContainsAny(line, "?\n") || strings.Contains(line, token) || !strings.HasPrefix(line, "GET http") {
			t.Errorf("line %q: want a request without query and token", line)
		}
	}
}

func TestConfig_allProxy(t *testing.T) {
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.String())
		http.Error(w, "no", http.StatusNotImplemented)
	}))
	defer proxy.Close()
	c, err := hub.New(hub.Config{Endpoint: "http://hub.invalid", CacheDir: t.TempDir(), AllProxy: strings.TrimPrefix(proxy.URL, "http://")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseIdle()
	if _, err := c.Resolve(t.Context(), testRef); err == nil {
		t.Error("no error")
	}
	if len(asked) == 0 || !strings.HasPrefix(asked[0], "http://hub.invalid/api/") {
		t.Errorf("the proxy was asked for %q", asked)
	}
	if _, err := hub.New(hub.Config{CacheDir: "c", AllProxy: "http://user:secret@\x00"}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a bad proxy: %v", err)
	}
}

// inActions is a job of GitHub Actions that can prove who it is.
func inActions(h *loginHub) hub.OIDC {
	return hub.OIDC{Resource: "datasets/org/sums", RequestURL: h.URL + "/actions?api=2", RequestToken: "gh_secret"}
}

// A token that lives no longer than the margin before its end is used all the same.
func TestLogin_oidcShortLife(t *testing.T) {
	h := startLogin(t, tokenAnswer(`{"access_token":"hf_jwt_x","expires_in":300}`))
	c := loginClient(t, h, func(cfg *hub.Config) { cfg.Login.OIDC = inActions(h) })
	mustPull(t, c, testRef)
	if len(h.asked) != 2 {
		t.Errorf("%d requests for a token that is good for five minutes: %q", len(h.asked), h.asked)
	}
}

// An exchange that fails for now is tried again; one that keeps failing says why, and the next request may succeed.
func TestLogin_oidcTransient(t *testing.T) {
	for name, tt := range map[string]struct {
		status, times int
		header, body  string
		says          string // of the error; "": there is none
		asked         int
	}{
		"once":       {status: 503, times: 1, asked: 2},
		"told when":  {status: 429, times: 1, header: "7", asked: 2},
		"cut":        {times: 2, asked: 3},
		"for long":   {status: 503, times: 99, says: "log in by OIDC: service unavailable", asked: 6},
		"with words": {status: 502, times: 99, body: `{"error":"later","error_description":"jwt_given"}`, says: "log in by OIDC: later ***", asked: 6},
		"refused":    {status: 403, times: 99, says: "log in by OIDC: forbidden", asked: 1},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			h := startLogin(t, func(w http.ResponseWriter) {
				switch n++; {
				case n > tt.times:
					_, _ = fmt.Fprint(w, `{"access_token":"hf_jwt_x","expires_in":3600}`)
				case tt.status == 0:
					panic(http.ErrAbortHandler)
				default:
					if tt.header != "" {
						w.Header().Set("Retry-After", tt.header)
					}
					w.WriteHeader(tt.status)
					_, _ = fmt.Fprint(w, tt.body)
				}
			})
			c := loginClient(t, h, func(cfg *hub.Config) { cfg.Login.OIDC = hub.OIDC{Resource: "me", IDToken: "jwt_given"} })
			var naps []time.Duration
			c.SetSleep(func(ctx context.Context, d time.Duration) error { naps = append(naps, d); return ctx.Err() })
			_, err := c.Resolve(t.Context(), testRef)
			if (err == nil) != (tt.says == "") || err != nil && !strings.HasPrefix(err.Error(), tt.says) {
				t.Errorf("error = %v, want one that says %q", err, tt.says)
			}
			if n != tt.asked || tt.header != "" && naps[0] != 8*time.Second {
				t.Errorf("%d exchanges, pauses %v; want %d", n, naps, tt.asked)
			}
			if err == nil {
				return
			}
			tt.times = 0 // the trouble is over
			if _, err := c.Resolve(t.Context(), testRef); (err == nil) != (tt.status >= 500) {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// A token does until its end when there is no other; then the failure counts.
func TestLogin_oidcKeepsOldToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &exchanges{}
		c, err := hub.New(hub.Config{Endpoint: "http://hub.test", CacheDir: t.TempDir(), HTTP: &http.Client{Transport: s},
			Login: hub.Login{OIDC: hub.OIDC{Resource: "me", RequestURL: "http://ci.test/x", RequestToken: "gh_secret"}}})
		if err != nil {
			t.Fatal(err)
		}
		c.SetSleep(noWait)
		for _, step := range []struct {
			after     time.Duration
			exchanges int // in all
			class     error
		}{
			{0, 1, hub.ErrNotFound}, {50 * time.Minute, 1, hub.ErrNotFound}, {6 * time.Minute, 2, hub.ErrNotFound},
			{time.Second, 2, hub.ErrNotFound}, {5 * time.Minute, 8, hub.ErrUnavailable},
		} {
			<-time.After(step.after)
			if _, err := c.Resolve(t.Context(), testRef); !errors.Is(err, step.class) {
				t.Errorf("after another %v: %v, want %v", step.after, err, step.class)
			}
			if s.n != step.exchanges {
				t.Errorf("after another %v: %d exchanges, want %d", step.after, s.n, step.exchanges)
			}
		}
	})
}

// exchanges is a Hub without datasets that exchanges a proof once, for an hour, and later fails.
type exchanges struct{ n int }

func (e *exchanges) RoundTrip(req *http.Request) (*http.Response, error) {
	text, status := `{"value":"jwt_minted"}`, 200
	switch {
	case req.URL.Path == "/oauth/token":
		if e.n++; e.n > 1 {
			status = 503
		}
		text = `{"access_token":"hf_jwt_x","expires_in":3600}`
	case req.URL.Host == "hub.test":
		status, text = 404, ""
		if req.Header.Get("Authorization") != "Bearer hf_jwt_x" {
			status = 400
		}
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: req}, nil
}

func TestLogin_oidcNoProof(t *testing.T) {
	for _, o := range []hub.OIDC{{Resource: "me"}, {Resource: "me", RequestURL: "\x00", RequestToken: "t"}, {Resource: "me", RequestURL: "nowhere", RequestToken: "t"}} {
		c := configured(t, hub.Config{Login: hub.Login{OIDC: o}})
		_, err := c.Resolve(t.Context(), testRef)
		if _, ok := errors.AsType[*hub.Error](err); !ok || !errors.Is(err, hub.ErrUnauthorized) {
			t.Errorf("%+v: error = %v, want ErrUnauthorized", o, err)
		}
	}
}

// The wait for a token is not the silence of the server that it is for.
func TestLogin_isNoStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slowExchange{}
		c, err := hub.New(hub.Config{Endpoint: "http://hub.test", CacheDir: t.TempDir(), HTTP: &http.Client{Transport: s}, AskTimeout: 5 * time.Second,
			Login: hub.Login{OIDC: hub.OIDC{Resource: "me", IDToken: "jwt_given"}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Resolve(t.Context(), testRef); !errors.Is(err, hub.ErrNotFound) || s.n != 1 {
			t.Errorf("%d requests, %v", s.n, err)
		}
	})
}

// slowExchange takes 20 s to exchange a proof, and has no datasets.
type slowExchange struct{ n int }

func (s *slowExchange) RoundTrip(req *http.Request) (*http.Response, error) {
	status, text := 404, ""
	if req.URL.Path == "/oauth/token" {
		<-time.After(20 * time.Second)
		status, text = 200, `{"access_token":"hf_jwt_x","expires_in":3600}`
	} else {
		s.n++
		if err := req.Context().Err(); err != nil {
			return nil, err
		}
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: req}, nil
}

// Ctrl-C while a refresh token is being used up does not lose the one that comes for it.
func TestLogin_refreshOutlivesContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := startLogin(t, func(w http.ResponseWriter) {
		cancel()
		_, _ = fmt.Fprint(w, `{"access_token":"hf_oauth_new","refresh_token":"r2","expires_in":2592000}`)
	})
	file := stored(t, time.Hour)
	c := loginClient(t, h, func(cfg *hub.Config) { cfg.Token = "hf_oauth_old"; cfg.Login.TokenFile = file })
	if _, err := c.Resolve(ctx, testRef); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
	wantText(t, file, "hf_oauth_new")
	if got := (tokens.Stored{File: filepath.Join(filepath.Dir(file), "stored_tokens")}).Read(); got["me é"]["refresh_token"] != "r2" {
		t.Errorf("stored %q", got["me é"])
	}
}

// held is a transport that answers nothing until a request's context ends, and tells of each request.
type held struct{ begun chan string }

func (h held) RoundTrip(req *http.Request) (*http.Response, error) {
	h.begun <- req.URL.Path
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// Whoever waits for what another request fetches, a token or a listing, ends with its own context.
func TestClient_waitersEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		ref  hub.Ref
		oidc hub.OIDC
	}{
		"listing": {ref: hub.Ref{Repo: "o/n", Revision: strings.Repeat("1", 40)}},
		"token":   {ref: testRef, oidc: hub.OIDC{Resource: "me", IDToken: "jwt_given"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := held{make(chan string, 9)}
				c, err := hub.New(hub.Config{Endpoint: "http://hub.test", CacheDir: t.TempDir(), HTTP: &http.Client{Transport: h}, Timeout: time.Hour, Login: hub.Login{OIDC: tt.oidc}})
				if err != nil {
					t.Fatal(err)
				}
				first, stop := context.WithCancel(t.Context())
				var wg sync.WaitGroup
				wg.Go(func() { _, _ = c.Resolve(first, tt.ref) })
				<-h.begun
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				began := time.Now()
				if _, err := c.Resolve(ctx, tt.ref); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
					t.Errorf("ended after %v with %v", time.Since(began), err)
				}
				stop()
				wg.Wait()
			})
		})
	}
}
