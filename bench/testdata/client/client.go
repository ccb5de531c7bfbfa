package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/accuracy"
	"github.com/promptmill/promptmill/bench/mock"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/pace"
	"github.com/promptmill/promptmill/bench/results"
)

// A load is what the client does.
type load struct {
	URL, Engine string
	Streams     int     // of a closed loop
	Rate        float64 // of an open one, in requests/s
	Requests    int     // sent; 0 is as many as fit into Time
	Time        time.Duration
	Truth       bool // compare with the server's times
}

// warmUp comes before what is measured: connections are opened, and memory is had.
const warmUp = time.Second

// run performs the load and prints its figures.
func (l load) run(out io.Writer) error {
	epoch := time.Now()
	client, err := openai.New(openai.Config{BaseURL: l.URL, Epoch: epoch, Engine: l.Engine})
	if err != nil {
		return err
	}
	defer client.CloseIdle()
	sink := &memorySink{chunks: l.Truth}
	runner := &bench.Runner{
		Client: client, Sink: sink, Epoch: epoch, RunID: "m",
		Prompts: []bench.Prompt{{Line: 1, Messages: []openai.Message{{Role: "user", Content: "How far is it?"}}}},
		Body: func(dst []byte, in *openai.Input) []byte {
			return (&openai.BodyOptions{Model: "mock-model"}).Append(dst, in)
		},
		Waiter: func() (pace.Waiter, error) { return pace.NewThread() },
	}
	strategy := bench.Strategy{Kind: bench.Concurrent, Concurrency: l.Streams}
	if l.Rate > 0 {
		strategy = bench.Strategy{Kind: bench.Constant, Rate: l.Rate}
	}
	limits := bench.Limits{MaxDuration: l.Time, Grace: 30 * time.Second}
	if l.Requests > 0 {
		limits = bench.Limits{MaxRequests: l.Requests}
	} else if _, _, err := runner.Run(context.Background(), 0, strategy, bench.Limits{MaxDuration: warmUp, Grace: 30 * time.Second}); err != nil {
		return err
	}
	sink.reset()
	before := spent()
	b, _, err := runner.Run(context.Background(), 1, strategy, limits)
	if err != nil {
		return err
	}
	f := sink.figures(spent().minus(before), time.Duration(b.EndNS-b.StartNS))
	if l.Truth {
		if err := l.compare(epoch, sink, f); err != nil {
			return err
		}
	}
	return json.NewEncoder(out).Encode(f)
}

// A memorySink counts records, and with chunks keeps their times.
type memorySink struct {
	chunks                    bool
	kept                      []kept
	times                     []int64 // with room for more
	ok, bad, tokens, coalesce int
	firstError                string
}

// kept are the times of one record, in nanoseconds since the epoch.
type kept struct {
	id         string
	due, first int64
	chunks     []int64
}

// Room for more than any measurement has, had before it: to move what is kept while requests are under way would stop
// the client for tens of milliseconds, which the command, whose sink is a file, never does.
const (
	roomRecords = 1 << 17
	roomTimes   = 1 << 16
)

func (s *memorySink) reset() {
	*s = memorySink{chunks: s.chunks}
	if s.chunks {
		s.kept = make([]kept, 0, roomRecords)
	}
}

// Write implements bench.Sink.
func (s *memorySink) Write(r *results.Record) error {
	if r.Status != results.StatusOK {
		s.bad++
		if s.firstError == "" {
			s.firstError = r.ErrorKind + ": " + r.ErrorMessage
		}
		return nil
	}
	s.ok++
	s.tokens += len(r.ChunkNS)
	s.coalesce += int(r.CoalescedChunks)
	if s.chunks {
		s.kept = append(s.kept, kept{r.RequestID, r.DueNS, r.FirstTokenNS, s.copied(r.ChunkNS)})
	}
	return nil
}

// copied returns a copy of ns.
func (s *memorySink) copied(ns []int64) []int64 {
	if cap(s.times)-len(s.times) < len(ns) {
		s.times = make([]int64, 0, max(roomTimes, len(ns)))
	}
	from := len(s.times)
	s.times = append(s.times, ns...)
	return s.times[from:len(s.times):len(s.times)]
}

