package results

import (
	"encoding/json"
	"time"
)

// Run is what the rows of a file have in common. It is one JSON value in the parquet footer, under the key
// "promptmill.run"; it never holds a credential.
type Run struct {
	SchemaVersion int             `json:"schema_version"`
	ID            string          `json:"id"`
	Tool          string          `json:"tool"` // "promptmill 0.1.0 (commit)"
	StartedAt     time.Time       `json:"started_at"`
	Target        string          `json:"target"`   // URL without user, password and query
	Endpoint      string          `json:"endpoint"` // "/v1/chat/completions"
	Model         string          `json:"model"`
	Engine        string          `json:"engine"` // of openai.Client: "http1" or "net/http"
	Config        map[string]any  `json:"config"` // every option of the run
	Seed          int64           `json:"seed"`
	Prompts       PromptSet       `json:"prompts"`
	Host          Host            `json:"host"`
	Benchmarks    []Benchmark     `json:"benchmarks"`
	Tokenizer     string          `json:"tokenizer,omitempty"`  // that counted where a row says [TokensFromTokenizer]: its name, or the file and its SHA-256
	Stopped       string          `json:"stopped,omitempty"`    // why the run ended before its plan did: "interrupted"; empty when it did not
	Search        *Search         `json:"search,omitempty"`     // what a search for the highest load found; nil without one
	Conclusion    string          `json:"conclusion,omitempty"` // what a sweep or search says at its end, for people
	Parts         []Part          `json:"parts,omitempty"`      // the runs that were merged into this one, by start; empty for a single run
	Shard         string          `json:"shard,omitempty"`      // "1/4" of a run that several machines send together; empty for one that is whole or merged
	Clock         *Clock          `json:"clock,omitempty"`      // how far this machine's clock was from another; nil where nobody looked, or nobody told
	Resumed       []Resumption    `json:"resumed,omitempty"`    // each time that it went on after it had stopped; empty for one that never stopped
	Manifest      json.RawMessage `json:"manifest,omitempty"`   // the prompt file's manifest, as it was

	// ServerMetrics are under a key of their own, "promptmill.server_metrics". A [Writer] adds to them what
	// [Writer.AddServerSample] was given.
	ServerMetrics []ServerMetrics `json:"-"`
}

// Search is what a search for the highest load that keeps an SLO found.
type Search struct {
	SLO          string  `json:"slo"`
	Over         string  `json:"over"`            // "rate" (requests/s) or "concurrency" (slots): the unit of the loads
	Found        float64 `json:"found,omitempty"` // highest load that keeps the SLO; 0 when none does
	FoundDetail  string  `json:"found_detail,omitempty"`
	Missed       float64 `json:"missed,omitempty"` // lowest load that misses it; 0 when none does
	MissedDetail string  `json:"missed_detail,omitempty"`
	Confidence   float64 `json:"confidence,omitempty"` // with which both are known; 0 when the samples were too small to say
	Benchmarks   int     `json:"benchmarks"`           // that the search took
	Ended        string  `json:"ended,omitempty"`      // why it ended; empty when it was stopped
}

// Resumption says that a run went on in another process. Its benchmarks are those that began after it.
type Resumption struct {
	AtNS int64  `json:"at_ns"` // since the start of the run
	Tool string `json:"tool"`  // as in [Run]
	Host Host   `json:"host"`
}

// Part is one of the runs that a merged file is made of. Rows keep its ID in their column run.
type Part struct {
	ID        string    `json:"id"`
	Shards    []int32   `json:"shards"`          // of its rows, ascending
	Shard     string    `json:"shard,omitempty"` // as in [Run]
	StartedAt time.Time `json:"started_at"`      // by the clock of its own machine
	OffsetNS  int64     `json:"offset_ns"`       // its start after that of the merged run: added to all its instants
	Rows      int64     `json:"rows"`
	Host      Host      `json:"host"`
	Clock     *Clock    `json:"clock,omitempty"` // as in [Run]
	Stopped   string    `json:"stopped,omitempty"`
}

// Clock is how far the clock of the machine that sent the load was from that of another machine. No instant of the file
// is corrected by it.
type Clock struct {
	Reference string `json:"reference"` // URL that told its time, without user, password and query
	OffsetNS  int64  `json:"offset_ns"` // of the reference: its time less this machine's
	ErrorNS   int64  `json:"error_ns"`  // by which the offset may be wrong, either way: half of the time that asking took
}

