package openai

import (
	"bufio"
	"crypto/tls"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestDo_tlsCutOff: a request over TLS that the client ends is ended by it at once: the server is not asked to agree, so its
// goodbye cannot be taken for the end of the answer.
func TestDo_tlsCutOff(t *testing.T) {
	identity, believes := secureServer(t, false, nil)
	goodbye := make(chan int64, 1)
	s := serve(t, func(_ int, c *rawConn) {
		secure := tls.Server(c.Conn, &tls.Config{Certificates: identity.TLS.Certificates})
		if _, err := http.ReadRequest(bufio.NewReader(secure)); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(secure, headChunked+chunked(content("a")))
		n, _ := io.Copy(io.Discard, c.Conn)
		goodbye <- n
	})
	c := own(t, Config{BaseURL: strings.Replace(s.URL, "http", "https", 1), TLS: believes, TokenTimeout: 20 * time.Millisecond})
	r := do(t.Context(), c)
	if r.Err == nil || r.Err.Kind != KindTimeoutToken {
		t.Errorf("%+v: %v", r, r.Err)
	}
	if n := <-goodbye; n > 0 {
		t.Errorf("the client said goodbye, in %d bytes", n)
	}
}
