// Package hubtest is the Hub double: a real HTTP server that serves a folder as datasets, the way the Hugging
// Face Hub does, down to its odd corners, with every fault on demand. It serves tests, demonstrations and
// machines without internet.
//
// The folder is laid out ORG/NAME/files. A folder ORG/NAME@REVISION holds another revision of the same
// dataset, with the revision percent-encoded, as in NAME@refs%2Fconvert%2Fparquet. Commits are hashes of the
// content, so the same folder always serves the same commits.
package hubtest

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Options says how the double behaves. The zero value serves everything to everybody, without faults.
type Options struct {
	Addr     string            // where [Start] listens for the Hub; "" means a free port on loopback
	CDN      string            // base URL of the storage host; "" means the folder /cdn of the Hub itself
	PageSize int               // entries of a page of a listing; 0 means 1000
	Tokens   []string          // the valid tokens; nil means that any is
	Repos    map[string]Access // who may see "org/name"; absent means everybody
	Faults   []Fault           // what goes wrong

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
	hits []int // per fault, how often it has struck
}

// New reads the whole folder once, to hash it; what changes afterwards is not served.
func New(fsys fs.FS, opts Options) (*Hub, error) {
	if opts.PageSize <= 0 {
		opts.PageSize = 1000
	}
	opts.CDN = strings.TrimRight(opts.CDN, "/")
	repos, err := scan(fsys)
	if err != nil {
		return nil, fmt.Errorf("hub double: %w", err)
	}
	return &Hub{opts: opts, fsys: fsys, repos: repos, hits: make([]int, len(opts.Faults))}, nil
}

// Repos returns the names of the datasets, sorted.
func (h *Hub) Repos() []string {
	var out []string
	for name := range h.repos {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Commit returns the commit of a revision ("" is main) of a dataset; "" when there is none.
func (h *Hub) Commit(name, rev string) string {
	if r := h.repos[name]; r != nil {
		if t := r.find(rev); t != nil {
			return t.commit
		}
	}
	return ""
}

// ServeHTTP answers one request.
func (h *Hub) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	parts, ok := splitPath(req.URL)
	if !ok || len(parts) < 2 {
		http.NotFound(w, req)
		return
	}
	switch {
	case parts[0] == "cdn":
		h.serve(w, req, CDN, parts[1:], h.cdn)
	case parts[0] == "api" && parts[1] == "datasets":
		h.serve(w, req, API, parts[2:], h.api)
	case parts[0] == "api" && parts[1] == "resolve-cache" && len(parts) > 2 && parts[2] == "datasets":
		h.serve(w, req, Resolve, parts[3:], h.resolveCache)
	case parts[0] == "datasets":
		h.serve(w, req, Resolve, parts[1:], h.resolve)
	default:
		http.NotFound(w, req)
	}
}

// serve is what all routes have in common: the observer, the faults and the headers of every answer.
func (h *Hub) serve(w http.ResponseWriter, req *http.Request, route Route, parts []string, handle func(http.ResponseWriter, *http.Request, []string)) {
	if h.opts.Observe != nil {
		h.opts.Observe(route, req)
	}
	if route != CDN {
		quota(w.Header(), route)
	}
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	next := func(w http.ResponseWriter) { handle(w, req, parts) }
	if f := h.strike(route, req); f != nil {
		f.serve(w, req, next)
		return
	}
	next(w)
}

// quota sets the rate limit headers that the Hub sends with every answer, as for an anonymous user.
func quota(hd http.Header, route Route) {
	kind, q := "api", 500
	if route == Resolve {
		kind, q = "resolvers", 3000
	}
	hd.Set("RateLimit", fmt.Sprintf("%q;r=%d;t=300", kind, q-1))
	hd.Set("RateLimit-Policy", fmt.Sprintf(`"fixed window";%q;q=%d;w=300`, kind, q))
	hd.Set("X-Request-Id", "Root=1-hub-double")
}

// splitPath returns the segments of the path, each decoded on its own, so that %2F stays inside of one.
func splitPath(u *url.URL) ([]string, bool) {
	parts := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i, p := range parts {
		s, err := url.PathUnescape(p)
		if err != nil {
			return nil, false
		}
		parts[i] = s
	}
	return parts, true
}
