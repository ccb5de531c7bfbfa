package hub_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/promptmill/promptmill/convert/hub"
)

// window is a Hub that answers so many requests in each window, and tells so. Every answer takes a tenth of a second.
type window struct {
	quota  int
	length time.Duration
	policy bool // whether answers tell the quota

	mu      sync.Mutex
	ends    time.Time
	left    int
	at      []time.Time
	refused int
}

func (w *window) RoundTrip(req *http.Request) (*http.Response, error) {
	time.Sleep(100 * time.Millisecond) // in a bubble
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if !now.Before(w.ends) {
		w.left, w.ends = w.quota, now.Add(w.length)
	}
	w.at = append(w.at, now)
	h := http.Header{"X-Error-Code": {"RepoNotFound"}}
	if w.policy {
		h.Set("RateLimit-Policy", fmt.Sprintf(`"fixed window";"resolvers";q=3000;w=300, "fixed window";"api";q=%d;w=300`, w.quota))
	}
	status := http.StatusNotFound
	if w.left == 0 {
		w.refused++
		status = http.StatusTooManyRequests
	}
	w.left = max(0, w.left-1)
	h.Set("RateLimit", fmt.Sprintf(`"api";r=%d;t=%d`, w.left, int(w.ends.Sub(now).Round(time.Second).Seconds())))
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader("")), Request: req}, nil
}

// ask sends n requests, several at once, and returns when each was answered.
func (w *window) ask(t *testing.T, n, workers int) []time.Duration {
	t.Helper()
	c, err := hub.New(hub.Config{Endpoint: "http://hub.test", CacheDir: t.TempDir(), HTTP: &http.Client{Transport: w}})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	w.ends = start
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range jobs {
				if _, err := c.Resolve(t.Context(), hub.Ref{Repo: "o/n"}); !errors.Is(err, hub.ErrNotFound) {
					t.Errorf("error %v", err)
				}
			}
		})
	}
	for i := range n {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	var out []time.Duration
	for _, at := range w.at {
		out = append(out, at.Sub(start))
	}
	return out
}

func TestPace_spreadsTheRest(t *testing.T) {
	for _, policy := range []bool{true, false} {
		for _, workers := range []int{1, 4} {
			t.Run(fmt.Sprintf("policy %v, %d at once", policy, workers), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := &window{quota: 200, length: 300 * time.Second, policy: policy}
					at := w.ask(t, 260, workers)
					if w.refused > 0 {
						t.Errorf("%d requests were refused", w.refused)
					}
					if full := at[179]; full > 181*100*time.Millisecond {
						t.Errorf("while many are left, 180 requests took %v: they were held back", full)
					}
					if slow := at[190] - at[180]; slow <= 10*100*time.Millisecond {
						t.Errorf("with few left, 10 requests took %v: they were not held back", slow)
					}
					inFirst := 0
					for _, d := range at {
						if d < 300*time.Second {
							inFirst++
						}
					}
					if inFirst < 190 {
						t.Errorf("only %d of 200 requests were used in the first window", inFirst)
					}
					if end := at[len(at)-1]; end > 330*time.Second {
						t.Errorf("all took %v: the new window was not used at once", end)
					}
				})
			})
		}
	}
}

// What is said of one kind of requests holds back no other, and headers that make no sense hold back none.
func TestPace_onlyWhatWasSaid(t *testing.T) {
	for _, limit := range []string{`"resolvers";r=0;t=300`, `"api";r=x;t=300`, `"api";t=300`, `"api";r=-1;t=5`, ``, `;;;`, `"api";r=1000;t=300`} {
		synctest.Test(t, func(t *testing.T) {
			a := answer{404, header("Ratelimit", limit), ""}
			s := &script{answers: []answer{a}}
			c := scripted(t, s)
			for range 5 {
				if _, err := c.Resolve(t.Context(), hub.Ref{Repo: "o/n"}); !errors.Is(err, hub.ErrNotFound) {
					t.Error(err)
				}
			}
			if last := s.at[len(s.at)-1]; last != 0 {
				t.Errorf("RateLimit %s: the last request waited until %v", limit, last)
			}
		})
	}
}

func TestPace_refusesToWaitForHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{404, header("Ratelimit", `"api";r=0;t=7200`), ""}}}
		c := scripted(t, s)
		for range 2 {
			_, err := c.Resolve(t.Context(), hub.Ref{Repo: "o/n"})
			if errors.Is(err, hub.ErrNotFound) {
				continue
			}
			if !errors.Is(err, hub.ErrUnavailable) || !strings.Contains(err.Error(), "used up for 2h0m1s") {
				t.Errorf("error %v", err)
			}
		}
		if len(s.at) != 1 || s.at[0] != 0 {
			t.Errorf("requests at %v, want one", s.at)
		}
	})
}
