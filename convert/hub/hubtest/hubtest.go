// Package hubtest is the Hub double: a real HTTP server that serves a folder as datasets, the way the Hugging
// Face Hub does, down to its odd corners, with every fault on demand. It serves tests, demonstrations and
// machines without internet.
//
// The folder is laid out ORG/NAME/files. A folder ORG/NAME@REVISION holds another revision of the same
// dataset, with the revision percent-encoded, as in NAME@refs%2Fconvert%2Fparquet. Commits are hashes of the
// content, so the same folder always serves the same commits. Files of at least 10 MiB, and all parquet files, are in
// the large-file storage. What the double has done so far is at /double/stats and in [Hub.Stats].
package hubtest

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options says how the double behaves. The zero value serves everything to everybody, without faults.
type Options struct {
	Addr     string            // where [Start] listens for the Hub; "" means a free port on loopback
	CDN      string            // base URL of the storage host; "" means the folder /cdn of the Hub itself
	PageSize int               // entries of a page of a listing; 0 means 1000
	Tokens   []string          // the valid tokens; nil means that any is
	Repos    map[string]Access // who may see "org/name"; absent means everybody
	Faults   []Fault           // what goes wrong
	Seed     int64             // of the faults that strike by chance or at any place
	Quota    Quota             // how many requests are answered before 429

	// LinkLifetime is how long the signed links to the storage host work; 0 means for ever. A body that has begun is
	// sent to its end, but ranges asked for later are refused.
	LinkLifetime time.Duration

	// A line that is not loopback: Delay is its round trip, added to every request and, by [Start], to every new
	// connection. The rates are in bytes per second, of each connection and of all together, in either direction, and
	// only [Start] keeps them; 0 means no limit.
	Delay          time.Duration
	ConnectionRate int64
	TotalRate      int64

	// Now is the clock of links and quotas; nil means [time.Now].
	Now func() time.Time

	Writable  bool               // take uploads, kept in memory until the end; else they are refused
	PartSize  int64              // uploads of more bytes go in parts of this size; 0 means in one piece
	MaxUpload int64              // larger files are refused; 0 means none is
	Accounts  map[string]Account // by token; a token without one may write everywhere

	// Observe, when not nil, is told of every request before it is answered. It may be called from several
	// goroutines at once and must not keep the request.
	Observe func(Route, *http.Request)

	// Items, when not nil, may change the listing of a repository before it is sent, as a hostile or broken
	// server would.
	Items func(repo string, items []Item) []Item
}

// Access is who may see a dataset.
type Access struct {
	Private  bool     // seen only with a granted token
	Gated    bool     // listed for everybody, downloaded only with a granted token
	Disabled bool     // refused to everybody
	Granted  []string // tokens; nil means every valid one
}

// Route is the part of the Hub that a request is for.
type Route string

// The routes of a [Hub].
const (
	API     Route = "api"     // JSON about repositories
	Resolve Route = "resolve" // files, or redirects to them
	CDN     Route = "cdn"     // the storage host behind signed links
)

// Item is one entry of a listing.
type Item struct {
	Type string `json:"type"` // "file" or "directory"
	OID  string `json:"oid"`
	Size int64  `json:"size"`
	Path string `json:"path"`
	LFS  *LFS   `json:"lfs,omitempty"`

	LastCommit *Commit   `json:"lastCommit,omitempty"`         // only when asked for with expand
	Security   *Security `json:"securityFileStatus,omitempty"` // as LastCommit
}

// LFS says that a file is in the large-file storage.
type LFS struct {
	OID         string `json:"oid"` // sha256
	Size        int64  `json:"size"`
	PointerSize int    `json:"pointerSize"`
}

// Hub serves a folder. It is an [http.Handler] for all routes, safe for concurrent use.
type Hub struct {
	opts  Options
	fsys  fs.FS
	repos map[string]*repo

	mu   sync.Mutex
	luck []luck // per fault

	counts  *counts
	meter   meter
	anyHost bool // the storage is at whatever name the client has for this host

	uploads uploads
}

// New reads the whole folder once, to hash it; what changes afterwards is not served. Without any dataset in it there
// is nothing to do, unless datasets can be uploaded.
func New(fsys fs.FS, opts Options) (*Hub, error) {
	if opts.PageSize <= 0 {
		opts.PageSize = 1000
	}
	opts.CDN = strings.TrimRight(opts.CDN, "/")
	repos, err := scan(fsys)
	if err != nil {
		return nil, fmt.Errorf("hub double: %w", err)
	}
	if len(repos) == 0 && !opts.Writable {
		return nil, errors.New("hub double: no datasets: expected folders ORG/NAME")
	}
	h := &Hub{
		opts: opts, repos: repos, luck: make([]luck, len(opts.Faults)),
		counts: newCounts(), meter: meter{windows: map[windowKey]*window{}},
	}
	h.fsys = withUploads{fsys, &h.uploads}
	return h, nil
}

// Repos returns the names of the datasets, sorted.
func (h *Hub) Repos() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for name := range h.repos {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Commit returns the commit of a revision ("" is main) of a dataset; "" when there is none.
func (h *Hub) Commit(name, rev string) string {
	if r := h.repo(name); r != nil {
		if t := r.find(rev); t != nil {
			return t.commit
		}
	}
	return ""
}

func (h *Hub) now() time.Time {
	if h.opts.Now != nil {
		return h.opts.Now()
	}
	return time.Now()
}
