package hubtest

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"iter"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// Account is who a token belongs to.
type Account struct {
	Name     string   // the user, who may create and write below that name
	Orgs     []string // the organisations below which the user may too
	ReadOnly bool     // the token may write nowhere
}

// mayWrite reports whether the account may write the datasets of a user or an organisation.
func (a Account) mayWrite(namespace string) bool {
	return !a.ReadOnly && (a.Name == "" || a.Name == namespace || slices.Contains(a.Orgs, namespace))
}

// writing returns who answers a request that changes something or asks who may; nil leaves it to the routes that read.
func (h *Hub) writing(req *http.Request, parts []string) (Route, []string, handler) {
	if !h.opts.Writable {
		return "", nil, nil
	}
	at := func(method string, prefix ...string) bool {
		return req.Method == method && len(parts) >= len(prefix) && slices.Equal(parts[:len(prefix)], prefix)
	}
	switch {
	case at("GET", "api", "whoami-v2"):
		return API, nil, h.whoami
	case at("POST", "api", "repos", "create"):
		return API, nil, h.createRepo
	case at("POST", "api", "validate-yaml"):
		return API, nil, validateYAML
	case at("POST", "api", "complete_multipart"):
		return API, parts[2:], h.completeUpload
	case at("POST", "api", "datasets") && len(parts) >= 6:
		return API, parts[2:], h.change
	case at("POST", "datasets") && len(parts) == 7:
		return API, parts[1:], h.lfsCall
	case at("PUT", "cdn"):
		return CDN, parts[1:], h.takeUpload
	case req.Method != http.MethodGet && req.Method != http.MethodHead:
		return API, nil, methodNotAllowed
	}
	return "", nil, nil
}

func methodNotAllowed(w http.ResponseWriter, _ *http.Request, _ []string) {
	w.Header().Set("Allow", "GET, HEAD")
	http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
}

// change answers POST /api/datasets/ORG/NAME/CALL/REVISION.
func (h *Hub) change(w http.ResponseWriter, req *http.Request, parts []string) {
	name := parts[0] + "/" + parts[1]
	r, ok := h.admit(w, req, name, false)
	if !ok {
		return
	}
	rev := strings.Join(parts[3:], "/")
	asPR := isTrue(req.URL.Query().Get("create_pr"))
	if _, ok := h.author(w, req, name, asPR); !ok {
		return
	}
	switch parts[2] {
	case "preupload":
		h.preupload(w, req, r, rev)
	case "commit":
		h.commit(w, req, r, rev, asPR)
	case "branch":
		h.branch(w, r, rev)
	default:
		deny(w, http.StatusNotFound, "", "Sorry, we can't find the page you are looking for.")
	}
}

// author checks that the request may write below the namespace of the dataset called name; if not, it answers. Reading
// is enough to propose a change.
func (h *Hub) author(w http.ResponseWriter, req *http.Request, name string, propose bool) (Account, bool) {
	token, sent := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	account := h.opts.Accounts[token]
	switch {
	case !sent:
		deny(w, http.StatusUnauthorized, "", "Invalid username or password.")
	case h.opts.Tokens != nil && !slices.Contains(h.opts.Tokens, token):
		deny(w, http.StatusUnauthorized, "", "Invalid credentials in Authorization header")
	case account.ReadOnly:
		deny(w, http.StatusForbidden, "", "Forbidden: you must use a write token to upload to a repository.")
	case !propose && !account.mayWrite(path.Dir(name)):
		deny(w, http.StatusForbidden, "", "Forbidden: pass `create_pr=1` as a query parameter to create a Pull Request")
	default:
		return account, true
	}
	return Account{}, false
}

// readJSON decodes the body of a request; if it cannot, it answers.
func readJSON(w http.ResponseWriter, req *http.Request, v any) bool {
	if err := json.NewDecoder(io.LimitReader(req.Body, 16<<20)).Decode(v); err != nil {
		deny(w, http.StatusBadRequest, "", "Malformed JSON: "+err.Error())
		return false
	}
	return true
}

// repo returns the dataset called name, or nil. A repo never changes: a commit puts another in its place.
func (h *Hub) repo(name string) *repo {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.repos[name]
}

// access says who may see the dataset called name.
func (h *Hub) access(name string) Access {
	a := h.opts.Repos[name]
	if r := h.repo(name); r != nil && r.private {
		a.Private = true
	}
	return a
}

// with returns a repository in which rev is at t.
func (r *repo) with(rev string, t *tree) *repo {
	out := &repo{name: r.name, revs: maps.Clone(r.revs), past: r.past, private: r.private}
	if old := out.revs[rev]; old != nil {
		out.past = append(slices.Clip(out.past), old)
	}
	out.revs[rev] = t
	return out
}

// trees yields the tree of every commit there is or was.
func (r *repo) trees() iter.Seq[*tree] {
	return func(yield func(*tree) bool) {
		for _, t := range r.revs {
			if !yield(t) {
				return
			}
		}
		for _, t := range r.past {
			if !yield(t) {
				return
			}
		}
	}
}

// uploadsDir is where the folder that is served seems to have what was uploaded.
const uploadsDir = ".uploads/"

// withUploads is the served folder together with what was uploaded.
type withUploads struct {
	fs.FS
	uploads *uploads
}

func (u withUploads) Open(name string) (fs.File, error) {
	sum, ok := strings.CutPrefix(name, uploadsDir)
	if !ok {
		return u.FS.Open(name)
	}
	content, ok := u.uploads.get(sum)
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return uploaded{bytes.NewReader(content), sum}, nil
}

// uploaded is an open file that was uploaded.
type uploaded struct {
	*bytes.Reader
	name string
}

func (u uploaded) Stat() (fs.FileInfo, error) { return u, nil }
func (uploaded) Close() error                 { return nil }
func (u uploaded) Name() string               { return u.name }
func (uploaded) Mode() fs.FileMode            { return 0o444 }
func (uploaded) ModTime() time.Time           { return time.Time{} }
func (uploaded) IsDir() bool                  { return false }
func (uploaded) Sys() any                     { return nil }
