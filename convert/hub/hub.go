// Package hub reads datasets from the Hugging Face Hub, or from a server that speaks its protocol, and keeps
// them in the cache that Python's huggingface_hub uses, so that either finds what the other downloaded.
//
// A name is turned into a plan by [Client.Resolve]: the commit, the config, the split and the parquet files to
// read. [Client.Download] fetches what is missing; a file appears in the cache only when its bytes have
// the hash that the Hub's listing promises. Everything is pinned to the commit, so a push to the
// repository between two requests cannot mix two versions.
//
// What servers say is untrusted: names are confined to the cache, sizes are bounded, redirects are followed one
// by one, and the token is sent to the endpoint's host and to no other.
package hub

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/quota"
	"github.com/promptmill/promptmill/convert/hub/internal/tokens"
)

// DefaultEndpoint is the Hub that a [Config] without an endpoint means.
const DefaultEndpoint = "https://huggingface.co"

// Defaults of the zero values in [Config].
const (
	defaultTimeout = 30 * time.Second
	maxOrigin      = 200 // characters
)

// Config says which Hub to ask, as whom, and where to keep what it sends. CacheDir must be set; every other
// field works at its zero value.
type Config struct {
	Endpoint  string        // base URL of the Hub; "" means [DefaultEndpoint]
	Token     string        // sent as a bearer token to the endpoint's host only; "" means anonymous
	CacheDir  string        // the folder that Python calls HF_HUB_CACHE
	Offline   bool          // use the cache only; never touch the network
	UserAgent string        // "" means "promptmill"
	Jobs      int           // most connections at once, over all files; 0 means 16, and more than 64 are 64. How many are used adapts to what they bring
	Timeout   time.Duration // longest wait for the next byte of an answer; 0 means 30 s

	// AskTimeout is the longest wait for an answer about a dataset, rather than for its bytes; 0 means Timeout.
	AskTimeout time.Duration

	// Login says how to get a better token than Token; the zero value leaves it at Token.
	Login Login

	// AllProxy is the URL of a proxy for requests that HTTP_PROXY and HTTPS_PROXY say nothing about, unless NoProxy,
	// a list in the form of NO_PROXY, has the host. Neither counts when HTTP is set.
	AllProxy, NoProxy string

	// HTTPProxy and HTTPSProxy are the variables HTTP_PROXY and HTTPS_PROXY. [New] only checks them: net/http reads them
	// itself, and takes one that is no URL for none.
	HTTPProxy, HTTPSProxy string

	Origin string // added to UserAgent as "; origin/..."
	Debug  bool   // tell Logf of every request

	// NoProgress is that the user wants no progress bars. It is for whoever sets Progress; this package does not
	// read it.
	NoProgress bool

	// DisableSymlinks puts the files themselves into the snapshots of the cache, as Python does where there are
	// no symlinks.
	DisableSymlinks bool

	// HTTP is the client whose transport is used; nil means one of the package's own, which honours the proxy
	// variables as net/http does. Its CheckRedirect, Jar and Timeout are not used.
	HTTP *http.Client

	// Logf receives notices (retries, waits) as single lines without a line feed; nil drops them. It may be
	// called from several goroutines.
	Logf func(format string, args ...any)

	// Progress is told how far a download is; nil means nobody asks. Calls never overlap.
	Progress func(Progress)
}

// Progress is how far a [Client.Download] is. Bytes can shrink when a file has to start again.
type Progress struct {
	Files, TotalFiles int   // complete files, and all of them
	Bytes, TotalBytes int64 // bytes in the cache, and all of them

	// Kept is how many of Bytes were counted without being received: complete files that were there, and what an earlier
	// run has left of others. Bytes less Kept grows by what comes over the network. Kept never shrinks.
	Kept int64
}

// Client talks to one Hub. It is safe for concurrent use.
type Client struct {
	cfg       Config
	endpoint  *url.URL
	transport http.RoundTripper
	sleep     func(context.Context, time.Duration) error
	jitter    func() float64 // in [0, 1)
	creds     *credentials
	pace      quota.Pacer
	listings  listings
	warned    warnings
	answered  atomic.Bool // somebody has, so the network works
}

// New checks the configuration. It connects to nothing and creates nothing.
func New(cfg Config) (*Client, error) {
	if cfg.CacheDir == "" {
		return nil, errors.New("hub: no cache folder: set HF_HUB_CACHE or HF_HOME, or HOME")
	}
	endpoint, err := parseEndpoint(cfg.Endpoint)
	if err != nil {
		return nil, err
	}
	if cfg.CacheDir, err = filepath.Abs(cfg.CacheDir); err != nil {
		return nil, fmt.Errorf("hub: cache folder: %w", err)
	}
	if tokens.Bad(cfg.Token) {
		return nil, errors.New("hub: the token holds a space or a character that no token has: check HF_TOKEN and the token file")
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = "promptmill"
	}
	if cfg.Jobs <= 0 {
		cfg.Jobs = maxConnections
	}
	cfg.Jobs = min(cfg.Jobs, mostJobs)
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.Logf == nil {
		cfg.Logf = func(string, ...any) {}
	}
	if cfg.Origin != "" {
		cfg.UserAgent += "; origin/" + fault.Printable(cfg.Origin, maxOrigin)
	}
	transport, err := transportFor(cfg)
	if err != nil {
		return nil, err
	}
	c := &Client{
		cfg:       cfg,
		endpoint:  endpoint,
		transport: transport,
		sleep:     sleep,
		jitter:    rand.Float64,
	}
	c.creds = newCredentials(c)
	return c, nil
}

// CloseIdle closes the connections that no request uses.
func (c *Client) CloseIdle() { (&http.Client{Transport: c.transport}).CloseIdleConnections() }

func parseEndpoint(raw string) (*url.URL, error) {
	raw = strings.TrimRight(raw, "/")
	if raw == "" {
		raw = DefaultEndpoint
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("hub: HF_ENDPOINT is not a URL with http:// or https:// and a host: expected something like " + DefaultEndpoint)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("hub: HF_ENDPOINT %s://%s: a user name, a query or a fragment has no place there; put the token in HF_TOKEN", u.Scheme, u.Host)
	}
	return u, nil
}

// sleep waits for d, or less when ctx ends first.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
