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

// drip is a body without end, whose bytes come so many at a time.
type drip struct {
	n     int
	pause time.Duration
}

func (d drip) Read(p []byte) (int, error) {
	<-time.After(d.pause)
	return min(d.n, len(p)), nil
}

func (drip) Close() error { return nil }

// read reads until there is an error, at most for so long, with a pause of the reader before each read.
func read(r io.Reader, most, pause time.Duration) (waited time.Duration, err error) {
	for p := make([]byte, 4096); err == nil && waited < most; {
		<-time.After(pause)
		begin := time.Now()
		_, err = r.Read(p)
		waited += time.Since(begin)
	}
	return waited, err
}

// A body of which next to nothing comes ends in the second window; one that is only slow does not, nor one that is read
// slowly.
func TestWatch_floor(t *testing.T) {
	for name, tt := range map[string]struct {
		drip  drip
		pause time.Duration // of the reader
		ends  time.Duration // 0: not in an hour
	}{
		"a byte now and then": {drip{1, 20 * time.Millisecond}, 0, 20 * time.Second},
		"read slowly":         {drip{1, 20 * time.Millisecond}, time.Second, 20 * time.Second},
		"slow":                {drip{300, time.Second}, 0, 0},
		"fast, read slowly":   {drip{4096, time.Second}, time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := stall.New(t.Context(), 10*time.Second)
				body := w.Body(tt.drip)
				defer body.Close()
				waited, err := read(body, time.Hour, tt.pause)
				if tt.ends == 0 {
					if err != nil {
						t.Errorf("ended after %v: %v", waited, err)
					}
					return
				}
				if err == nil || !strings.HasPrefix(err.Error(), "only 500 bytes in 10s: stalled") || waited != tt.ends {
					t.Errorf("ended after %v: %v", waited, err)
				}
				if context.Cause(w.Context()) == nil {
					t.Error("the request goes on")
				}
				if _, again := body.Read(make([]byte, 1)); again == nil || again.Error() != err.Error() {
					t.Errorf("then %v", again)
				}
			})
		})
	}
}

// A body that is bounded ends when the waiting for it has taken so long, whatever the reader did meanwhile.
func TestWatch_within(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := stall.New(t.Context(), 10*time.Second)
		w.Within(time.Minute)
		body := w.Body(drip{4096, time.Second})
		defer body.Close()
		waited, err := read(body, time.Hour, time.Hour)
		if err == nil || err.Error() != "not complete after 1m0s: stalled" || waited != 61*time.Second {
			t.Errorf("ended after %v: %v", waited, err)
		}
	})
}
