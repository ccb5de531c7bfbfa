package scrape_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/results"
	"github.com/promptmill/promptmill/bench/scrape"
)

// run scrapes targets for a while of virtual time and returns the samples and what was said.
func run(t *testing.T, d time.Duration, targets ...scrape.Target) (samples []results.ServerSample, said []string) {
	t.Helper()
	start := time.Now()
	var mu sync.Mutex
	s := scrape.Scraper{
		Targets: targets,
		Now:     func() int64 { return time.Since(start).Nanoseconds() },
		Add: func(s *results.ServerSample) error {
			mu.Lock()
			defer mu.Unlock()
			samples = append(samples, *s)
			return nil
		},
		Off: func(target string, err error) {
			mu.Lock()
			defer mu.Unlock()
			said = append(said, target+": "+err.Error())
		},
	}
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	s.Run(ctx)
	return samples, said
}

func at(samples []results.ServerSample) (seconds []float64) {
	for _, s := range samples {
		seconds = append(seconds, float64(s.AtNS)/1e9)
	}
	return seconds
}

// A sample a second, the first at once; a failure and a slow answer leave gaps and shift nothing.
func TestScraper_each(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		fetch := func(ctx context.Context) ([]byte, error) {
			n++
			switch n {
			case 3:
				return nil, errors.New("busy")
			case 4:
				return []byte("<html>"), nil
			case 5:
				<-time.After(2500 * time.Millisecond)
			}
			return fmt.Appendf(nil, "vllm:num_requests_running %d\n", n), nil
		}
		samples, said := run(t, 9500*time.Millisecond, scrape.Target{Name: "a", Fetch: fetch})
		if diff := cmp.Diff([]float64{0, 1, 6.5, 6.5, 7, 8, 9}, at(samples)); diff != "" || said != nil {
			t.Errorf("said %q: %s", said, diff)
		}
		want := results.ServerSample{
			Target: "a", Server: "vllm", AtNS: 1e9,
			Values: []results.ServerValue{{Name: "running", Raw: "vllm:num_requests_running", Value: 2}},
		}
		if diff := cmp.Diff(want, samples[1]); diff != "" {
			t.Error(diff)
		}
	})
}

// A target that cannot be read at first is left alone, and said once; others are read.
func TestScraper_off(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := map[string]int{}
		target := func(name, page string, err error) scrape.Target {
			return scrape.Target{Name: name, Fetch: func(context.Context) ([]byte, error) {
				calls[name]++
				return []byte(page), err
			}}
		}
		refused, foreign := target("refused", "", errors.New("404")), target("foreign", "go_goroutines 7\n", nil)
		_, said := run(t, 3*time.Second, refused)
		_, more := run(t, 3*time.Second, foreign)
		if diff := cmp.Diff([]string{"refused: 404", "foreign: " + scrape.ErrUnknown.Error()}, append(said, more...)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[string]int{"refused": 1, "foreign": 1}, calls); diff != "" {
			t.Error(diff)
		}
	})
}

// A server that never answers holds up nothing but itself, and is given up.
func TestScraper_hangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := func(ctx context.Context) ([]byte, error) {
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}
		fine := func(context.Context) ([]byte, error) { return []byte("tgi_queue_size 1\n"), nil }
		samples, said := run(t, 10500*time.Millisecond, scrape.Target{Name: "hangs", Fetch: hang}, scrape.Target{Name: "fine", Fetch: fine})
		if diff := cmp.Diff([]string{"hangs: no answer within 5s"}, said); diff != "" || len(samples) != 11 {
			t.Errorf("%d samples: %s", len(samples), diff)
		}
		if _, said := run(t, time.Second, scrape.Target{Name: "hangs", Fetch: hang}); said != nil {
			t.Errorf("the end of the run is no fault of the server: %q", said)
		}
	})
}
