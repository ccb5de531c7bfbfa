package hub_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// bare is a transport whose answers do not say what they answer.
type bare struct{ next http.RoundTripper }

func (b bare) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(req)
	if resp != nil {
		resp.Request = nil
	}
	return resp, err
}

func TestConfig_bareTransport(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{PageSize: 2})
	own := &http.Transport{}
	defer own.CloseIdleConnections()
	c := configured(t, hub.Config{Endpoint: srv.URL, HTTP: &http.Client{Transport: bare{own}}})
	mustPull(t, c, testRef)
	if _, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/nope"}); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("error = %v", err)
	}
}

// A proxy that net/http would not use is an error, and not the way around the proxy.
func TestNew_proxyIsNoURL(t *testing.T) {
	for _, value := range []string{"http://", "http://me:secret@:80", "ftp://secret", "http://secret:port", "http://me:secret@[::1", "\x00secret", "gopher:secret"} {
		for name, cfg := range map[string]hub.Config{"HTTP_PROXY": {HTTPProxy: value}, "HTTPS_PROXY": {HTTPSProxy: value}, "ALL_PROXY": {AllProxy: value}} {
			cfg.CacheDir = t.TempDir()
			_, err := hub.New(cfg)
			if err == nil || !strings.Contains(err.Error(), "hub: "+name+" ") || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s=%q: error = %v", name, value, err)
			}
		}
	}
	for _, value := range []string{"", "proxy", "proxy:3128", "http://me:pw@proxy:3128/", "socks5://127.0.0.1:1080", "https://[::1]:8080"} {
		if _, err := hub.New(hub.Config{CacheDir: t.TempDir(), HTTPProxy: value, HTTPSProxy: value, AllProxy: value}); err != nil {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func TestConfigFromEnv_proxies(t *testing.T) {
	env := map[string]string{"http_proxy": "a", "HTTPS_PROXY": "b", "https_proxy": "c"}
	if cfg := hub.ConfigFromEnv(func(k string) string { return env[k] }, ""); cfg.HTTPProxy != "a" || cfg.HTTPSProxy != "b" {
		t.Errorf("%q, %q", cfg.HTTPProxy, cfg.HTTPSProxy)
	}
}

// warner adds a warning of each topic to every answer.
type warner struct {
	next   http.RoundTripper
	values []string
}

func (w warner) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(req)
	if err == nil {
		resp.Header["X-Hf-Warning"] = w.values
	}
	return resp, err
}

func TestConfig_warnings(t *testing.T) {
	many := func() (values []string) {
		for i := range 100 {
			values = append(values, fmt.Sprintf("topic %d; text %d", i, i))
		}
		return values
	}
	for name, tt := range map[string]struct {
		values []string
		want   []string
		count  int
	}{
		"once per topic":  {values: []string{"old; upgrade; soon", "old;again", "no topic \x1b[2J", " ; nor here", "x;", "y; also"}, want: []string{"upgrade; soon", "no topic ?[2J", "also"}, count: 3},
		"a flood of them": {values: many(), count: 16},
	} {
		t.Run(name, func(t *testing.T) {
			srv, _ := start(t, dataset(), hubtest.Options{})
			own := &http.Transport{}
			defer own.CloseIdleConnections()
			var said []string
			c := configured(t, hub.Config{Endpoint: srv.URL, HTTP: &http.Client{Transport: warner{own, tt.values}}, Logf: func(f string, args ...any) {
				if text, ok := strings.CutPrefix(fmt.Sprintf(f, args...), "the Hub says: "); ok {
					said = append(said, text)
				}
			}})
			if _, err := c.Resolve(t.Context(), testRef); err != nil {
				t.Fatal(err)
			}
			if len(said) != tt.count {
				t.Errorf("%d warnings, want %d", len(said), tt.count)
			}
			if tt.want != nil {
				if diff := cmp.Diff(tt.want, said); diff != "" {
					t.Errorf("warnings (-want +got):\n%s", diff)
				}
			}
		})
	}
}
