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
	Stopped       string          `json:"stopped,omitempty"`  // why the run ended before its plan did: "interrupted"; empty when it did not
	Parts         []Part          `json:"parts,omitempty"`    // the runs that were merged into this one, by start; empty for a single run
	Manifest      json.RawMessage `json:"manifest,omitempty"` // the prompt file's manifest, as it was
}

// Part is one of the runs that a merged file is made of. Rows keep its ID in their column run.
type Part struct {
	ID        string    `json:"id"`
	Shards    []int32   `json:"shards"`     // of its rows, ascending
	StartedAt time.Time `json:"started_at"` // by the clock of its own machine
	OffsetNS  int64     `json:"offset_ns"`  // its start after that of the merged run: added to all its instants
	Rows      int64     `json:"rows"`
	Host      Host      `json:"host"`
	Stopped   string    `json:"stopped,omitempty"`
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
	Health            Health  `json:"health"`

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
	Pacing            string  `json:"pacing"` // how sending was timed: "thread", "timer", or "none" in a closed loop
}
