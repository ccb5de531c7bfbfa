package mock_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/mock"
)

// outcomes sends n requests one after the other and says what became of each.
func outcomes(t *testing.T, cfg mock.Config, n int) (got []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cfg.GoTimers, cfg.Tokens, cfg.ITL = true, 10, time.Millisecond
		s := newServer(t, cfg)
		for range n {
			got = append(got, outcome(t, s))
		}
	})
	return got
}

func outcome(t *testing.T, s *mock.Server) string {
	conn := pipe(s)
	defer func() { _ = conn.Close() }()
	_ = conn.SetReadDeadline(time.Now().Add(time.Hour))
	send(t, conn, raw("POST", chatPath, chat("x", ""), "Connection: close"))
	b, err := io.ReadAll(conn)
	text := string(b)
	texts := len(contents(t, text))
	switch {
	case err != nil:
		return fmt.Sprintf("hang after %d", texts)
	case strings.HasPrefix(text, "HTTP/1.1 500"):
		return "500"
	case strings.Contains(text, `"error"`):
		return fmt.Sprintf("event after %d", texts)
	case strings.HasSuffix(text, "[DONE]\n\n\r\n0\r\n\r\n") && texts == 10:
		return "ok"
	case strings.HasSuffix(text, "}\n\n\r\n"):
		return fmt.Sprintf("cut after %d", texts)
	}
	return fmt.Sprintf("strange: %q", text)
}

func TestFailures(t *testing.T) {
	all := mock.Config{Failures: mock.Failures{ErrorRate: 0.2, CutRate: 0.2, ResetRate: 0.1, HangRate: 0.2, EventRate: 0.2}}
	one := outcomes(t, all, 60)
	if d := cmp.Diff(one, outcomes(t, all, 60)); d != "" {
		t.Errorf("the same seed failed otherwise: -first +second:\n%s", d)
	}
	all.Seed = 1
	if cmp.Equal(one, outcomes(t, all, 60)) {
		t.Error("another seed failed alike")
	}
	kinds := map[string]int{}
	for _, o := range one {
		kind, _, _ := strings.Cut(o, " ")
		kinds[kind]++
	}
	for _, kind := range []string{"ok", "500", "cut", "hang", "event"} {
		if kinds[kind] == 0 {
			t.Errorf("no %q in %v", kind, one)
		}
	}
	if len(kinds) != 5 {
		t.Errorf("got outcomes %v", kinds)
	}
}

func TestFailures_always(t *testing.T) {
	tests := []struct {
		f    mock.Failures
		kind string
	}{
		{mock.Failures{}, "ok"},
		{mock.Failures{ErrorRate: 1}, "500"},
		{mock.Failures{CutRate: 1}, "cut"},
		{mock.Failures{ResetRate: 1}, "cut"}, // a pipe knows no reset
		{mock.Failures{HangRate: 1}, "hang"},
		{mock.Failures{EventRate: 1}, "event"},
	}
	for _, tt := range tests {
		for _, got := range outcomes(t, mock.Config{Failures: tt.f}, 5) {
			if !strings.HasPrefix(got, tt.kind) {
				t.Errorf("%+v: got %q", tt.f, got)
			}
		}
	}
}

// The answer that is not streamed is cut in its body.
func TestFailures_whole(t *testing.T) {
	tests := []struct {
		f    mock.Failures
		want string
	}{
		{mock.Failures{EventRate: 1}, "500 whole"},
		{mock.Failures{CutRate: 1}, "200 unexpected EOF"},
	}
	for _, tt := range tests {
		addr := listen(t, newServer(t, mock.Config{Tokens: 50, Failures: tt.f}))
		status, _, err := post(t, addr, chatPath, `{"messages":[{"role":"user","content":"x"}]}`, "")
		got := fmt.Sprint(status, " whole")
		if err != nil {
			got = fmt.Sprint(status, " ", err)
		}
		if got != tt.want {
			t.Errorf("%+v: got %s, want %s", tt.f, got, tt.want)
		}
	}
}

func TestFailures_reset(t *testing.T) {
	addr := listen(t, newServer(t, mock.Config{Tokens: 50, Failures: mock.Failures{ResetRate: 1}}))
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	send(t, conn, raw("POST", chatPath, chat("x", "")))
	if _, err = io.ReadAll(conn); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v, want %v", err, syscall.ECONNRESET)
	}
}

// What hangs holds its slot until the client gives up.
func TestFailures_hangHoldsSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, mock.Config{GoTimers: true, Tokens: 1, Slots: 1, Failures: mock.Failures{HangRate: 1}})
		conn := ask(t, s, "")
		time.Sleep(24 * time.Hour) // of virtual time
		if got := s.Stats().Running; got != 1 {
			t.Errorf("got %d running, want 1", got)
		}
		_ = conn.Close()
		synctest.Wait()
		if got := s.Stats().Running; got != 0 {
			t.Errorf("after the client left: got %d running, want 0", got)
		}
	})
}

func TestLoading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, mock.Config{Like: "llama-server", GoTimers: true, Failures: mock.Failures{Loading: time.Minute}})
		status := func() string { return strings.Fields(exchange(t, s, "GET", "/v1/models", ""))[1] }
		if got := status(); got != "503" {
			t.Errorf("at the start: got %s, want 503", got)
		}
		time.Sleep(time.Minute - 1)
		if got := status(); got != "503" {
			t.Errorf("just before the end of loading: got %s, want 503", got)
		}
		time.Sleep(time.Nanosecond)
		if got := status(); got != "200" {
			t.Errorf("after loading: got %s, want 200", got)
		}
	})
}

func TestNew_refuses(t *testing.T) {
	tests := []struct {
		cfg  mock.Config
		want string
	}{
		{mock.Config{Like: "tgi"}, `unknown server "tgi"`},
		{mock.Config{Quirks: []mock.Quirk{"x"}}, `unknown quirk "x"`},
		{mock.Config{TTFT: -1}, "TTFT -1ns"},
		{mock.Config{ITL: 2 * time.Hour}, "ITL 2h0m0s"},
		{mock.Config{Slots: -1}, "slots -1"},
		{mock.Config{Failures: mock.Failures{CutRate: 1.5}}, "failure rate 1.5"},
		{mock.Config{Failures: mock.Failures{CutRate: 0.6, HangRate: 0.6}}, "add up to 1.2"},
		{mock.Config{Failures: mock.Failures{Status: 200}}, "failure status 200"},
	}
	for _, tt := range tests {
		if _, err := mock.New(tt.cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("New(%+v): got error %v, want one with %q", tt.cfg, err, tt.want)
		}
	}
}
