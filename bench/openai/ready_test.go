package openai

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestWaitReady_pauses: pauses grow to a second, and the limit ends the wait with what was met last.
func TestWaitReady_pauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var asked []time.Duration
		refused := &Error{Kind: KindRefused, Message: "nobody there"}
		err := waitReady(t.Context(), Ready{Limit: 4 * time.Second}, func(context.Context) (bool, error) {
			asked = append(asked, time.Since(start))
			return true, refused
		})
		if !errors.Is(err, refused) || !strings.Contains(err.Error(), "not ready within 4s") {
			t.Errorf("got %v", err)
		}
		if time.Since(start) != 4*time.Second {
			t.Errorf("waited %v", time.Since(start))
		}
		want := []time.Duration{0, 50, 150, 350, 750, 1550, 2550, 3550}
		for i := range want {
			if len(asked) != len(want) || asked[i] != want[i]*time.Millisecond {
				t.Fatalf("asked after %v", asked)
			}
		}
	})
}

func TestWaitReady_hangingProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loading := &Error{Kind: KindHTTP, Message: "loading"}
		n := 0
		err := waitReady(t.Context(), Ready{Limit: time.Second}, func(ctx context.Context) (bool, error) {
			if n++; n == 1 {
				return true, loading
			}
			<-ctx.Done()
			return false, context.Cause(ctx)
		})
		if !errors.Is(err, loading) || n != 2 {
			t.Errorf("after %d attempts: %v", n, err)
		}
	})
}

func TestWaitReady_cancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := errors.New("interrupted")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { cancel(stop) })
		err := waitReady(ctx, Ready{Limit: time.Hour}, func(context.Context) (bool, error) { return true, &Error{Kind: KindRefused} })
		if !errors.Is(err, stop) {
			t.Errorf("got %v", err)
		}
	})
}

// TestWaitReady_loads: a server that is not there, then loads, then is ready.
func TestWaitReady_loads(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	var asked atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch asked.Add(1) {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `{"error":{"message":"Loading model","type":"unavailable_error","code":503}}`)
		case 2:
			w.WriteHeader(http.StatusBadGateway)
		case 3:
			panic(http.ErrAbortHandler) // the connection breaks
		default:
			_, _ = io.WriteString(w, `{"data":[]}`)
		}
	}))
	defer s.Close()
	c := testClient(t, Config{BaseURL: "http://" + addr})
	if err := c.WaitReady(t.Context(), Ready{}); err == nil {
		t.Fatal("nobody listens, but it is ready")
	}
	_ = s.Listener.Close()
	if s.Listener, err = net.Listen("tcp", addr); err != nil {
		t.Skip("another process took the port")
	}
	s.Start()
	if err := c.WaitReady(t.Context(), Ready{Limit: time.Minute}); err != nil || asked.Load() != 4 {
		t.Errorf("after %d attempts: %v", asked.Load(), err)
	}
}

// TestWaitReady_gives up at once on what waiting cannot mend.
func TestWaitReady_givesUp(t *testing.T) {
	for _, status := range []int{401, 403, 404, 500, 307} {
		asked := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == modelsPath {
				asked++
			}
			w.WriteHeader(status)
		}))
		err := testClient(t, Config{BaseURL: s.URL}).WaitReady(t.Context(), Ready{Limit: time.Hour})
		s.Close()
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != KindHTTP || asked != 1 {
			t.Errorf("%d: after %d attempts: %v", status, asked, err)
		}
	}
}

// TestWaitReady_path: a server without a list of models is asked for its health, and the path that was named alone when
// one was; whoever waits is told once.
func TestWaitReady_path(t *testing.T) {
	for name, tt := range map[string]struct {
		path  string
		ready string // the path that answers
		want  int    // status of the error, 0 is none
		asked []string
	}{
		"models":              {"", modelsPath, 0, []string{modelsPath}},
		"health":              {"", healthPath, 0, []string{modelsPath, healthPath}},
		"neither":             {"", "/", 404, []string{modelsPath, healthPath}},
		"named":               {"/ready", "/ready", 0, []string{"/ready"}},
		"named and not there": {"/ready", modelsPath, 404, []string{"/ready"}},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, r.URL.Path)
				if r.URL.Path != tt.ready {
					w.WriteHeader(http.StatusNotFound)
				}
			}))
			err := testClient(t, Config{BaseURL: s.URL}).WaitReady(t.Context(), Ready{Path: tt.path})
			s.Close()
			status := 0
			if e, ok := errors.AsType[*Error](err); ok {
				status = e.Status
			}
			if status != tt.want || !slices.Equal(asked, tt.asked) {
				t.Errorf("%v, after asking for %q", err, asked)
			}
		})
	}
}

// TestWaitReady_tells: who waits is told once what for, and a socket that is not there yet is waited for.
func TestWaitReady_tells(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	var told []error
	c := testClient(t, Config{BaseURL: "unix://" + path})
	err := c.WaitReady(t.Context(), Ready{Limit: time.Minute, Waiting: func(err error) {
		told = append(told, err)
		listenUnix(t, path, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") })
	}})
	if err != nil || len(told) != 1 || !strings.Contains(told[0].Error(), "no such file") {
		t.Errorf("%v; told %v", err, told)
	}
}
