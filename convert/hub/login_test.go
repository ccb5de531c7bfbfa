package hub_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
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
	write(t, filepath.Join(dir, "stored_tokens"), "[another]\nhf_token = hf_a\n\n[me é]\nhf_token = hf_oauth_old\nrefresh_token = r%1\nexpires_at = "+ends+"\n\n")
	return filepath.Join(dir, "token")
}

func TestLogin_refresh(t *testing.T) {
	h := startLogin(t, tokenAnswer(`{"access_token":"hf_oauth_new","refresh_token":"r2","expires_in":2592000}`))
	file := stored(t, time.Hour)
	c := loginClient(t, h, func(cfg *hub.Config) { cfg.Token = "hf_oauth_old"; cfg.Login.TokenFile = file })
	mustPull(t, c, testRef)
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"r%1"}, "client_id": {"26be6b09-91c5-47da-9861-d2d2bb7a7e36"}}
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
				_, _ = fmt.Fprint(w, `{"error":"invalid_grant","error_description":"r%1"}`)
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
