package mock_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench/mock"
)

// Whatever a body holds, the answer is HTTP and JSON or a well-formed stream, and the connection goes on.
func FuzzBody(f *testing.F) {
	for _, body := range []string{
		chat("hello", ""), chat("hello", `,"n":3,"max_tokens":5`), `{"prompt":["a","b"],"max_tokens":3}`, `{"prompt":[1,2]}`,
		`{"prompt":[[1],[2,3]],"stream":true}`, `{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]}`,
		`{"messages":[{"content":null}]}`, `{"messages":null}`, `[]`, `{`, `null`, `{"n":-1}`, `{"max_tokens":1e99}`,
		`{"model":"\ud800$id","messages":[{}]}`, "\x00", `{"prompt":"a","max_tokens":3,"stream":true,"stream_options":{"continuous_usage_stats":true,"include_usage":true}}`,
	} {
		f.Add(body, "vllm", uint8(0))
		f.Add(body, "llama-server", uint8(1))
	}
	for i, body := range []string{
		`{"input":"one two","stream":true,"max_output_tokens":3}`, `{"input":[{"role":"user","content":[{"text":"a"}]}]}`,
		`{"messages":[{"role":"user","content":"a"}],"system":[{"text":"s"}],"max_tokens":2,"stream":true}`,
		`{"input":["a",""]}`, `{"query":"a","documents":["b",{"text":"c"}]}`, `{"input":7,"query":1,"documents":[null]}`,
	} {
		f.Add(body, "", uint8(2+i))
	}
	f.Fuzz(func(t *testing.T, body, like string, endpoint uint8) {
		s, err := mock.New(mock.Config{Like: like, Tokens: 4, ReasoningTokens: 1, CloseAfter: -1, RecordSends: true})
		if err != nil {
			t.Skip("no such server")
		}
		defer s.Close()
		conn := pipe(s)
		defer func() { _ = conn.Close() }()
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		paths := append([]string{chatPath, "/v1/completions"}, furtherPaths...)
		path := paths[int(endpoint)%len(paths)]
		br := bufio.NewReader(conn)
		for range 2 {
			fuzzRequest(t, conn, br, raw("POST", path, body))
		}
	})
}

func fuzzRequest(t *testing.T, conn net.Conn, br *bufio.Reader, request string) {
	send(t, conn, request)
	resp, err := http.ReadResponse(br, nil)
	if err != nil {
		t.Fatalf("response: %v", err)
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("body: %v", err)
	}
	if resp.StatusCode != 200 && resp.StatusCode != 400 && resp.StatusCode != 500 {
		t.Errorf("got status %s", resp.Status)
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		contents(t, string(b)) // every event is JSON
		end := "data: [DONE]\n\n"
		if strings.HasPrefix(string(b), "event: ") {
			end = "}\n\n"
		}
		if !strings.HasSuffix(string(b), end) {
			t.Errorf("the stream ends with %q", b[max(0, len(b)-40):])
		}
	}
}

// Bytes that are no HTTP do no harm: the server answers or closes, and can be closed.
func FuzzConn(f *testing.F) {
	f.Add("GET / HTTP/1.1\r\n\r\n")
	f.Add("POST /v1/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n-1\r\n")
	f.Add("POST /v1/completions HTTP/1.1\r\nContent-Length: -1\r\n\r\n{}")
	f.Add(raw("POST", chatPath, chat("x", "")) + raw("GET", "/mock/sends?reset=1&%", ""))
	f.Add(raw("GET", "/health?a=\x01", "", "Expect: 100-continue"))
	f.Fuzz(func(t *testing.T, bytes string) {
		s, err := mock.New(mock.Config{Tokens: 2})
		if err != nil {
			t.Fatal(err)
		}
		conn := pipe(s)
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		read := make(chan struct{})
		go func() {
			defer close(read)
			_, _ = io.Copy(io.Discard, conn)
		}()
		_, _ = io.WriteString(conn, bytes) // it may close before it has read all
		s.Close()
		<-read
		_ = conn.Close()
	})
}
