package openai

import (
	"bytes"
	"context"
	"testing"
)

// quietServer answers every request with an answer of the given number of tokens, one segment each, without allocating.
func quietServer(t testing.TB, tokens int) *rawServer {
	head, end := []byte(headChunked), []byte("e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
	token := []byte(chunked(content(" word")))
	return serve(t, func(_ int, c *rawConn) {
		buf := make([]byte, 4<<10)
		for n := 0; ; {
			k, err := c.Read(buf[n:])
			if err != nil {
				return
			}
			if n += k; !bytes.HasSuffix(buf[:n], []byte("}")) {
				continue
			}
			n = 0
			_, _ = c.Write(head)
			for range tokens {
				_, _ = c.Write(token)
			}
			_, _ = c.Write(end)
		}
	})
}

// TestDo_allocs: through a real connection, a token costs no allocation, and a request a handful.
func TestDo_allocs(t *testing.T) {
	perRequest := func(tokens int) float64 {
		c := testClient(t, Config{Engine: EngineHTTP1, BaseURL: quietServer(t, tokens).URL})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		req, resp := &Request{ID: "r-1", Body: []byte(`{"stream":true}`)}, new(Response)
		return testing.AllocsPerRun(50, func() {
			if c.Do(ctx, req, resp); resp.Err != nil || len(resp.Chunks) != tokens {
				t.Fatalf("%d chunks, %v", len(resp.Chunks), resp.Err)
			}
		})
	}
	const handful = 8 // what a request may cost, however long its answer: a chunk line cut in two may need memory once
	for _, tokens := range []int{1, 100, 1000} {
		if n := perRequest(tokens); n > handful {
			t.Errorf("%v allocations for %d tokens, expected at most %d", n, tokens, handful)
		}
	}
}

func BenchmarkDo_oneToken(b *testing.B) {
	for _, engine := range []string{EngineNetHTTP, EngineHTTP1} {
		b.Run(engine, func(b *testing.B) {
			c := testClient(b, Config{Engine: engine, BaseURL: quietServer(b, 1).URL})
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			req, resp := &Request{ID: "r-1", Body: []byte(`{"stream":true}`)}, new(Response)
			b.ReportAllocs()
			for b.Loop() {
				if c.Do(ctx, req, resp); resp.Err != nil {
					b.Fatal(resp.Err)
				}
			}
		})
	}
}
