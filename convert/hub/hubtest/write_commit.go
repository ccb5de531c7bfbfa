package hubtest

import (
	"crypto/sha1" // git's hash
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"strings"
)

// change is one line of a commit.
type change struct {
	Key   string `json:"key"`
	Value struct {
		Summary      string `json:"summary"` // of the header
		ParentCommit string `json:"parentCommit"`

		Path     string `json:"path"`
		Content  string `json:"content"` // of a file
		Encoding string `json:"encoding"`
		Algo     string `json:"algo"` // of a file in the large-file storage
		OID      string `json:"oid"`
	} `json:"value"`
}

// commit answers POST /api/datasets/ORG/NAME/commit/REVISION: newline-delimited JSON, all of which happens or nothing.
func (h *Hub) commit(w http.ResponseWriter, req *http.Request, r *repo, rev string, asPR bool) {
	head, changes, err := readChanges(req.Body)
	if err != nil {
		deny(w, http.StatusBadRequest, "", err.Error())
		return
	}
	next, pr, refused := h.land(r.name, rev, head, changes, asPR)
	if refused != nil {
		deny(w, refused.status, refused.code, refused.message)
		return
	}
	page := schemeOf(req) + "://" + req.Host + "/datasets/" + r.name
	answer := map[string]any{"success": true, "commitOid": next.commit, "commitUrl": page + "/commit/" + next.commit, "hookOutput": ""}
	if asPR {
		answer["pullRequestUrl"] = fmt.Sprintf("%s/discussions/%d", page, pr)
	}
	sendJSON(w, answer)
}

// refusal is an answer that says no.
type refusal struct {
	status        int
	code, message string
}

// land makes a commit and returns its tree, and the number of its pull request if it is in one.
func (h *Hub) land(name, rev string, head change, changes []change, asPR bool) (next *tree, pr int, no *refusal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.repos[name]
	t := r.find(rev)
	if t == nil || r.revs[rev] == nil && !asPR {
		return nil, 0, &refusal{http.StatusNotFound, "RevisionNotFound", "Invalid rev id: " + rev}
	}
	if p := head.Value.ParentCommit; p != "" && !asPR && !strings.HasPrefix(t.commit, p) {
		return nil, 0, &refusal{http.StatusPreconditionFailed, "", "A commit has happened since. Please refresh and try again."}
	}
	next, err := h.apply(r, t, changes)
	if err != nil {
		return nil, 0, &refusal{http.StatusBadRequest, "", err.Error()}
	}
	next.commit = commitName(t.commit, head.Value.Summary, next)
	if asPR {
		for pr = 1; r.revs[pullRequest(pr)] != nil; pr++ {
		}
		rev = pullRequest(pr)
	}
	h.repos[name] = r.with(rev, next)
	return next, pr, nil
}

func pullRequest(n int) string { return fmt.Sprintf("refs/pr/%d", n) }

func readChanges(body io.Reader) (head change, changes []change, err error) {
	d := json.NewDecoder(body)
	for {
		var c change
		if err := d.Decode(&c); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return head, nil, fmt.Errorf("malformed line %d: %w", len(changes)+1, err)
		}
		changes = append(changes, c)
	}
	if len(changes) == 0 || changes[0].Key != "header" || changes[0].Value.Summary == "" {
		return head, nil, errors.New("the first line must be a header with a summary")
	}
	return changes[0], changes[1:], nil
}

// apply returns t with changes made. The caller holds the lock.
func (h *Hub) apply(r *repo, t *tree, changes []change) (*tree, error) {
	out := &tree{files: maps.Clone(t.files)}
	for _, c := range changes {
		v := c.Value
		if p := strings.TrimSuffix(v.Path, "/"); p == "." || !fs.ValidPath(p) {
			return nil, fmt.Errorf("invalid path %q", v.Path)
		}
		switch c.Key {
		case "file":
			content, err := base64.StdEncoding.DecodeString(v.Content)
			if err != nil || v.Encoding != "base64" {
				return nil, fmt.Errorf("the content of %s is not base64", v.Path)
			}
			if len(content) >= lfsOver {
				return nil, fmt.Errorf("your push was rejected because it contains files larger than 10 MiB: %s", v.Path)
			}
			out.files[v.Path] = h.uploads.keep(content, false)
		case "lfsFile":
			f := h.large(r, v.OID)
			if f == nil || v.Algo != "sha256" {
				return nil, fmt.Errorf("your push was rejected because an LFS pointer pointed to a file that does not exist. Offending file: - %s", v.Path)
			}
			out.files[v.Path] = f
		case "deletedFile":
			delete(out.files, v.Path)
		case "deletedFolder":
			prefix := strings.TrimSuffix(v.Path, "/") + "/"
			maps.DeleteFunc(out.files, func(p string, _ *file) bool { return strings.HasPrefix(p, prefix) })
		default:
			return nil, fmt.Errorf("unknown operation %q", c.Key)
		}
	}
	return out, nil
}

// commitName returns the hash of a commit: of what it holds, what it says and what came before.
func commitName(parent, summary string, t *tree) string {
	sum := sha1.New()
	fmt.Fprintf(sum, "parent %s\n%s\n", parent, summary)
	for _, p := range t.paths() {
		fmt.Fprintf(sum, "%s\x00%s\n", p, t.files[p].etag())
	}
	return hex.EncodeToString(sum.Sum(nil))
}
