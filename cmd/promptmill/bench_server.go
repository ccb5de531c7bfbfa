package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
	"github.com/promptmill/promptmill/bench/scrape"
)

// metricsPath is where servers have their metrics.
const metricsPath = "/metrics"

// serverFlags say what is asked of the server beside the prompts.
func serverFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "server-metrics", Usage: "what vLLM, SGLang, llama.cpp or TGI say of themselves goes into the results each second: " +
			"read from this `URL`, or off (default: /metrics of every target that has it)"},
	}
}

// readServerMetrics checks the flag of serverFlags.
func (plan *benchPlan) readServerMetrics(c *cli.Context) error {
	plan.serverMetrics = c.String("server-metrics")
	if plan.serverMetrics == "" || plan.serverMetrics == "off" {
		return nil
	}
	u, err := url.Parse(plan.serverMetrics)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("--server-metrics: expected a URL such as http://127.0.0.1:8000/metrics, or off")
	}
	return nil
}

// metricsTargets are the servers whose metrics are read.
func (plan *benchPlan) metricsTargets(targets *openai.Targets) ([]scrape.Target, error) {
	switch plan.serverMetrics {
	case "off":
		return nil, nil
	case "":
		var all []scrape.Target
		for _, c := range targets.Clients() {
			all = append(all, metricsTarget(c.Address()+metricsPath, c, metricsPath))
		}
		return all, nil
	}
	u, err := url.Parse(plan.serverMetrics)
	if err != nil {
		return nil, err
	}
	path := u.RequestURI()
	server := url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host}
	config := plan.client
	config.APIKey, config.Header, config.BaseURL = "", nil, server.String()
	client, err := openai.New(config)
	if err != nil {
		return nil, withCode(exitUsage, fmt.Errorf("--server-metrics: %w", err))
	}
	return []scrape.Target{metricsTarget(withoutSecrets(plan.serverMetrics), client, path)}, nil
}

func metricsTarget(name string, c *openai.Client, path string) scrape.Target {
	return scrape.Target{Name: name, Fetch: func(ctx context.Context) ([]byte, error) { return c.Page(ctx, path) }}
}

// scrape reads the metrics of the servers into the results until stop is called. That a server has none is said where
// metrics were asked for.
func (a *app) scrape(ctx context.Context, plan *benchPlan, targets *openai.Targets, sink *results.Writer) (stop func(), err error) {
	list, err := plan.metricsTargets(targets)
	if err != nil {
		return nil, err
	}
	s := scrape.Scraper{
		Targets: list,
		Now:     func() int64 { return time.Since(plan.client.Epoch).Nanoseconds() },
		Add:     sink.AddServerSample,
		Off: func(target string, err error) {
			if plan.serverMetrics != "" {
				a.logf("no metrics of the server are recorded: %s: %v", target, err)
			}
		},
	}
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { s.Run(ctx) })
	return func() {
		cancel()
		done.Wait()
	}, nil
}