// PromptSet says which prompts were sent.
type PromptSet struct {
	Path   string `json:"path"`
	Format string `json:"format"` // "txt" or "jsonl"
	SHA256 string `json:"sha256"`
	Count  int    `json:"count"`
}

// Host describes the machine that sent the load.
type Host struct {
	OS          string `json:"os"`
	Arch        string `json:"arch"`
	Kernel      string `json:"kernel,omitempty"`
	CPU         string `json:"cpu,omitempty"`
	CPUs        int    `json:"cpus"` // that the process may use: fewer than the machine has under a quota
	MemoryBytes int64  `json:"memory_bytes,omitempty"`
	GoVersion   string `json:"go_version"`
}

// Benchmark is one strategy at one load. Instants are ns since the start of the run.
type Benchmark struct {
	Index             int     `json:"index"`
	Strategy          string  `json:"strategy"`
	TargetRate        float64 `json:"target_rate,omitempty"`        // requests/s
	TargetConcurrency int     `json:"target_concurrency,omitempty"` // slots
	StartNS           int64   `json:"start_ns"`                     // start of the measured window
	SendEndNS         int64   `json:"send_end_ns"`                  // the last request was sent, or sending was stopped
	WindowEndNS       int64   `json:"window_end_ns"`                // end of the measured window: the time limit or interrupt where one ended it, else the last answer
	EndNS             int64   `json:"end_ns"`                       // the last answer, after the drain
	StopReason        string  `json:"stop_reason"`                  // "max_requests", "max_seconds", "prompts", "interrupted", ...
	StopDetail        string  `json:"stop_detail,omitempty"`        // the evidence for StopReason in plain words: "12 of the last 100 requests failed"
	Health            Health  `json:"health"`

	// What else tells the load of this benchmark from that of another.
	Shape      string            `json:"shape,omitempty"`       // of a load that TargetRate and TargetConcurrency do not describe: "10/s:30s,50/s:1m" of stages, "burstiness 0.5", "think 2s..5s"
	Cap        int               `json:"cap,omitempty"`         // most requests in flight at once in an open loop; what waits keeps its due time. 0 is no cap
	PrefillCap int               `json:"prefill_cap,omitempty"` // most requests that waited for their first token at once, as Cap
	Vary       map[string]string `json:"vary,omitempty"`        // options of this benchmark that the run varies, by the name of their flag

	// Parts of the benchmark before and after the measured window. Zero where there is none.
	WarmupStartNS int64 `json:"warmup_start_ns,omitempty"` // start of the warm-up, which ends at StartNS
	CooldownEndNS int64 `json:"cooldown_end_ns,omitempty"` // end of sending in the cool-down, which starts at WindowEndNS

	PromptsTaken int64 `json:"prompts_taken,omitempty"` // from the prompt file, over and over, by all shards from the start of the run to the end of this benchmark
	TurnsDropped int64 `json:"turns_dropped,omitempty"` // turns of sessions begun that were not sent: one before them had no whole answer, or sending ended

	// Windows are the measured windows one after the other, where merged runs were apart in time; what lies between
	// them was not measured. Empty for one window, which the instants above are.
	Windows []Window `json:"windows,omitempty"`
}

// Window is a measured window, as in [Benchmark].
type Window struct {
	StartNS     int64 `json:"start_ns"`
	SendEndNS   int64 `json:"send_end_ns"`
	WindowEndNS int64 `json:"window_end_ns"`
	EndNS       int64 `json:"end_ns"`
}

// Health is how the client itself fared in a benchmark: what decides whether its numbers are the server's.
type Health struct {
	CPUSeconds        float64 `json:"cpu_seconds"` // of this process
	WallSeconds       float64 `json:"wall_seconds"`
	GCCount           int     `json:"gc_count"`
	GCPauseMaxNS      int64   `json:"gc_pause_max_ns"`
	SinkBacklogMax    int     `json:"sink_backlog_max"` // records waiting to be written, at worst
	ConnectionsOpened int     `json:"connections_opened"`
	ConnectionsReused int     `json:"connections_reused"`
	SuspendedNS       int64   `json:"suspended_ns,omitempty"` // longest time for which the client did not run at all: stopped, or the machine asleep
	Pacing            string  `json:"pacing"`                 // how sending was timed: "thread", "timer", or "none" in a closed loop
}
