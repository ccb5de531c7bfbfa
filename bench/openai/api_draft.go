package openai

// DRAFT of the surface that others build on. The owner of this package replaces this file.

import (
	"context"
	"time"
)

// Message is one turn of a chat.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// BodyOptions is what goes into every request body.
type BodyOptions struct {
	Endpoint  Endpoint
	Model     string
	MaxTokens int // 0: the server's default
}

// AppendBody appends the JSON body of a streaming request (stream_options.include_usage true). For Completions
// the messages' contents are joined.
func AppendBody(dst []byte, o BodyOptions, messages []Message) []byte { panic("draft") }

// Client sends requests. Safe for concurrent use.
type Client struct{}

// New checks the configuration; it does not connect.
func New(cfg Config) (*Client, error) { panic("draft") }

// Do performs one request and fills resp, whose slices it may reuse.
func (c *Client) Do(ctx context.Context, req *Request, resp *Response) { panic("draft") }

// Models returns the ids of GET /v1/models, in the server's order.
func (c *Client) Models(ctx context.Context) ([]string, error) { panic("draft") }

// WaitReady asks /v1/models until it answers with 200, or limit has passed: while the server refuses
// connections or says 503 it waits.
func (c *Client) WaitReady(ctx context.Context, limit time.Duration) error { panic("draft") }

// CloseIdle closes the connections that no request uses.
func (c *Client) CloseIdle() { panic("draft") }
