package hub_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/promptmill/promptmill/convert/hub"
)

// script answers requests from a list, in memory, so that a synctest clock can pass, and notes when each one came.
type script struct {
	began   time.Time
	answers []answer
	at      []time.Duration
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	s.at = append(s.at, time.Since(s.began))
	if len(s.answers) == 0 {
		return nil, errors.New("connection refused by the script")
	}
	a := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	hd := a.header
	if hd == nil {
		hd = http.Header{}
	}
	return &http.Response{StatusCode: a.status, Header: hd, Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: req}, nil
}

func scripted(t *testing.T, s *script) *hub.Client {
	t.Helper()
	s.began = time.Now()
	c, err := hub.New(hub.Config{Endpoint: "http://hub.test", CacheDir: t.TempDir(), HTTP: &http.Client{Transport: s}, Logf: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var found = answer{status: 200, body: `{"sha":"0123456789012345678901234567890123456789"}`}

func TestRetry_waitsAsTold(t *testing.T) {
	date := func(in time.Duration) string {
		return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(in).Format(http.TimeFormat) // when every bubble begins
	}
	tests := []struct {
		name string
		with http.Header
		code int
		want time.Duration
	}{
		{"seconds", header("Retry-After", "7"), 429, 8 * time.Second},
		{"seconds on 503", header("Retry-After", "3"), 503, 4 * time.Second},
		{"a date", header("Retry-After", date(20*time.Second)), 503, 21 * time.Second},
		{"a date in the past", header("Retry-After", date(-time.Hour)), 503, time.Second},
		{"RateLimit", header("Ratelimit", `"api";r=0;t=55`), 429, 56 * time.Second},
		{"RateLimit before Retry-After", http.Header{"Ratelimit": {`"api";r=0;t=55`}, "Retry-After": {"7"}}, 429, 56 * time.Second},
		{"RateLimit with requests left", http.Header{"Ratelimit": {`"api";r=9;t=55`}, "Retry-After": {"7"}}, 429, 8 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: []answer{{tt.code, tt.with, ""}, found, {status: 404}}}
				_, err := scripted(t, s).Resolve(t.Context(), hub.Ref{Repo: "o/n"})
				if !errors.Is(err, hub.ErrNotFound) || len(s.at) != 3 {
					t.Fatalf("%d requests, %v", len(s.at), err)
				}
				if s.at[1] != tt.want {
					t.Errorf("second request after %v, want %v", s.at[1], tt.want)
				}
			})
		})
	}
}

func TestRetry_backsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 500}}}
		_, err := scripted(t, s).Resolve(t.Context(), hub.Ref{Repo: "o/n"})
		if !errors.Is(err, hub.ErrUnavailable) || len(s.at) != 6 {
			t.Fatalf("%d requests, %v; want 6", len(s.at), err)
		}
		for i, most := range []time.Duration{1, 2, 4, 8, 8} {
			most *= time.Second
			if d := s.at[i+1] - s.at[i]; d < most/2 || d > most {
				t.Errorf("pause %d is %v, want from %v to %v", i, d, most/2, most)
			}
		}
	})
}

// A quota that an answer says is used up holds the next request back, before it can be refused.
func TestRetry_pacesBeforeRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		last := found
		last.header = header("Ratelimit", `"api";r=0;t=30`)
		s := &script{answers: []answer{last, {status: 404}}}
		_, err := scripted(t, s).Resolve(t.Context(), hub.Ref{Repo: "o/n"})
		if !errors.Is(err, hub.ErrNotFound) || len(s.at) != 2 || s.at[1] != 31*time.Second {
			t.Errorf("requests at %v, %v; want the second after 31s", s.at, err)
		}
	})
}

func TestRetry_giveUpWhenToldToWaitForHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{429, header("Retry-After", "7200"), ""}}}
		_, err := scripted(t, s).Resolve(t.Context(), hub.Ref{Repo: "o/n"})
		if !errors.Is(err, hub.ErrUnavailable) || len(s.at) != 1 || !strings.Contains(err.Error(), "2h0m1s") {
			t.Errorf("requests at %v, %v", s.at, err)
		}
	})
}

func TestRetry_endsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		s := &script{answers: []answer{{429, header("Retry-After", "60"), ""}}}
		_, err := scripted(t, s).Resolve(ctx, hub.Ref{Repo: "o/n"})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(s.began) != 10*time.Second {
			t.Errorf("ended after %v with %v", time.Since(s.began), err)
		}
	})
}

// silent sends the start of a body and then nothing, until the request is cancelled.
type silent struct{ n int }

func (s *silent) RoundTrip(req *http.Request) (*http.Response, error) {
	s.n++
	start := bytes.NewReader([]byte(`{"sha":`))
	return &http.Response{StatusCode: 200, Header: http.Header{}, Request: req, ContentLength: -1,
		Body: io.NopCloser(io.MultiReader(start, untilDone{req.Context()}))}, nil
}

type untilDone struct{ ctx context.Context }

func (u untilDone) Read([]byte) (int, error) {
	<-u.ctx.Done()
	return 0, u.ctx.Err()
}

func TestWatch_endsSilentAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, s := time.Now(), &silent{}
		c, err := hub.New(hub.Config{Endpoint: "http://hub.test", CacheDir: t.TempDir(), HTTP: &http.Client{Transport: s}, Timeout: 5 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Resolve(t.Context(), hub.Ref{Repo: "o/n"})
		if !errors.Is(err, hub.ErrUnavailable) || !strings.Contains(err.Error(), "no byte for 5s: stalled") {
			t.Errorf("error = %v", err)
		}
		if took := time.Since(began); s.n != 6 || took < 30*time.Second || took > 60*time.Second {
			t.Errorf("%d requests in %v; want 6 of 5 s and the pauses between", s.n, took)
		}
	})
}

// dripping answers requests of one method with white space that never ends, fast enough to be no stall, and all others
// as an empty dataset does.
type dripping struct {
	method string
	n      int
}

func (d *dripping) RoundTrip(req *http.Request) (*http.Response, error) {
	text := found.body
	if strings.Contains(req.URL.Path, "/tree/") {
		text = "[]"
	}
	body := io.NopCloser(strings.NewReader(text))
	if req.Method == d.method {
		d.n++
		body = io.NopCloser(blanks{})
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Request: req, ContentLength: -1, Body: body}, nil
}

type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	<-time.After(time.Second)
	return copy(p, strings.Repeat(" ", 300)), nil
}

func TestWatch_endsEndlessAnswers(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		synctest.Test(t, func(t *testing.T) {
			d, began := &dripping{method: method}, time.Now()
			c, err := hub.New(hub.Config{Endpoint: "http://hub.test", CacheDir: t.TempDir(), Token: token, HTTP: &http.Client{Transport: d}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Push(t.Context(), hub.Push{Ref: hub.Ref{Repo: "o/n"}, Files: []hub.Upload{{RepoPath: "a.parquet", Bytes: []byte("x")}}})
			if !errors.Is(err, hub.ErrUnavailable) || !strings.Contains(err.Error(), "not complete after 10m0s") {
				t.Errorf("%s: %v", method, err)
			}
			if took := time.Since(began); d.n < 6 || d.n > 7 || took > 63*time.Minute { // a seventh asks for nothing in return
				t.Errorf("%s: %d requests in %v", method, d.n, took)
			}
		})
	}
}
