package hub

import (
	"net/http"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// traced tells of every request, without what could be secret: credentials are in headers, queries and bodies.
type traced struct {
	next http.RoundTripper
	logf func(format string, args ...any)
}

func (t traced) RoundTrip(r *http.Request) (*http.Response, error) {
	begin := time.Now()
	resp, err := t.next.RoundTrip(r)
	took := time.Since(begin).Round(time.Millisecond)
	what := r.Method + " " + cleanURL(r.URL)
	if part := r.Header.Get("Range"); part != "" {
		what += " " + fault.Printable(part, 80)
	}
	if r.Header.Get("Authorization") != "" {
		what += " with a token"
	}
	if err != nil {
		t.logf("%s: no answer after %v", what, took)
		return nil, err
	}
	t.logf("%s: %d after %v", what, resp.StatusCode, took)
	return resp, nil
}

// CloseIdleConnections is what [http.Client.CloseIdleConnections] calls.
func (t traced) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
