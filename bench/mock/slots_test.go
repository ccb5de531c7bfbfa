package mock_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/mock"
)

// ask opens a connection, sends one streamed request and returns the connection.
func ask(t *testing.T, s *mock.Server, id string) net.Conn {
	t.Helper()
	conn := pipe(s)
	send(t, conn, raw("POST", chatPath, chat("x", ""), "X-Request-Id: "+id, "Connection: close"))
	synctest.Wait()
	return conn
}

func TestSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, mock.Config{
			GoTimers: true, RecordSends: true, TTFT: time.Second, ITL: time.Second, Tokens: 2, Slots: 2, Queue: 3,
		})
		var conns []net.Conn
		for i := range 8 {
			conns = append(conns, ask(t, s, fmt.Sprint(i)))
		}
		if d := cmp.Diff(mock.Stats{Arrived: 8, Running: 2, Waiting: 3, Refused: 3}, s.Stats()); d != "" {
			t.Fatalf("with 8 requests: -want +got:\n%s", d)
		}
		for i, conn := range conns {
			got, err := io.ReadAll(conn)
			if err != nil {
				t.Fatal(err)
			}
			want := "HTTP/1.1 200 OK\r\n"
			if i >= 5 {
				want = "HTTP/1.1 429 Too Many Requests\r\n"
			}
			if !strings.HasPrefix(string(got), want) {
				t.Errorf("request %d: got %.60q, want %q", i, got, want)
			}
		}
		if d := cmp.Diff(mock.Stats{Arrived: 8, Answered: 5, Refused: 3}, s.Stats()); d != "" {
			t.Errorf("at the end: -want +got:\n%s", d)
		}
		checkStarts(t, s.Sends(), []time.Duration{0, 0, 2 * time.Second, 2 * time.Second, 4 * time.Second})
	})
}

// checkStarts wants the generations to start at the given times after the request, two seconds each.
func checkStarts(t *testing.T, sent []mock.Sent, want []time.Duration) {
	t.Helper()
	var got []time.Duration
	for _, r := range sent {
		got = append(got, time.Duration(r.StartedNS-r.ReceivedNS))
		if r.HeaderNS != r.StartedNS {
			t.Errorf("request %s: header %v after the start", r.ID, time.Duration(r.HeaderNS-r.StartedNS))
		}
		if d := cmp.Diff([]int64{r.StartedNS + 1e9, r.StartedNS + 2e9}, r.SendsNS); d != "" {
			t.Errorf("request %s: -want +got:\n%s", r.ID, d)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("starts: -want +got:\n%s", d)
	}
}

func TestSlots_queueIsUnlimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, mock.Config{GoTimers: true, ITL: time.Second, Tokens: 2, Slots: 1, Queue: -1})
		var conns []net.Conn
		for i := range 50 {
			conns = append(conns, ask(t, s, fmt.Sprint(i)))
		}
		for _, conn := range conns {
			if _, err := io.ReadAll(conn); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(mock.Stats{Arrived: 50, Answered: 50}, s.Stats()); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
	})
}

// llama-server does not serve the queue in order; the same seed gives the same disorder.
func TestSlots_llamaServerShuffles(t *testing.T) {
	order := func() (ids []string) {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(t, mock.Config{
				Like: "llama-server", GoTimers: true, RecordSends: true, ITL: time.Second, Tokens: 2, Slots: 1, Queue: -1,
			})
			var conns []net.Conn
			for i := range 10 {
				conns = append(conns, ask(t, s, fmt.Sprint(i)))
			}
			for _, conn := range conns {
				_, _ = io.ReadAll(conn)
			}
			for _, r := range s.Sends() {
				ids = append(ids, r.ID)
			}
		})
		return ids
	}
	one, again := order(), order()
	if d := cmp.Diff(one, again); d != "" {
		t.Errorf("-first +second:\n%s", d)
	}
	if len(one) != 10 || cmp.Equal(one, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}) {
		t.Errorf("got order %v, want another than that of arrival", one)
	}
}

// Whoever leaves, waiting or served, makes room.
func TestSlots_clientLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, mock.Config{GoTimers: true, RecordSends: true, TTFT: time.Hour, Tokens: 1, Slots: 1, Queue: 2})
		running, waiting, last := ask(t, s, "running"), ask(t, s, "waiting"), ask(t, s, "last")
		steps := []struct {
			leaves net.Conn
			want   mock.Stats
		}{
			{waiting, mock.Stats{Arrived: 3, Running: 1, Waiting: 1, Cancelled: 1}},
			{running, mock.Stats{Arrived: 3, Running: 1, Cancelled: 2}},
			{last, mock.Stats{Arrived: 3, Cancelled: 3}},
		}
		for i, step := range steps {
			_ = step.leaves.Close()
			synctest.Wait()
			if d := cmp.Diff(step.want, s.Stats()); d != "" {
				t.Errorf("step %d: -want +got:\n%s", i, d)
			}
		}
		var ids []string
		for _, r := range s.Sends() {
			ids = append(ids, r.ID)
		}
		if d := cmp.Diff([]string{"running", "last"}, ids); d != "" {
			t.Errorf("records: -want +got:\n%s", d)
		}
	})
}

// A client that has read the end of an answer finds the slot free.
func TestSlots_freeBeforeTheEndIsSeen(t *testing.T) {
	s := newServer(t, mock.Config{Tokens: 3, Slots: 1, Queue: 0})
	addr := listen(t, s)
	for i := range 200 {
		if status, body, err := post(t, addr, chatPath, chat("x", ""), ""); status != 200 || err != nil {
			t.Fatalf("request %d: got %d %q %v, want 200", i, status, body, err)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	tests := []struct {
		like   string
		after  time.Duration
		status string
		header bool
	}{
		{"", 0, "429", false},
		{"", 3 * time.Second, "429", true},
		{"vllm", 0, "429", false},
		{"ollama", 0, "503", false},
	}
	for _, tt := range tests {
		t.Run(nameOf(tt.like)+tt.after.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t, mock.Config{Like: tt.like, GoTimers: true, TTFT: time.Hour, Slots: 1, RetryAfter: tt.after})
				conn := ask(t, s, "")
				got := exchange(t, s, "POST", chatPath, chat("x", ""))
				if !strings.HasPrefix(got, "HTTP/1.1 "+tt.status) || strings.Contains(got, "Retry-After: 3\r\n") != tt.header {
					t.Errorf("got %q, want %s, Retry-After: %t", got, tt.status, tt.header)
				}
				_ = conn.Close()
			})
		})
	}
}
