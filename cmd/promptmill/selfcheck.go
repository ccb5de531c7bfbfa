package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/accuracy"
	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
)

// selfCheckLevels are the numbers of concurrent streams that the self-check measures.
var selfCheckLevels = []int{1, 10, 100, 1000}

// Timing of the server that the self-check measures against.
const (
	selfCheckTTFT   = "50ms"
	selfCheckITL    = "10ms"
	selfCheckTokens = 100
)

// selfCheck measures the built-in server, in a process of its own, and prints how far the measurements are from
// the server's send times. screen is one of those of --live.
func (a *app) selfCheck(ctx context.Context, screen string) error {
	dir, err := os.MkdirTemp("", "promptmill-self-check-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	url, stop, err := startMockProcess(ctx)
	if err != nil {
		return fmt.Errorf("start the built-in server: %w", err)
	}
	defer stop()
	path := filepath.Join(dir, "results.parquet")
	if err := a.measureMock(ctx, url, path, screen); err != nil {
		return err
	}
	f, err := results.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	s, err := metrics.Summarize(&f.Run, f.Records())
	if err != nil {
		return err
	}
	truths, err := fetchTruths(ctx, url)
	if err != nil {
		return err
	}
	errs, err := accuracy.Measure(f.Run.StartedAt, f.Records(), truths)
	if err != nil {
		return err
	}
	return printAccuracy(a.stdout, s, errs)
}

// selfCheckScreen is what a terminal shows meanwhile: at most a line, as a dashboard takes some of what is measured.
func selfCheckScreen(c *cli.Context) string {
	if c.Bool("no-progress") || c.Bool("quiet") || c.String("live") == liveOff {
		return liveOff
	}
	return livePlain
}

func (a *app) measureMock(ctx context.Context, url, path, screen string) error {
	var profile bench.Fixed
	for _, n := range selfCheckLevels {
		profile = append(profile, bench.Strategy{Kind: bench.Concurrent, Concurrency: n})
	}
	text := "How far is it?"
	prompts := []bench.Prompt{{Line: 1, Messages: []openai.Message{{Role: "user", Content: text}}}}
	plan := &benchPlan{
		output: path, profile: profile, prompts: &promptFile{prompts: prompts},
		limits: bench.Limits{MaxDuration: 4 * time.Second, Grace: 10 * time.Second},
		client: openai.Config{Endpoint: openai.Chat}, urls: []string{url},
		body: openai.BodyOptions{Endpoint: openai.Chat, MaxTokens: selfCheckTokens},
		wait: 10 * time.Second, repeat: 1, live: liveOptions{screen: screen},
	}
	_, err := a.runBench(ctx, plan)
	return err
}

// startMockProcess runs `promptmill mock` as a process of its own, so that neither shares a scheduler or a garbage
// collector with the other.
func startMockProcess(ctx context.Context) (url string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, self, "mock", "--listen", "127.0.0.1:0", "--ttft", selfCheckTTFT, "--itl", selfCheckITL, "--record-sends")
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PROMPTMILL_") }) // the flags of another server
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return "", nil, err
	}
	stop = func() {
		cancel()
		_ = cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, err
	}
	return strings.TrimSpace(line), stop, nil
}

// fetchTruths reads the send times of every request from the server.
func fetchTruths(ctx context.Context, url string) (iter.Seq[accuracy.Truth], error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/mock/sends", nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s/mock/sends: it answered %s, not with the send times", url, resp.Status)
	}
	var truths []accuracy.Truth
	for dec := json.NewDecoder(resp.Body); ; {
		var line struct {
			ID    string  `json:"id"`
			Sends []int64 `json:"sends_ns"`
		}
		err := dec.Decode(&line)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s/mock/sends: %w", url, err)
		}
		truths = append(truths, accuracy.Truth{ID: line.ID, Sends: line.Sends})
	}
	return slices.Values(truths), nil
}

func printAccuracy(w io.Writer, s *metrics.Summary, errs []accuracy.Error) error {
	fmt.Fprintf(w, "Server: %s to the first token, %s between tokens, %d tokens, in a process of its own on this machine (%d cores, %s).\n"+
		"Error: recorded arrival minus the server's clock right before it wrote.\n\n", selfCheckTTFT, selfCheckITL, selfCheckTokens, runtime.NumCPU(), runtime.GOOS)
	fmt.Fprintf(w, "%8s %9s %10s %12s %12s %12s %12s %14s\n", "streams", "requests", "chunks", "TTFT p50", "TTFT p99", "gap p50", "gap p99", "arrival times")
	for _, e := range errs {
		b := s.Benchmarks[e.Benchmark]
		fmt.Fprintf(w, "%8d %9d %10d %12s %12s %12s %12s %14s\n", b.TargetConcurrency, e.Requests, e.Chunks,
			micros(e.TTFT.P50), micros(e.TTFT.P99), micros(e.Gap.P50), micros(e.Gap.P99), timeSource(b.TimeSources))
		if e.Requests < b.Counts.OK {
			fmt.Fprintf(w, "%8s %d requests could not be matched chunk by chunk and are left out\n", "", b.Counts.OK-e.Requests)
		}
	}
	return nil
}

func micros(seconds float64) string { return fmt.Sprintf("%.1f us", seconds*1e6) }

// timeSource names where arrival times came from, or says that it was more than one place.
func timeSource(sources map[string]int) string {
	if len(sources) != 1 {
		return "mixed"
	}
	for name := range sources {
		return name
	}
	return ""
}
