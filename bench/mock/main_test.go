package mock_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/promptmill/promptmill/bench/mock"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newServer returns a server that is closed when the test ends.
func newServer(t testing.TB, cfg mock.Config) *mock.Server {
	t.Helper()
	s, err := mock.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// listen serves s on a loopback port and returns its address.
func listen(t testing.TB, s *mock.Server) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- s.Serve(ln) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return ln.Addr().String()
}

// pipe connects to s without a network, as virtual time needs it.
func pipe(s *mock.Server) net.Conn {
	client, server := net.Pipe()
	s.ServeConn(server)
	return client
}

// raw returns the bytes of a request.
func raw(method, path, body string, header ...string) string {
	h := strings.Join(header, "\r\n")
	if h != "" {
		h += "\r\n"
	}
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: mock\r\n%sContent-Length: %d\r\n\r\n%s", method, path, h, len(body), body)
}

// send writes a request without waiting for its answer.
func send(t testing.TB, conn net.Conn, request string) {
	t.Helper()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatalf("write: %v", err)
	}
}

// exchange sends a request that asks to close the connection, and returns all bytes of the answer.
func exchange(t testing.TB, s *mock.Server, method, path, body string, header ...string) string {
	t.Helper()
	conn := pipe(s)
	defer func() { _ = conn.Close() }()
	send(t, conn, raw(method, path, body, append(header, "Connection: close")...))
	b, err := io.ReadAll(conn)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return string(b)
}

// chat is the body of a streamed chat request; more is further members with a leading comma.
func chat(prompt, more string) string {
	p, err := json.Marshal(prompt)
	if err != nil {
		panic(err)
	}
	return `{"model":"m","stream":true,"messages":[{"role":"user","content":` + string(p) + `}]` + more + `}`
}

const chatPath = "/v1/chat/completions"

// golden compares got with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s: -want +got (go test -update accepts it):\n%s", path, d)
	}
}

// readHeader reads a response's header from r and returns it.
func readHeader(t testing.TB, r io.Reader) string {
	t.Helper()
	var b bytes.Buffer
	for !bytes.HasSuffix(b.Bytes(), []byte("\r\n\r\n")) {
		if _, err := io.CopyN(&b, r, 1); err != nil {
			t.Fatalf("read header: %v after %q", err, b.String())
		}
	}
	return b.String()
}

// contents returns the text of every content chunk of a streamed chat answer, as a client reads it.
func contents(t testing.TB, body string) []string {
	t.Helper()
	var texts []string
	for line := range strings.Lines(body) {
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok || strings.HasPrefix(data, "[DONE]") {
			continue
		}
		var chunk struct {
			Choices []struct {
				Delta struct {
					Content *string `json:"content"`
				} `json:"delta"`
			} `json:"choices"`
		}
		if err := json.Unmarshal([]byte(data), &chunk); err != nil {
			t.Fatalf("chunk %q: %v", data, err)
		}
		for _, c := range chunk.Choices {
			if c.Delta.Content != nil && *c.Delta.Content != "" {
				texts = append(texts, *c.Delta.Content)
			}
		}
	}
	return texts
}

// post sends a request with net/http over a connection of its own and returns status and body. The body's error,
// if any, is a cut answer.
func post(t testing.TB, addr, path, body, id string) (int, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	req.Header.Set("X-Request-Id", id)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}
