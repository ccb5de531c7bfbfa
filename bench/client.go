package bench

import (
	"context"

	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
)

// A Client performs one request and fills resp, all of whose previous content it overwrites and whose slices it may
// reuse. A request that fails is a Response with Err set. Do returns soon after ctx is done. Safe for concurrent use.
type Client interface {
	Do(ctx context.Context, req *openai.Request, resp *openai.Response)
}

// A Starter is a Client that can write a request on the goroutine that calls it, so that an open loop need not wait
// for another goroutine to run. False says that this one cannot be written without waiting, and that Do is to do it.
type Starter interface {
	Client
	Start(ctx context.Context, req *openai.Request, resp *openai.Response) (openai.Pending, bool)
}

// A Sink stores records. The runner calls it from one goroutine at a time. It keeps nothing of a record after
// Write returns.
type Sink interface {
	Write(*results.Record) error
	// Tick is called about once a second, so that a sink can make what it has survive a crash.
	Tick() error
}

var (
	_ Starter = (*openai.Client)(nil)
	_ Sink    = (*results.Writer)(nil)
)
