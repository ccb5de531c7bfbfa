// Package openai performs one streaming request against an OpenAI-compatible
// server and says what arrived when. It knows nothing of load, schedules or
// results.
package openai

import "time"

// Endpoint is a path of the OpenAI API.
type Endpoint string

// The endpoints the client speaks.
const (
	Chat        Endpoint = "/v1/chat/completions"
	Completions Endpoint = "/v1/completions"
)

// A Request is one call. Body is the whole JSON body (see [AppendBody]).
type Request struct {
	ID   string // sent as X-Request-Id
	Body []byte
}

// Response is what came back, in raw instants: nanoseconds since [Config.Epoch] on the monotonic clock; 0 is never.
// A failed request is a Response with Err set, holding everything that arrived before the failure.
type Response struct {
	Sent, Connected, Headers            int64
	FirstChunk, FirstToken, FirstOutput int64
	LastToken, Done                     int64
	Chunks                              []int64 // every chunk with content, reasoning or a tool call
	ChunkTokens                         []int32 // tokens of each where the server sends continuous usage; else empty
	Coalesced                           int     // chunks that shared one read with another
	KernelTimes                         bool    // instants of arrival are the kernel's

	Usage         Usage
	ServerTimings *ServerTimings
	Text          []byte // the answer, when Config.KeepText
	FinishReason  string

	HTTPStatus int
	Attempts   int
	Reused     bool  // the connection had served another request before
	Bytes      int64 // of the body
	Err        *Error
}

// Usage is the server's count of tokens; nil fields were not given. The last usage object of a stream wins.
type Usage struct {
	Prompt, Output, Reasoning, Cached *int64
}

// ServerTimings is llama.cpp's own account of a request, in milliseconds.
type ServerTimings struct {
	PromptMS, PredictedMS float64
}

// Kind classes failures. The values are the error_kind column of results.
type Kind string

// Failure classes.
const (
	KindDNS       Kind = "dns"
	KindRefused   Kind = "connection_refused"
	KindConnect   Kind = "connect" // any other failure to connect
	KindTLS       Kind = "tls"
	KindTimeout   Kind = "timeout"
	KindReset     Kind = "connection_reset"
	KindTruncated Kind = "stream_truncated" // the body ended without [DONE] or a finish reason
	KindHTTP      Kind = "http_status"      // any status but 2xx
	KindBadStream Kind = "bad_stream"       // not SSE, not JSON, a line over the limit
	KindServer    Kind = "server_error"     // an error event inside a 200 stream
	KindCancelled Kind = "cancelled"        // the caller's context ended it
	KindOther     Kind = "other"
)

// Error is why a request failed. Message has at most 200 printable characters, without secrets.
type Error struct {
	Kind    Kind
	Message string
	Err     error // underlying, may be nil
}

func (e *Error) Error() string { return string(e.Kind) + ": " + e.Message }
func (e *Error) Unwrap() error { return e.Err }

// Config is how to reach the server.
type Config struct {
	BaseURL  string // "http://127.0.0.1:8000"; a trailing "/v1" or "/" is taken off
	Endpoint Endpoint
	APIKey   string            // sent as a bearer token, to BaseURL's host only
	Header   map[string]string // further request headers
	Epoch    time.Time         // instants count from here; must carry a monotonic reading
	KeepText bool
	MaxLine  int           // longest SSE line, bytes; 0 means 16 MiB
	Timeout  time.Duration // of a whole request; 0 means none
	Conns    int           // connections kept idle for reuse; 0 means enough for any concurrency
}
