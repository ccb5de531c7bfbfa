package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/mock"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
	"github.com/promptmill/promptmill/testdata"
)

const (
	demoDataset = "hf://datasets/promptmill/arithmetic/main/test"
	demoTTFT    = 40 * time.Millisecond
	demoITL     = 4 * time.Millisecond
)

func (a *app) demoCommand() *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "run the whole chain on a small dataset and a mock server, without a network",
		Description: `Example:
  promptmill demo --dir demo-out

Runs convert, validate, bench and report, printing each command, against servers of its own on loopback.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "dir", Value: "demo-out", Usage: "`FOLDER` for what it makes"},
		},
		Action: a.demo,
	}
}

func (a *app) demo(c *cli.Context) error {
	dir := c.String("dir")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	servers, err := a.startDemoServers()
	if err != nil {
		return err
	}
	defer servers.close()
	prompts, results := filepath.Join(dir, "prompts.jsonl"), filepath.Join(dir, "results.parquet")
	page, writeUp := filepath.Join(dir, "report.html"), filepath.Join(dir, "report.md")
	fmt.Fprintf(a.stdout, "A Hub of its own at %s and a model server at %s, %v to the first token and %v between tokens.\n",
		servers.hub, servers.model, demoTTFT, demoITL)
	p := &process{
		stdin: a.stdin, stdout: a.stdout, stderr: a.stderr, home: a.home,
		getenv: servers.environment(a.getenv, dir),
	}
	steps := [][]string{
		{"convert", demoDataset, "-o", prompts},
		{"validate", prompts},
		{"bench", prompts, "--target", servers.model, "--profile", "synchronous,throughput,constant", "--rate", "20",
			"--max-requests", "40", "--max-concurrency", "16", "--max-tokens", "32", "-o", results},
		{"report", results, "-o", page},
		{"report", results, "-o", writeUp},
	}
	for _, args := range steps {
		fmt.Fprintf(a.stdout, "\n$ promptmill %s\n", strings.Join(args, " "))
		if err := newApp(p).run(c.Context, args); err != nil {
			return fmt.Errorf("demo: promptmill %s: %w", args[0], err)
		}
	}
	fmt.Fprintf(a.stdout, "\nEverything is in %s:\n", dir)
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, f := range []struct{ path, what string }{
		{prompts, "the prompts"}, {prompts + manifestSuffix, "where they come from"}, {results, "one row per request"},
		{page, "the report for a browser"}, {writeUp, "the write-up"},
	} {
		fmt.Fprintf(table, "  %s\t%s\n", f.path, f.what)
	}
	return table.Flush()
}

// demoServers are the Hub double and the mock model server.
type demoServers struct {
	hub, model string // URLs
	ends       []func() error
}

func (a *app) startDemoServers() (*demoServers, error) {
	datasets, err := fs.Sub(testdata.Hub, "hub")
	if err != nil {
		return nil, err
	}
	handler, err := hubtest.New(datasets, hubtest.Options{})
	if err != nil {
		return nil, err
	}
	model, err := mock.New(mock.Config{Model: "mock-model", TTFT: demoTTFT, ITL: demoITL, Tokens: 32, Slots: 8, Queue: -1})
	if err != nil {
		return nil, err
	}
	s := &demoServers{}
	if s.hub, err = s.start(&httpServer{http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}}); err != nil {
		return nil, err
	}
	if s.model, err = s.start(mockServer{model}); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *demoServers) start(srv server) (url string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	s.ends = append(s.ends, func() error { return errors.Join(srv.Close(), <-served) })
	return "http://" + l.Addr().String(), nil
}

func (s *demoServers) close() {
	for _, end := range s.ends {
		_ = end()
	}
}

// environment points the Hub client at the demo's own Hub and cache, without any credential of the user.
func (s *demoServers) environment(getenv func(string) string, dir string) func(string) string {
	cache, err := filepath.Abs(filepath.Join(dir, "hf"))
	if err != nil {
		cache = filepath.Join(dir, "hf")
	}
	return func(name string) string {
		switch {
		case name == "HF_ENDPOINT":
			return s.hub
		case name == "HF_HOME":
			return cache
		case strings.HasPrefix(name, "HF_"), strings.HasPrefix(name, "HUGGING"), strings.HasSuffix(name, "_API_KEY"):
			return ""
		}
		return getenv(name)
	}
}
