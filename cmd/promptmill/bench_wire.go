package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/openai"
)

// wireFlags say which server is asked, and how requests get there.
func wireFlags() []cli.Flag {
	return slices.Concat([]cli.Flag{
		&cli.StringSliceFlag{Name: "target", Usage: "`URL` of the server, such as http://127.0.0.1:8000 or unix:///run/server.sock; several, separated by commas or given one by one, take turns"},
		&cli.StringFlag{Name: "wait", Value: "10", Usage: "`TIME` to wait for a server that is not ready"},
		&cli.StringFlag{Name: "ready-path", Usage: "`PATH` that answers with 200 when the server is ready (default: /v1/models, and /health where there is none)"},
		&cli.StringFlag{Name: "engine", Usage: "`NAME` of what carries the requests: http1, which is promptmill's own, or net/http (default: the first where it can be had)"},
		&cli.BoolFlag{Name: "http2", Usage: "speak HTTP/2, over TLS or, to http:// targets, without asking"},
		&cli.StringFlag{Name: "proxy", Usage: "`URL` of a proxy, or none (default: what HTTP_PROXY, HTTPS_PROXY and NO_PROXY say, never for this machine)"},
	}, secretFlags(), tlsFlags(), timeoutFlags(), retryFlags())
}

func timeoutFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "timeout", Value: "10m", Usage: "`TIME` that one request may take, retries included; 0 is without end"},
		&cli.StringFlag{Name: "connect-timeout", Value: "30", Usage: "`TIME` until a request is connected, TLS included"},
		&cli.StringFlag{Name: "first-token-timeout", Usage: "`TIME` from sending to the first token"},
		&cli.StringFlag{Name: "token-timeout", Usage: "`TIME` from one token to the next, and from the last to the end"},
	}
}

func retryFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "retries", Usage: "send a request that failed before any of its answer came up to `N` times more; its latency counts from the first time"},
		&cli.StringFlag{Name: "retry-on", Value: "429,503,connect", Usage: "what --retries is for: `LIST` of HTTP statuses, connect (refused, not found or not in time) and reset"},
	}
}

// readClient reads what needs no file.
func (plan *benchPlan) readClient(c *cli.Context) error {
	endpoint, err := parseEndpoint(c.String("endpoint"))
	errs := []error{err}
	seconds := func(name string) time.Duration {
		d, err := parseSeconds("--"+name, c.String(name))
		if err == nil && d == 0 && c.IsSet(name) && name != "timeout" {
			err = fmt.Errorf("--%s %s: expected more than no time", name, c.String(name))
		}
		errs = append(errs, err)
		return d
	}
	plan.client = openai.Config{
		Endpoint: endpoint, KeepText: c.Bool("keep-text"), Engine: c.String("engine"), HTTP2: c.Bool("http2"),
		Timeout: seconds("timeout"), ConnectTimeout: seconds("connect-timeout"),
		FirstTokenTimeout: seconds("first-token-timeout"), TokenTimeout: seconds("token-timeout"),
	}
	for _, value := range c.StringSlice("target") {
		plan.urls = append(plan.urls, splitList(value)...)
	}
	plan.readyPath = c.String("ready-path")
	if plan.readyPath != "" && plan.readyPath[0] != '/' {
		errs = append(errs, fmt.Errorf("--ready-path %q: expected a path of the server, such as /health", plan.readyPath))
	}
	plan.client.Retry, err = readRetry(c)
	errs = append(errs, err)
	plan.client.Proxy, err = plan.proxy(c.String("proxy"))
	return errors.Join(append(errs, err)...)
}

// readRetry reads --retries and --retry-on.
func readRetry(c *cli.Context) (openai.Retry, error) {
	r := openai.Retry{Max: c.Int("retries")}
	if r.Max < 0 {
		return r, fmt.Errorf("--retries %d: expected 0 or more", r.Max)
	}
	if r.Max == 0 {
		if c.IsSet("retry-on") {
			return r, errors.New("--retry-on says what is retried, but nothing is without --retries")
		}
		return r, nil
	}
	for _, word := range splitList(c.String("retry-on")) {
		status, err := strconv.Atoi(word)
		switch {
		case word == "connect":
			r.Kinds = append(r.Kinds, openai.KindRefused, openai.KindConnect, openai.KindDNS, openai.KindTimeoutConnect)
		case word == "reset":
			r.Kinds = append(r.Kinds, openai.KindReset)
		case err == nil && status >= 400 && status <= 599:
			r.Statuses = append(r.Statuses, status)
		default:
			return r, fmt.Errorf("--retry-on %q: expected HTTP statuses from 400 to 599, connect or reset", word)
		}
	}
	return r, nil
}

// proxy returns the proxy for the targets: the one that was named, or that of the environment.
func (plan *benchPlan) proxy(named string) (*url.URL, error) {
	switch named {
	case "none":
		return nil, nil
	case "":
		return plan.environmentProxy()
	}
	plan.config["proxy"] = withoutSecrets(named)
	u, err := url.Parse(named)
	if err != nil || u.Host == "" {
		return nil, errors.New("--proxy: expected a URL such as http://proxy.example:3128, or none")
	}
	return u, nil
}

// environmentProxy is what the variables for it say; all targets must have the same.
func (plan *benchPlan) environmentProxy() (*url.URL, error) {
	var found *url.URL
	for i, target := range plan.urls {
		u, err := url.Parse(target)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" {
			u = &url.URL{} // a Unix socket, or what openai.New refuses: no proxy is for it
		}
		proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
		if err != nil {
			return nil, fmt.Errorf("the proxy that the environment names: %w; mend it, or give --proxy none", err)
		}
		switch {
		case i == 0:
		case (proxy == nil) != (found == nil):
			return nil, errors.New("the environment has a proxy for some of the targets only: name it with --proxy, or give --proxy none")
		case proxy != nil && proxy.String() != found.String():
			return nil, errors.New("the environment has different proxies for the targets: name one with --proxy, or give --proxy none")
		}
		found = proxy
	}
	return found, nil
}
