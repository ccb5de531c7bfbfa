package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/mock"
)

func (a *app) mockCommand() *cli.Command {
	return &cli.Command{
		Name:  "mock",
		Usage: "serve a model that is not there, with known timing; or, as `mock hub`, a dataset Hub",
		Description: `Examples:
  promptmill mock --ttft 50ms --itl 10ms
  promptmill mock --like llama-server --slots 4 --error-rate 0.05 --listen 127.0.0.1:8080
  promptmill mock hub testdata/hub           serves the folder as datasets

The first line on stdout is the URL. Ctrl-C ends it.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8000", Usage: "`ADDRESS`; port 0 takes a free one"},
			&cli.StringFlag{Name: "like", Usage: "behave like `SERVER`: " + strings.Join(mock.Likes(), ", ")},
			&cli.StringFlag{Name: "model", Value: "mock-model", Usage: "`NAME` of the model it lists"},
			&cli.DurationFlag{Name: "ttft", Usage: "`TIME` to the first token"},
			&cli.DurationFlag{Name: "itl", Usage: "`TIME` between tokens"},
			&cli.IntFlag{Name: "tokens", Value: 100, Usage: "longest answer: `N` tokens; 0 leaves it to max_tokens"},
			&cli.IntFlag{Name: "reasoning-tokens", Usage: "tokens at the start of an answer that are reasoning: `N`"},
			&cli.IntFlag{Name: "tokens-per-chunk", Value: 1, Usage: "tokens that share a chunk: `N`"},
			&cli.IntFlag{Name: "slots", Usage: "requests answered at once: `N`; 0 is no limit"},
			&cli.IntFlag{Name: "queue", Value: -1, Usage: "requests that may wait for a slot before 429: `N`; -1 is no limit"},
			&cli.DurationFlag{Name: "retry-after", Usage: "`TIME` that a 429 asks the client to wait"},
			&cli.IntFlag{Name: "context-tokens", Usage: "longest prompt, in tokens: `N`"},
			&cli.BoolFlag{Name: "prompt-cache", Usage: "report repeated prompts as cached"},
			&cli.Float64Flag{Name: "error-rate", Usage: "`SHARE` of requests answered with --error-status"},
			&cli.IntFlag{Name: "error-status", Value: 500, Usage: "HTTP status of failures: `CODE`"},
			&cli.Float64Flag{Name: "cut-rate", Usage: "`SHARE` of answers whose connection is closed midway"},
			&cli.Float64Flag{Name: "reset-rate", Usage: "`SHARE` of answers whose connection is reset midway"},
			&cli.Float64Flag{Name: "hang-rate", Usage: "`SHARE` of answers that stop while the connection stays open"},
			&cli.Float64Flag{Name: "event-rate", Usage: "`SHARE` of streams that end in an error event"},
			&cli.DurationFlag{Name: "loading", Usage: "`TIME` after the start during which it says that it is loading"},
			&cli.Int64Flag{Name: "seed", Usage: "of the failures: `N`"},
			&cli.BoolFlag{Name: "record-sends", Usage: "keep when each token was sent, at /mock/sends"},
		},
		Subcommands: []*cli.Command{a.mockHubCommand()},
		Action:      a.mock,
	}
}

func (a *app) mock(c *cli.Context) error {
	if c.NArg() > 0 {
		return usagef("mock takes no argument %q; did you mean `promptmill mock hub FOLDER`?", c.Args().First())
	}
	server, err := mock.New(mock.Config{
		Like: c.String("like"), Model: c.String("model"), TTFT: c.Duration("ttft"), ITL: c.Duration("itl"),
		Tokens: c.Int("tokens"), ReasoningTokens: c.Int("reasoning-tokens"), TokensPerChunk: c.Int("tokens-per-chunk"), Slots: c.Int("slots"), Queue: c.Int("queue"),
		Seed: c.Int64("seed"), RecordSends: c.Bool("record-sends"), ContextTokens: c.Int("context-tokens"),
		PromptCache: c.Bool("prompt-cache"), RetryAfter: c.Duration("retry-after"),
		Failures: mock.Failures{
			ErrorRate: c.Float64("error-rate"), Status: c.Int("error-status"), CutRate: c.Float64("cut-rate"),
			ResetRate: c.Float64("reset-rate"), HangRate: c.Float64("hang-rate"), EventRate: c.Float64("event-rate"),
			Loading: c.Duration("loading"),
		},
	})
	if err != nil {
		return withCode(exitUsage, err)
	}
	return a.serve(c.Context, c.String("listen"), mockServer{server})
}

// mockServer is a mock.Server, whose Close cannot fail.
type mockServer struct{ *mock.Server }

func (s mockServer) Close() error {
	s.Server.Close()
	return nil
}

// server is what the mock and the Hub of the demo have in common.
type server interface {
	Serve(net.Listener) error
	Close() error
}

// httpServer ends without an error when it is closed.
type httpServer struct{ http.Server }

func (s *httpServer) Serve(l net.Listener) error {
	if err := s.Server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// serve listens, prints the URL and serves until ctx is done, which is how a server ends well.
func (a *app) serve(ctx context.Context, address string, s server) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return withCode(exitUsage, fmt.Errorf("listen: %w", err))
	}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	fmt.Fprintf(a.stdout, "http://%s\n", l.Addr())
	if err := s.Serve(l); err != nil && ctx.Err() == nil {
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	return nil
}
