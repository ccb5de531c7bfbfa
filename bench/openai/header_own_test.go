package openai

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func mustParse(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

// TestDo_ownHeader: a header of one request stands in place of that of every request, goes along to another path of its
// host, and is not in the next request.
func TestDo_ownHeader(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		got := make(chan http.Header, 9)
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got <- r.Header
			if r.URL.Path == "/v1/chat/completions" && r.Header.Get("X-Tenant") == "moved" {
				http.Redirect(w, r, "/other", http.StatusTemporaryRedirect)
				return
			}
			answers(w, r)
		}))
		t.Cleanup(s.Close)
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL, APIKey: "sk-all", Header: map[string]string{"X-Tenant": "all"}})
		for _, tt := range []struct {
			own         []HeaderField
			tenant, key string
			requests    int
		}{
			{nil, "all", "Bearer sk-all", 1},
			{[]HeaderField{{"x-tenant", "one"}, {"Authorization", "Bearer sk-one"}}, "one", "Bearer sk-one", 1},
			{[]HeaderField{{"X-Tenant", "moved"}}, "moved", "Bearer sk-all", 2},
			{nil, "all", "Bearer sk-all", 1},
		} {
			var r Response
			c.Do(t.Context(), &Request{ID: "r-1", Body: []byte("{}"), Header: tt.own}, &r)
			want(t, &r)
			if len(got) != tt.requests {
				t.Fatalf("%d requests, want %d", len(got), tt.requests)
			}
			for range tt.requests {
				h := <-got
				if v := h.Values("X-Tenant"); len(v) != 1 || v[0] != tt.tenant || h.Get("Authorization") != tt.key || h.Get("X-Request-Id") != "r-1" {
					t.Errorf("%v", h)
				}
			}
		}
	})
}

// TestDo_ownHeaderStays: a server that redirects to another host does not learn there what a request's own header says.
func TestDo_ownHeaderStays(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the other host was asked: %v", r.Header) }))
		t.Cleanup(other.Close)
		s := httptest.NewServer(http.RedirectHandler(other.URL+"/v1/chat/completions", http.StatusTemporaryRedirect))
		t.Cleanup(s.Close)
		var r Response
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL})
		c.Do(t.Context(), &Request{Body: []byte("{}"), Header: []HeaderField{{"Authorization", "Bearer sk-one"}}}, &r)
		if r.Err == nil || r.Err.Kind != KindHTTP || r.Err.Status != http.StatusTemporaryRedirect {
			t.Errorf("%+v: %v", r, r.Err)
		}
	})
}

// TestDo_ownHeaderSecrets: what a request's own header says is shown no more than what any other says.
func TestDo_ownHeaderSecrets(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, r.Header.Get("Authorization")+";"+r.Header.Get("X-Team"))
		}))
		t.Cleanup(s.Close)
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL, Header: map[string]string{"X-Team": "blue"}})
		for _, key := range []string{"sk-one", "sk-two"} {
			var r Response
			c.Do(t.Context(), &Request{Body: []byte("{}"), Header: []HeaderField{{"Authorization", "Bearer " + key}}}, &r)
			const shown = "[secret];[secret]"
			if r.Err == nil || !strings.HasSuffix(r.Err.Message, shown) || string(r.ErrorBody) != shown {
				t.Errorf("%v, kept %s", r.Err, r.ErrorBody)
			}
		}
	})
}

// TestDo_badOwnHeader: a header that would be another one, or is not a request's, is not sent.
func TestDo_badOwnHeader(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		s := serve(t, func(_ int, c *rawConn) {
			if _, _, ok := c.request(); ok {
				t.Error("the request was sent")
			}
		})
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL})
		for _, f := range []HeaderField{{"X-A", "b\r\nX-B: c"}, {"X A", "b"}, {"X-A", "\x00"}, {"Host", "b"}, {"Content-Length", "1"}, {"", ""}} {
			var r Response
			c.Do(t.Context(), &Request{Body: []byte("{}"), Header: []HeaderField{f}}, &r)
			if r.Err == nil || r.Err.Kind != KindOther || r.Connected != 0 || !strings.Contains(r.Err.Message, "a header of its own") {
				t.Errorf("%q: %+v: %v", f, r, r.Err)
			}
		}
	})
}
