package stall_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/stall"
)

// slow is a body whose bytes take so long each.
type slow struct {
	*strings.Reader
	ctx   context.Context
	pause time.Duration
}

func (s slow) Read(p []byte) (int, error) {
	select {
	case <-time.After(s.pause):
		return s.Reader.Read(p[:1])
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	}
}

func (s slow) Close() error { return nil }

// Slow bytes are waited for as long as there are any, and a pause of the reader does not count.
func TestWatch(t *testing.T) {
	for pause, stalled := range map[time.Duration]bool{9 * time.Second: false, 11 * time.Second: true} {
		synctest.Test(t, func(t *testing.T) {
			w := stall.New(t.Context(), 10*time.Second)
			body := w.Body(slow{strings.NewReader("abc"), w.Context(), pause})
			defer body.Close()
			<-time.After(time.Minute)
			text, err := io.ReadAll(body)
			if stalled && (err == nil || err.Error() != "no byte for 10s: stalled") || !stalled && (err != nil || string(text) != "abc") {
				t.Errorf("a byte each %v: %q, %v", pause, text, err)
			}
		})
	}
}

// Without an answer the request ends; other ends of it are not called stalled.
func TestWatch_noAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, begin := stall.New(t.Context(), 10*time.Second), time.Now()
		<-time.After(5 * time.Second)
		w.Alive()
		<-w.Context().Done()
		if took := time.Since(begin); took != 15*time.Second {
			t.Errorf("ended after %v, want 15 s", took)
		}
		cause := errors.New("reset")
		if err := w.Explain(cause); !strings.HasPrefix(err.Error(), "no byte for 10s") {
			t.Errorf("error = %v", err)
		}
		other := stall.New(t.Context(), 10*time.Second)
		other.End()
		if err := other.Explain(cause); !errors.Is(err, cause) {
			t.Errorf("error = %v, want %v", err, cause)
		}
	})
}
