package openai

import (
	"context"
	"net"
	"runtime"
	"testing"
)

// onEngines runs a test on each engine that this system has.
func onEngines(t *testing.T, test func(t *testing.T, engine string)) {
	for _, engine := range []string{EngineNetHTTP, EngineHTTP1} {
		t.Run(engine, func(t *testing.T) {
			if engine == EngineHTTP1 && runtime.GOOS != "linux" {
				t.Skip("not on this system")
			}
			test(t, engine)
		})
	}
}

// dialWith makes both engines of the client connect with dial.
func dialWith(c *Client, dial func(ctx context.Context, network, addr string) (net.Conn, error)) {
	c.http.kept.DialContext = dial
	c.own.dial = dial
}
