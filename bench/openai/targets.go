package openai

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
)

// Targets are servers that share the requests of a run: each request goes to the next, in turn. Safe for concurrent use.
type Targets struct {
	clients []*Client
	turn    atomic.Uint64
}

// NewTargets returns targets that differ in their URLs only, each named as in [Config.BaseURL], and of which none is
// given twice. With one of them, responses do not name it.
func NewTargets(cfg Config, urls []string) (*Targets, error) {
	if len(urls) == 0 {
		return nil, errors.New("no target")
	}
	t := &Targets{}
	for _, u := range urls {
		cfg.BaseURL = u
		c, err := New(cfg)
		if err != nil {
			return nil, err
		}
		if len(urls) > 1 {
			c.label = c.Address()
		}
		if slices.ContainsFunc(t.clients, func(other *Client) bool { return other.label == c.label }) {
			return nil, errors.New("target " + c.label + " is given twice")
		}
		t.clients = append(t.clients, c)
	}
	return t, nil
}

// Clients are the clients of the targets, in order.
func (t *Targets) Clients() []*Client { return t.clients }

// String lists the addresses, without secrets.
func (t *Targets) String() string { return t.list((*Client).Address) }

// Engine names what carries the requests, as [Client.Engine].
func (t *Targets) Engine() string { return t.list((*Client).Engine) }

// list is what is said of each client, each different one once.
func (t *Targets) list(of func(*Client) string) string {
	var all []string
	for _, c := range t.clients {
		if s := of(c); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return strings.Join(all, ",")
}

// Do performs one request, as [Client.Do].
func (t *Targets) Do(ctx context.Context, req *Request, resp *Response) {
	c := req.turn
	if req.turn = nil; c == nil {
		c = t.next()
	}
	c.Do(ctx, req, resp)
}

// Start begins one, as [Client.Start]. A request that it cannot begin keeps its turn for Do.
func (t *Targets) Start(ctx context.Context, req *Request, resp *Response) (Pending, bool) {
	c := t.next()
	p, ok := c.Start(ctx, req, resp)
	if !ok {
		req.turn = c
	}
	return p, ok
}

func (t *Targets) next() *Client {
	return t.clients[(t.turn.Add(1)-1)%uint64(len(t.clients))]
}

// CloseIdle closes the connections that no request uses.
func (t *Targets) CloseIdle() {
	for _, c := range t.clients {
		c.CloseIdle()
	}
}
