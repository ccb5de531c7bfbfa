// Package scrape asks servers for what they say of themselves while they are under load: how many requests run and wait,
// how full the cache is, what was generated. It reads the Prometheus metrics of vLLM, SGLang, llama.cpp and TGI.
package scrape

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/promptmill/promptmill/bench/results"
)

// A Target is a server whose metrics are read.
type Target struct {
	Name  string                                    // its URL, without secrets
	Fetch func(ctx context.Context) ([]byte, error) // the metrics as Prometheus text
}

// A Scraper reads the metrics of all targets again and again. Its fields are set once.
type Scraper struct {
	Targets  []Target
	Interval time.Duration                     // between the starts of two readings; 0 is a second
	Now      func() int64                      // ns since the start of the run
	Add      func(*results.ServerSample) error // is given every sample, from one goroutine per target; its error ends the target's readings
	Off      func(target string, err error)    // is told once why a target is not read; may be nil
}

// fetchLimit is how long a server may take to answer. One that is busy may take long.
const fetchLimit = 5 * time.Second

// ErrUnknown reports metrics without a figure that this package knows.
var ErrUnknown = errors.New("no metrics of vLLM, SGLang, llama.cpp or TGI")

// Run reads until ctx is done. A target whose first reading fails is not read again; one that fails later has a gap
// there. A server that answers late is asked again at once, and then in time: questions do not pile up.
func (s *Scraper) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, t := range s.Targets {
		all.Go(func() { s.follow(ctx, t) })
	}
	all.Wait()
}

func (s *Scraper) follow(ctx context.Context, t Target) {
	interval := s.Interval
	if interval <= 0 {
		interval = time.Second
	}
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for first := true; ; first = false {
		sample, err := s.read(ctx, t)
		if err == nil {
			if err := s.Add(sample); err != nil { // whoever stores samples says so itself
				return
			}
		}
		if err != nil && first && ctx.Err() == nil {
			if s.Off != nil {
				s.Off(t.Name, err)
			}
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *Scraper) read(ctx context.Context, t Target) (*results.ServerSample, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, fetchLimit, fmt.Errorf("no answer within %v", fetchLimit))
	defer cancel()
	page, err := t.Fetch(ctx)
	if err != nil {
		return nil, err
	}
	at := s.Now()
	server, values := Parse(page)
	if len(values) == 0 {
		return nil, ErrUnknown
	}
	return &results.ServerSample{Target: t.Name, Server: server, AtNS: at, Values: values}, nil
}
