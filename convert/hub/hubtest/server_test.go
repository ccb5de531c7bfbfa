package hubtest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// A server on all addresses sends clients to the storage host by the name that they have for it.
func TestStart_allAddresses(t *testing.T) {
	for addr, host := range map[string]string{"0.0.0.0:0": "node7.example:8001", "127.0.0.1:0": ""} {
		s := start(t, hubtest.Options{Addr: addr})
		hub, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), "GET", "http://127.0.0.1:"+hub.Port()+"/datasets/org/name/resolve/main/data/a%20b%23%C3%A9.parquet", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "node7.example:8001"
		resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		cdn, err := url.Parse(s.CDNURL)
		if err != nil {
			t.Fatal(err)
		}
		want := s.CDNURL
		if host != "" {
			want = "http://node7.example:" + cdn.Port()
		}
		if to := resp.Header.Get("Location"); !strings.HasPrefix(to, want+"/cdn/") {
			t.Errorf("on %s: to %s, want %s", addr, to, want)
		}
	}
}
