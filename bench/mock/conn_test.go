package mock_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/promptmill/promptmill/bench/mock"
)

// tokens reads one streamed response from a connection that stays open and returns its content chunks.
func tokens(t *testing.T, br *bufio.Reader) []string {
	t.Helper()
	resp, err := http.ReadResponse(br, nil)
	if err != nil {
		t.Fatalf("response: %v", err)
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("body: %v", err)
	}
	return contents(t, string(b))
}

func TestConn_keepAliveAndPipelining(t *testing.T) {
	addr := listen(t, newServer(t, mock.Config{Tokens: 3, ITL: time.Millisecond}))
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	request := raw("POST", chatPath, chat("x", ""))
	send(t, conn, strings.Repeat(request, 3)) // two of them before the first is answered
	br := bufio.NewReader(conn)
	for range 3 {
		if got := tokens(t, br); len(got) != 3 {
			t.Errorf("got %q, want 3 chunks", got)
		}
	}
	send(t, conn, request)
	if got := tokens(t, br); len(got) != 3 {
		t.Errorf("got %q, want 3 chunks", got)
	}
}

func TestConn_closing(t *testing.T) {
	tests := []struct {
		like       string
		closeAfter int
		want       int // responses on one connection, of 4 tried
	}{
		{"", 0, 4}, {"", 2, 2}, {"vllm", 0, 4}, {"llama-server", 0, 1}, {"llama-server", -1, 4}, {"llama-server", 3, 3},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %d", nameOf(tt.like), tt.closeAfter), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t, mock.Config{Like: tt.like, CloseAfter: tt.closeAfter, GoTimers: true, Tokens: 1})
				conn := pipe(s)
				defer func() { _ = conn.Close() }()
				br := bufio.NewReader(conn)
				got := 0
				for got < 4 {
					if _, err := io.WriteString(conn, raw("POST", chatPath, chat("x", ""))); err != nil {
						break
					}
					tokens(t, br)
					got++
					synctest.Wait()
				}
				if got != tt.want {
					t.Errorf("got %d responses on a connection, want %d", got, tt.want)
				}
			})
		})
	}
}

func TestConn_keepAliveTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, mock.Config{GoTimers: true, Tokens: 2, ITL: time.Minute, KeepAliveTimeout: 5 * time.Second})
		conn := pipe(s)
		br := bufio.NewReader(conn)
		for range 2 {
			time.Sleep(4 * time.Second)
			send(t, conn, raw("POST", chatPath, chat("x", ""))) // and the answer takes longer than the timeout
			if got := tokens(t, br); len(got) != 2 {
				t.Fatalf("got %q, want 2 chunks", got)
			}
		}
		start := time.Now()
		if _, err := br.ReadByte(); err != io.EOF {
			t.Errorf("got %v, want EOF", err)
		}
		if got := time.Since(start); got != 5*time.Second {
			t.Errorf("closed after %v, want 5s", got)
		}
	})
}

func TestConn_oldAndOddRequests(t *testing.T) {
	body := chat("x", "")
	tests := []struct {
		name, request, wantStart, wantEnd string
	}{
		{
			"HTTP/1.0 has no chunks", fmt.Sprintf("POST %s HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s", chatPath, len(body), body),
			"HTTP/1.1 200 OK\r\n", "}\n\ndata: [DONE]\n\n",
		},
		{
			"a chunked body", fmt.Sprintf("POST %s HTTP/1.1\r\nHost: m\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", chatPath, len(body), body),
			"HTTP/1.1 200 OK\r\n", "[DONE]\n\n\r\n0\r\n\r\n",
		},
		{
			"expect 100-continue", raw("POST", chatPath, body, "Expect: 100-continue", "Connection: close"),
			"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n", "[DONE]\n\n\r\n0\r\n\r\n",
		},
		{"no HTTP", "hello\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n", "bad request"},
		{"a header without end", "GET / HTTP/1.1\r\nA: " + strings.Repeat("a", 2<<20), "HTTP/1.1 413 Request Entity Too Large\r\n", "bad request"},
		{
			"a body too large", fmt.Sprintf("POST %s HTTP/1.1\r\nHost: m\r\nContent-Length: %d\r\n\r\n%s", chatPath, 33<<20, strings.Repeat(" ", 33<<20)),
			"HTTP/1.1 413 Request Entity Too Large\r\n", "bad request",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, mock.Config{Tokens: 2})
			conn := pipe(s)
			defer func() { _ = conn.Close() }()
			go func() { _, _ = io.WriteString(conn, tt.request) }() // what is too large is not read to the end
			b, err := io.ReadAll(conn)
			if err != nil {
				t.Fatal(err)
			}
			got := string(b)
			if !strings.HasPrefix(got, tt.wantStart) || !strings.HasSuffix(got, tt.wantEnd) {
				t.Errorf("got %.100q ... %q", got, got[max(0, len(got)-40):])
			}
		})
	}
}

