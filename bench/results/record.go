// Package results is the file of a run: its parquet schema, a crash-safe
// writer, and a reader. It holds raw facts only; every number shown to anyone
// is derived from them by package metrics.
package results

// SchemaVersion is the version of the columns of [Record] and of [Run]. It is in every file's
// footer; readers refuse a newer one. Older ones are read: columns that they lack are empty, but for
// model, which is that of the run.
const SchemaVersion = 2

// Statuses of a [Record].
const (
	StatusOK         = "ok"         // the answer came to its end
	StatusError      = "error"      // the request failed; ErrorKind says how
	StatusUnfinished = "unfinished" // cut off by the end of the benchmark or by an interrupt
	StatusCancelled  = "cancelled"  // given up on purpose, as users do who stop an answer: no failure of the server
)

// Sources of a count of output tokens.
const (
	TokensFromUsage     = "usage"     // the server's usage object
	TokensFromTokenizer = "tokenizer" // a tokenizer on this side, over the answer's text; [Run.Tokenizer] names it
	TokensFromChunks    = "chunks"    // one per content chunk: a lower bound
	TokensUnknown       = "none"      // nothing arrived to count
	TokensUncounted     = "uncounted" // the answer came whole, and nobody counted
	TokensNotAsked      = "not_asked" // there are none: an embedding or a ranking was asked for
)

// ErrorBodyLimit is how many bytes of [Record.ErrorBody] the [Writer] keeps.
const ErrorBodyLimit = 2048

// A Record is one request: one row of the file. All instants are nanoseconds on the monotonic clock since
// the start of the run ([Run.StartedAt]); an instant of 0 means that the event did not happen (null in the file).
type Record struct {
	// Identity.
	Run               string  `parquet:"run,dict"`                    // [Run.ID]
	Benchmark         int32   `parquet:"benchmark,delta"`             // index into [Run.Benchmarks]
	Strategy          string  `parquet:"strategy,dict"`               // synchronous, concurrent, throughput, constant
	TargetRate        float64 `parquet:"target_rate,optional"`        // requests/s asked for; null in a closed loop
	TargetConcurrency int32   `parquet:"target_concurrency,optional"` // slots of a closed loop; null in an open one
	Sequence          int64   `parquet:"sequence,delta"`              // index of the request in its benchmark
	Shard             int32   `parquet:"shard,delta"`                 // index of the machine that sent it
	Warmup            bool    `parquet:"warmup"`                      // sent before the measured window; left out of every figure but throughput and concurrency inside it
	Cooldown          bool    `parquet:"cooldown"`                    // sent after the measured window, to keep the load up while it drains; left out of every figure
	Model             string  `parquet:"model,dict"`                  // of this request; that of the run unless the run mixes several
	Target            string  `parquet:"target,optional,dict"`        // URL without secrets of the server that got it; null when the run has only [Run.Target]
	Session           *int64  `parquet:"session,optional"`            // conversation that the request is a turn of, from 0 in its benchmark; null for single requests
	Turn              *int32  `parquet:"turn,optional"`               // of that conversation, from 0
	RequestID         string  `parquet:"request_id"`                  // sent as X-Request-Id
	PromptLine        int64   `parquet:"prompt_line,delta"`           // line of the prompt file, from 1
	PromptSHA256      string  `parquet:"prompt_sha256,dict"`          // hex digest of the prompt text
	SourceRow         *int64  `parquet:"source_row,optional"`         // row of the dataset, from 0, when the lineage is known

	// Instants, ns.
	DueNS         int64   `parquet:"due_ns,delta"`                               // when the schedule wanted it sent; in a closed loop, when its slot was free
	SentNS        int64   `parquet:"sent_ns,optional,delta"`                     // just before the request was handed to the connection
	ConnectedNS   int64   `parquet:"connected_ns,optional,delta"`                // a usable connection was there (new or reused)
	HeadersNS     int64   `parquet:"headers_ns,optional,delta"`                  // the response header was there
	FirstChunkNS  int64   `parquet:"first_chunk_ns,optional,delta"`              // first data event of the stream, whatever is in it
	FirstTokenNS  int64   `parquet:"first_token_ns,optional,delta"`              // first non-empty content, reasoning or tool-call delta
	FirstOutputNS int64   `parquet:"first_output_ns,optional,delta"`             // first non-empty content that is not reasoning
	LastTokenNS   int64   `parquet:"last_token_ns,optional,delta"`               // last such delta
	DoneNS        int64   `parquet:"done_ns,optional,delta"`                     // end of the answer, or the failure
	ChunkNS       []int64 `parquet:"chunk_ns,list" parquet-element:",delta"`     // each chunk that carried content, reasoning or a tool call
	ChunkTokens   []int32 `parquet:"chunk_tokens,list" parquet-element:",delta"` // tokens of each, where the server says so; else empty

	// Quality of the instants.
	TimeSource      string `parquet:"time_source,dict"`       // "kernel" (SO_TIMESTAMPNS) or "clock" (read by the program after the read)
	CoalescedChunks int32  `parquet:"coalesced_chunks,delta"` // chunks that shared one read with another, so share its instant

	// Tokens.
	PromptTokens    *int64 `parquet:"prompt_tokens,optional"`
	OutputTokens    int64  `parquet:"output_tokens,delta"`
	ReasoningTokens *int64 `parquet:"reasoning_tokens,optional"`
	CachedTokens    *int64 `parquet:"cached_tokens,optional"`
	TokenSource     string `parquet:"token_source,dict"` // who counted OutputTokens

	// The server's own account, where it gives one (llama.cpp's `timings`).
	ServerQueueMS     *float64 `parquet:"server_queue_ms,optional"`
	ServerPromptMS    *float64 `parquet:"server_prompt_ms,optional"`
	ServerPredictedMS *float64 `parquet:"server_predicted_ms,optional"`

	// Outcome.
	Status           string   `parquet:"status,dict"`
	ErrorKind        string   `parquet:"error_kind,optional,dict"`
	ErrorMessage     string   `parquet:"error_message,optional,dict"` // at most 200 printable characters
	ErrorBody        *string  `parquet:"error_body,optional"`         // start of the body that came with the failure, at most [ErrorBodyLimit] bytes
	HTTPStatus       int32    `parquet:"http_status,optional"`
	FinishReason     string   `parquet:"finish_reason,optional,dict"`
	Attempts         int32    `parquet:"attempts,delta"`           // times it was sent: 1, and 1 more for each retry, redirect and stale connection that was replaced
	Retries          int32    `parquet:"retries,optional,delta"`   // of Attempts, those after a failure that the run was told to retry on; SentNS is the first's
	Redirects        int32    `parquet:"redirects,optional,delta"` // of Attempts, those that the server sent on to another of its paths
	ConnectionReused bool     `parquet:"connection_reused"`
	BytesReceived    int64    `parquet:"bytes_received,delta"`   // of the response body
	ResponseText     *string  `parquet:"response_text,optional"` // only when asked for
	Expected         *string  `parquet:"expected,optional"`
	Score            *float64 `parquet:"score,optional"` // 0 to 1
}
