// Package openai performs one streaming request against an OpenAI-compatible
// server and says what arrived when. It knows nothing of load, schedules or
// results.
//
// Arrival times are the kernel's where it gives them (see [Response.KernelTimes]), and each chunk carries the time
// of the very read of the socket that delivered its last byte.
//
// Two engines carry the requests, with one parser above them and one kind of connection below: [EngineHTTP1], whose
// every token costs a read of the socket and no more, and [EngineNetHTTP] for what that one does not take.
package openai

import (
	"crypto/tls"
	"time"
)

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
//
// [Client.Do] overwrites all of it and reuses the memory of Chunks, ChunkTokens and Text: one Response serves a
// worker for any number of requests, and what is to outlive the next one must be copied.
type Response struct {
	Sent       int64 // just before the request was handed over; of the last attempt
	Connected  int64 // a connection was there, new or kept
	Headers    int64 // the end of the response header arrived
	FirstChunk int64 // first data event, whatever is in it
	// FirstToken is the first non-empty content, reasoning or tool-call delta, FirstOutput the first non-empty
	// content, and LastToken the last of what FirstToken is the first of.
	FirstToken, FirstOutput, LastToken int64
	Done                               int64 // the end of the answer ([DONE] or the last byte) arrived, or the failure was seen

	Chunks      []int64 // every chunk with content, reasoning or a tool call
	ChunkTokens []int32 // tokens of each where the server sends continuous usage; else empty
	Coalesced   int     // of Chunks, those that came in one read with another of them, so share its instant
	KernelTimes bool    // every instant of arrival is the kernel's; false when even one had to be read from the clock

	Usage         Usage
	ServerTimings *ServerTimings
	Text          []byte // the content of the answer, without reasoning and tool calls; nil without Config.KeepText
	FinishReason  string

	HTTPStatus int
	// Attempts is 1; or 2 when a kept connection proved dead before any of the answer came, and a new one was used.
	Attempts int
	Reused   bool  // the connection had served another request before
	Bytes    int64 // of the body, without its transfer coding
	Err      *Error
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
	KindReset     Kind = "connection_reset" // or closed before the response header was complete
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
	Status  int // HTTP status of a [KindHTTP]; else 0
	Message string
	Err     error // underlying, may be nil
}

func (e *Error) Error() string { return string(e.Kind) + ": " + e.Message }
func (e *Error) Unwrap() error { return e.Err }

// The engines that carry requests. Both give the same account of the same answer; the first costs less.
const (
	EngineHTTP1   = "http1"    // HTTP/1.1 of this package's own, on Linux
	EngineNetHTTP = "net/http" // Go's
)

// Config is how to reach the server.
type Config struct {
	BaseURL   string // "http://127.0.0.1:8000"; a trailing "/v1" or "/" is taken off
	Endpoint  Endpoint
	APIKey    string            // sent as a bearer token, to BaseURL's host only
	Header    map[string]string // further request headers
	TLS       *tls.Config       // for https; nil means the system's roots
	Epoch     time.Time         // instants count from here; must carry a monotonic reading; zero means when New was called
	KeepText  bool
	MaxLine   int           // longest SSE line (and event, and JSON reply), bytes; 0 means 16 MiB
	MaxChunks int           // most chunks of one answer; 0 means 1,048,576: a stream without end must not fill the memory
	Timeout   time.Duration // of a whole request; 0 means none
	Conns     int           // connections kept idle for reuse; 0 means enough for any concurrency
	Engine    string        // EngineHTTP1 or EngineNetHTTP; empty means the first where it can be had
}
