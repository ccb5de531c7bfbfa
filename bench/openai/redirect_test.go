package openai

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestDo_redirects: a request is sent on within its host, as it is, and nowhere else.
func TestDo_redirects(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was asked") }))
		defer other.Close()
		for name, tt := range map[string]struct {
			status    int
			to        string
			redirects int
			text      string // of the error; "" is an answer
		}{
			"temporary":    {307, "/moved?x=1", 1, ""},
			"permanent":    {308, "/moved", 1, ""},
			"other method": {302, "/moved", 0, "another path of the same host"},
			"moved":        {301, "/moved", 0, "give the final URL"},
			"other host":   {307, other.URL + "/moved", 0, "only 307 and 308 within a host"},
			"for ever":     {307, "/v1/chat/completions", maxRedirects, "307"},
			"nowhere":      {307, "", 0, "an unknown place"},
			"not a path":   {307, "/moved?a b", 0, "307"},
		} {
			t.Run(name, func(t *testing.T) {
				s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					if r.URL.Path != "/moved" {
						w.Header()["Location"] = []string{tt.to}
						w.WriteHeader(tt.status)
						return
					}
					if string(body) != `{"stream":true}` || r.Header.Get("Authorization") != "Bearer k-1234" || r.Method != http.MethodPost {
						t.Errorf("%s %q with %v", r.Method, body, r.Header)
					}
					answers(w, r)
				}))
				defer s.Close()
				r := do(t.Context(), testClient(t, Config{Engine: engine, BaseURL: s.URL, APIKey: "k-1234"}))
				if tt.text == "" {
					want(t, r)
				} else if r.Err == nil || r.Err.Kind != KindHTTP || !strings.Contains(r.Err.Message, tt.text) {
					t.Errorf("%+v: %v", r, r.Err)
				}
				if r.Redirects != tt.redirects || r.Attempts != tt.redirects+1 || r.Reused != (tt.redirects > 0) {
					t.Errorf("%+v", r)
				}
				ordered(t, r)
			})
		}
	})
}
