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
	"net/url"
	"time"
)

// A Request is one call. Body is the whole JSON body (see [BodyOptions.Append]).
type Request struct {
	ID     string // sent as X-Request-Id
	Body   []byte
	Header []HeaderField // of this request alone, in place of those of the same name in every request

	// OnToken, unless nil, is called after each chunk with content, reasoning or a tool call, with how many there have
	// been: on the goroutine of [Client.Do] or [Pending.Finish], which it must not keep waiting.
	OnToken func(chunks int)

	turn *Client // of [Targets], whose it is to be sent; nil is the next one's
}

// Response is what came back, in raw instants: nanoseconds since [Config.Epoch] on the monotonic clock; 0 is never.
// A failed request is a Response with Err set, holding everything that arrived before the failure.
//
// [Client.Do] overwrites all of it and reuses the memory of Chunks, ChunkTokens and Text: one Response serves a
// worker for any number of requests, and what is to outlive the next one must be copied.
type Response struct {
	// Sent is just before the request was handed over: for the first time, where retries were asked for or the server
	// redirected, since who waits for an answer waits through these; after a stale connection, for the second.
	Sent       int64
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
	NoTokens      bool // an embedding or a ranking was asked for, which has none
	ServerTimings *ServerTimings
	Text          []byte // the content of the answer, without reasoning and tool calls; nil without Config.KeepText
	FinishReason  string

	HTTPStatus int
	// Attempts is how often the request was sent: once, once more for each of Retries and Redirects, and once more for
	// each kept connection that proved dead before any of the answer came.
	Attempts  int
	Retries   int    // further attempts that Config.Retry asked for
	Redirects int    // 307 and 308 that were followed
	Reused    bool   // the connection had served another request before
	Bytes     int64  // of the body, without its transfer coding
	Target    string // which server it was, where a [Targets] has several; else empty
	Err       *Error
	// ErrorBody is the start of what the server sent in place of an answer, in UTF-8, without secrets; else empty.
	ErrorBody []byte
}

// Usage is the server's count of tokens; nil fields were not given. Of each count the last in a stream wins.
type Usage struct {
	Prompt, Output, Reasoning, Cached *int64
}

// ServerTimings is the server's own account of a request, in milliseconds; nil fields were not given. llama.cpp calls
// them timings, Groq has them in its usage, Cerebras as time_info.
type ServerTimings struct {
	QueueMS, PromptMS, PredictedMS *float64
}

// Kind classes failures. The values are the error_kind column of results.
type Kind string

// Failure classes.
const (
	KindDNS       Kind = "dns"
	KindRefused   Kind = "connection_refused"
	KindConnect   Kind = "connect" // any other failure to connect
	KindTLS       Kind = "tls"
	KindReset     Kind = "connection_reset" // or closed before the response header was complete
	KindTruncated Kind = "stream_truncated" // the body ended without [DONE] or a finish reason
	KindHTTP      Kind = "http_status"      // any status but 2xx
	KindBadStream Kind = "bad_stream"       // not SSE, not JSON, a line over the limit
	KindServer    Kind = "server_error"     // an error event inside a 200 stream
	KindEmpty     Kind = "empty_answer"     // it ended well, but no token came and usage counts none; or the body is empty
	KindCancelled Kind = "cancelled"        // the caller's context ended it
	KindNotSent   Kind = "not_sent"         // it was never sent: there was no room for it while the load lasted
	KindOther     Kind = "other"

	KindTimeoutConnect    Kind = "timeout_connect"        // no connection, TLS included, within Config.ConnectTimeout
	KindTimeoutFirstToken Kind = "timeout_first_token"    // no token within Config.FirstTokenTimeout of sending
	KindTimeoutToken      Kind = "timeout_between_tokens" // nothing new within Config.TokenTimeout of a token
	KindTimeoutTotal      Kind = "timeout_total"          // no end of the answer within Config.Timeout
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
	EngineHTTP2   = "net/http over HTTP/2"
)

// Config is how to reach the server.
type Config struct {
	// BaseURL is "http://127.0.0.1:8000" or "https://…", of which a trailing "/v1" or "/" is taken off; or
	// "unix:///run/server.sock", or "http+unix://%2Frun%2Fserver.sock/path".
	BaseURL  string
	Endpoint Endpoint
	APIKey   string            // sent as a bearer token, to [Messages] as X-Api-Key, and to BaseURL's host only
	Header   map[string]string // further request headers
	TLS      *tls.Config       // for https; nil means the system's roots
	HTTP2    bool              // agreed on in the TLS handshake, or over http without asking
	Proxy    *url.URL          // http, https or socks5, maybe with user and password; nil means none
	Engine   string            // EngineHTTP1 or EngineNetHTTP; empty means the first where it can be had
	Conns    int               // connections kept idle for reuse; 0 means enough for any concurrency

	Epoch     time.Time // instants count from here; must carry a monotonic reading; zero means when New was called
	KeepText  bool
	MaxLine   int // longest SSE line (and event, and JSON reply), bytes; 0 means 16 MiB
	MaxChunks int // most chunks of one answer; 0 means 262,144: a stream without end must not fill the memory

	// Each limit that is passed fails the request with a kind of its own. 0 means none, but for ConnectTimeout 30 s.
	ConnectTimeout    time.Duration // to be connected, from dialling to the end of the TLS handshake
	FirstTokenTimeout time.Duration // from sending to the first token, or to a whole answer that is no stream
	TokenTimeout      time.Duration // from a token to the next, or to the end
	Timeout           time.Duration // of a whole request, all its attempts and the pauses between them included

	Retry Retry // the zero value never retries
}