// Tick implements bench.Sink.
func (s *memorySink) Tick() error { return nil }

func (s *memorySink) figures(u usage, wall time.Duration) figures {
	cpu := float64(u.cpu.Nanoseconds()) / 1e3
	f := figures{
		failed:     float64(s.bad),
		perSecond:  float64(s.ok) / wall.Seconds(),
		cpuRequest: cpu / float64(s.ok),
		perCore:    1e6 * float64(s.ok) / cpu,
		memory:     float64(u.memory) / (1 << 20),
		coalesced:  100 * float64(s.coalesce) / float64(s.tokens),
		tokenRate:  float64(s.tokens) / wall.Seconds(),
	}
	if s.tokens > s.ok {
		f[cpuToken] = cpu / float64(s.tokens)
		f[allocToken] = float64(u.mallocs) / float64(s.tokens)
		delete(f, cpuRequest)
		delete(f, perCore)
	}
	if s.bad > 0 {
		fmt.Fprintln(os.Stderr, "bench client: first error:", s.firstError)
	}
	return f
}

// compare adds how far the records are from what the server recorded.
func (l load) compare(epoch time.Time, sink *memorySink, f figures) error {
	sent, err := l.sends()
	if err != nil {
		return err
	}
	truths := func(yield func(accuracy.Truth) bool) {
		for _, s := range sent {
			if !yield(accuracy.Truth{ID: s.ID, Sends: s.SendsNS}) {
				return
			}
		}
	}
	records := func(yield func(*results.Record, error) bool) {
		for _, k := range sink.kept {
			r := &results.Record{Status: results.StatusOK, RequestID: k.id, FirstTokenNS: k.first, ChunkNS: k.chunks}
			if !yield(r, nil) {
				return
			}
		}
	}
	errs, err := accuracy.Measure(epoch, records, truths)
	if err != nil {
		return err
	}
	e := errs[len(errs)-1]
	if e.Requests < sink.ok {
		return fmt.Errorf("%d of %d requests could not be matched", sink.ok-e.Requests, sink.ok)
	}
	f[ttftP50], f[ttftP99] = e.TTFT.P50*1e6, e.TTFT.P99*1e6
	if e.Chunks > e.Requests {
		f[gapP99] = e.Gap.P99 * 1e6
	}
	if l.Rate > 0 {
		return wireLag(epoch, sink, sent, f)
	}
	return nil
}

// wireLag is how long after a request was due its end arrived at the server's kernel.
func wireLag(epoch time.Time, sink *memorySink, sent []mock.Sent, f figures) error {
	arrived := map[string]int64{}
	for _, s := range sent {
		arrived[s.ID] = s.ArrivedNS
	}
	var lags []float64
	for _, k := range sink.kept {
		at := arrived[k.id]
		if at == 0 {
			return errors.New("the server's kernel gave no arrival times")
		}
		lags = append(lags, float64(at-epoch.UnixNano()-k.due)/1e3)
	}
	slices.Sort(lags)
	at := func(p float64) float64 { return lags[max(int(math.Ceil(p*float64(len(lags))))-1, 0)] }
	f[lagP50], f[lagP99] = at(0.50), at(0.99)
	return nil
}

// sends reads what the server recorded.
func (l load) sends() ([]mock.Sent, error) {
	resp, err := http.Get(l.URL + "/mock/sends")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var sent []mock.Sent
	for dec := json.NewDecoder(bufio.NewReader(resp.Body)); ; {
		var s mock.Sent
		if err := dec.Decode(&s); errors.Is(err, io.EOF) {
			return sent, nil
		} else if err != nil {
			return nil, err
		}
		sent = append(sent, s)
	}
}

// usage is what this process has used.
type usage struct {
	cpu     time.Duration
	memory  int64 // the most it had, in bytes
	mallocs uint64
}

func spent() usage {
	var u unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &u) // fails for a wrong pointer only
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{time.Duration(u.Utime.Nano() + u.Stime.Nano()), u.Maxrss << 10, m.Mallocs}
}

func (u usage) minus(v usage) usage { return usage{u.cpu - v.cpu, u.memory, u.mallocs - v.mallocs} }
