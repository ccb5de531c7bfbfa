package hubtest_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// exchange sends one request on a connection of its own and reads the answer to its end. Of one that will not end it
// waits for some bytes of the body, and then only a moment for more.
func exchange(t *testing.T, url, path string, ends bool, bytes int) (body string, err error) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: hub\r\n\r\n", path); err != nil {
		t.Fatal(err)
	}
	moment := func() {
		if !ends {
			_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond)) // without it the test hangs, and says so
		}
	}
	if bytes == 0 {
		moment()
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "", err
	}
	head := make([]byte, bytes)
	if n, err := io.ReadFull(resp.Body, head); err != nil {
		return string(head[:n]), err
	}
	moment()
	rest, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	return string(head) + string(rest), err
}

func isReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }

func isSilent(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

func isEOF(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// How an answer that is not complete stops.
func TestHub_stops(t *testing.T) {
	for _, tt := range []struct {
		kind  hubtest.Kind
		bytes int64
		body  string
		how   func(error) bool
	}{
		{hubtest.Cut, 0, "", isEOF},
		{hubtest.Cut, 3, "# N", isEOF},
		{hubtest.Cut, 99, "", isEOF}, // not a whole body by mistake
		{hubtest.Stall, 3, "# N", isSilent},
		{hubtest.Stall, 99, "", isSilent},
		{hubtest.Reset, 0, "", isReset},
		{hubtest.Reset, 99, "", isReset},
		{hubtest.Drop, 0, "", isEOF},
		{hubtest.Hang, 0, "", isSilent},
	} {
		s := start(t, hubtest.Options{Faults: []hubtest.Fault{{Kind: tt.kind, Bytes: tt.bytes}}})
		path := "/api/resolve-cache/datasets/org/name/" + s.Commit("org/name", "") + "/README.md"
		if body, err := exchange(t, s.URL, path, tt.kind != hubtest.Stall && tt.kind != hubtest.Hang, len(tt.body)); body != tt.body || !tt.how(err) {
			t.Errorf("%s after %d bytes: %q, %v", tt.kind, tt.bytes, body, err)
		}
		if got := s.Stats(); got.Faults[tt.kind] != 1 || got.Bytes[hubtest.Resolve] > 7 {
			t.Errorf("%s after %d bytes: %+v", tt.kind, tt.bytes, got)
		}
	}
}

// A reset in the midst of a body may take what has arrived with it, so that only its end is certain.
func TestHub_resetMidway(t *testing.T) {
	s := start(t, hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Reset, Bytes: 3}}})
	if _, err := exchange(t, s.URL, "/datasets/org/name/resolve/main/README.md", true, 0); !isReset(err) {
		t.Errorf("error = %v, want a reset", err)
	}
}
