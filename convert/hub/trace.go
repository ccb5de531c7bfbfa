package hub

import (
	"fmt"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// traced tells of every request, and of every connection that is made, without what could be secret: credentials are in
// headers, queries and bodies.
type traced struct {
	next http.RoundTripper
	logf func(format string, args ...any)
	made *atomic.Int64 // connections
}

func newTraced(next http.RoundTripper, logf func(format string, args ...any)) traced {
	return traced{next, logf, new(atomic.Int64)}
}

func (t traced) RoundTrip(r *http.Request) (*http.Response, error) {
	begin := time.Now()
	var number atomic.Int64 // of the connection, when it was made for this request
	resp, err := t.next.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		GotConn: func(got httptrace.GotConnInfo) {
			if !got.Reused {
				number.Store(t.made.Add(1))
			}
		},
	})))
	took := time.Since(begin).Round(time.Millisecond)
	what := r.Method + " " + cleanURL(r.URL)
	if part := r.Header.Get("Range"); part != "" {
		what += " " + fault.Printable(part, 80)
	}
	if r.Header.Get("Authorization") != "" {
		what += " with a token"
	}
	if n := number.Load(); n > 0 {
		what += fmt.Sprintf(" on new connection %d", n)
	}
	if err != nil {
		t.logf("%s: no answer after %v", what, took)
		return nil, err
	}
	t.logf("%s: %d after %v%s", what, resp.StatusCode, took, redirectHost(resp))
	return resp, nil
}

// redirectHost says to which host an answer leads, if it is another one.
func redirectHost(resp *http.Response) string {
	to, err := resp.Location()
	if err != nil || to.Host == "" || resp.Request == nil || to.Host == resp.Request.URL.Host {
		return ""
	}
	return ", to " + fault.Printable(to.Host, 200)
}

// CloseIdleConnections is what [http.Client.CloseIdleConnections] calls.
func (t traced) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