// One client that does not read holds up nobody, not even itself for ever, and costs a bounded amount of memory.
func TestConn_slowReader(t *testing.T) {
	s := newServer(t, mock.Config{Tokens: 100_000, RecordSends: true})
	addr := listen(t, s)
	slow, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Close() }()
	send(t, slow, raw("POST", chatPath, chat("x", ""), "X-Request-Id: slow", "Connection: close")) // some 20 MB of answer
	readHeader(t, slow)
	for range 3 {
		if status, body, err := post(t, addr, chatPath, chat("y", `,"max_tokens":500`), "quick"); status != 200 || err != nil {
			t.Fatalf("beside a slow reader: got %d %.80q %v", status, body, err)
		}
	}
	for _, r := range s.Sends() {
		if r.ID == "slow" {
			t.Error("all of the answer was sent to a client that did not read it")
		}
	}
	b, err := io.ReadAll(slow)
	if err != nil || !bytes.HasSuffix(b, []byte("0\r\n\r\n")) {
		t.Fatalf("the slow reader got %d bytes, %v, want all", len(b), err)
	}
	if got := bytes.Count(b, []byte(`"content":`)); got != 100_001 { // with the role event
		t.Errorf("got %d events, want 100001", got)
	}
}

// Close ends everything there is: streams, waiting and hung requests, idle and half-read connections. TestMain
// sees to it that no goroutine is left.
func TestClose(t *testing.T) {
	s := newServer(t, mock.Config{TTFT: time.Hour, Tokens: 1, Slots: 1, Queue: 1})
	addr := listen(t, s)
	var conns []net.Conn
	for _, request := range []string{
		"", "POST /", raw("POST", chatPath, chat("x", "")), raw("POST", chatPath, chat("y", "")),
		raw("POST", chatPath, chat("z", "")) + "GET / HTTP/1.1\r\n", // pipelined behind a stream
	} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		send(t, conn, request)
		conns = append(conns, conn)
	}
	readHeader(t, oneOf(t, conns[2:])) // at least one is running
	s.Close()
	s.Close()
	for _, conn := range conns {
		_, _ = io.ReadAll(conn) // ends, or the test times out
		_ = conn.Close()
	}
	if st := s.Stats(); st.Running != 0 || st.Waiting != 0 {
		t.Errorf("after Close: %+v", st)
	}
	s.ServeConn(nopConn{})
}

// oneOf returns a connection that has something to read.
func oneOf(t *testing.T, conns []net.Conn) io.Reader {
	t.Helper()
	type first struct {
		conn net.Conn
		b    byte
	}
	found := make(chan first, len(conns))
	for _, conn := range conns {
		go func() {
			var b [1]byte
			if _, err := conn.Read(b[:]); err == nil {
				found <- first{conn, b[0]}
			}
		}()
	}
	f := <-found
	return io.MultiReader(bytes.NewReader([]byte{f.b}), f.conn)
}

// nopConn is a connection that can only be closed.
type nopConn struct{ net.Conn }

func (nopConn) Close() error { return nil }

func TestServe_afterClose(t *testing.T) {
	s := newServer(t, mock.Config{})
	s.Close()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(ln); err != nil {
		t.Errorf("got %v, want nil", err)
	}
	if _, err := ln.Accept(); err == nil {
		t.Error("the listener is still open")
	}
}

// llama-server's habit is what it is: net/http gives up on a stale connection, unless told that it may retry.
func TestLlamaServer_closesUnannounced(t *testing.T) {
	addr := listen(t, newServer(t, mock.Config{Like: "llama-server", Tokens: 2}))
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	send(t, conn, raw("POST", chatPath, chat("x", "")))
	header := readHeader(t, conn)
	if !strings.Contains(header, "\r\nKeep-Alive: timeout=5, max=100\r\n") || strings.Contains(header, "Connection: close") {
		t.Errorf("header %q: want an announcement to keep alive", header)
	}
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("got %v, want the connection closed in order", err)
	}
}
