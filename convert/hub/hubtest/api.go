package hubtest

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// api answers everything below /api/datasets.
func (h *Hub) api(w http.ResponseWriter, req *http.Request, parts []string) {
	if len(parts) < 2 {
		deny(w, http.StatusNotFound, "", "Sorry, we can't find the page you are looking for.")
		return
	}
	r, ok := h.admit(w, req, parts[0]+"/"+parts[1], false)
	if !ok {
		return
	}
	call, rest := "revision", parts[2:]
	if len(rest) > 0 {
		call, rest = rest[0], rest[1:]
	}
	if call == "refs" && len(rest) == 0 {
		sendJSON(w, r.refs())
		return
	}
	rev, rest := cutRevision(rest)
	t := r.find(rev)
	switch {
	case t == nil:
		deny(w, http.StatusNotFound, "RevisionNotFound", "Invalid rev id: "+rev)
	case call == "paths-info" && len(rest) == 0 && req.Method == http.MethodPost:
		h.pathsInfo(w, req, r, t)
	case req.Method == http.MethodPost:
		methodNotAllowed(w, req, parts)
	case call == "revision" && len(rest) == 0:
		sendJSON(w, h.info(r, t, req.URL.Query().Has("blobs")))
	case call == "tree":
		h.tree(w, req, r, t, strings.Join(rest, "/"))
	default:
		deny(w, http.StatusNotFound, "", "Sorry, we can't find the page you are looking for.")
	}
}

// cutRevision takes the revision off the front of parts: one segment, or the three of a name like refs/pr/1.
func cutRevision(parts []string) (rev string, rest []string) {
	switch {
	case len(parts) == 0:
		return "", nil
	case parts[0] == "refs" && len(parts) >= 3:
		return strings.Join(parts[:3], "/"), parts[3:]
	}
	return parts[0], parts[1:]
}

// info is the answer about a revision.
func (h *Hub) info(r *repo, t *tree, blobs bool) map[string]any {
	type lfs struct {
		SHA256      string `json:"sha256"`
		Size        int64  `json:"size"`
		PointerSize int    `json:"pointerSize"`
	}
	type sibling struct {
		Name   string `json:"rfilename"`
		Size   *int64 `json:"size,omitempty"`
		BlobID string `json:"blobId,omitempty"`
		LFS    *lfs   `json:"lfs,omitempty"`
	}
	siblings := []sibling{}
	for _, it := range h.changed(r, t.items("", true)) {
		if it.Type != "file" {
			continue
		}
		s := sibling{Name: it.Path}
		if blobs {
			s.Size, s.BlobID = &it.Size, it.OID
			if it.LFS != nil {
				s.LFS = &lfs{it.LFS.OID, it.LFS.Size, it.LFS.PointerSize}
			}
		}
		siblings = append(siblings, s)
	}
	a := h.access(r.name)
	gated := any(false)
	if a.Gated {
		gated = "auto"
	}
	return map[string]any{
		"_id": gitSHA1("repo", r.name)[:24], "id": r.name, "author": path.Dir(r.name), "sha": t.commit,
		"private": a.Private, "gated": gated, "disabled": a.Disabled, "siblings": siblings,
		"tags": []string{}, "downloads": 0, "likes": 0, "createdAt": timeOfAll, "lastModified": timeOfAll,
		"cardData": h.cardData(t),
	}
}

// timeOfAll is when everything has happened: the same folder gives the same answers.
const timeOfAll = "2026-01-01T00:00:00.000Z"

// cardData returns the front matter of the README; nil when there is none that JSON can say.
func (h *Hub) cardData(t *tree) json.RawMessage {
	f := t.files["README.md"]
	if f == nil {
		return nil
	}
	text, err := fs.ReadFile(h.fsys, f.source)
	if err != nil {
		return nil
	}
	rest, ok := bytes.CutPrefix(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("---\n"))
	front, _, closed := bytes.Cut(rest, []byte("\n---"))
	var card map[string]any
	if !ok || !closed || yaml.Unmarshal(front, &card) != nil {
		return nil
	}
	data, err := json.Marshal(card)
	if err != nil {
		return nil
	}
	return data
}

// refs lists the revisions of a repository.
func (r *repo) refs() map[string]any {
	type ref struct {
		Name   string `json:"name"`
		Ref    string `json:"ref"`
		Commit string `json:"targetCommit"`
	}
	branches, converts := []ref{}, []ref{}
	for rev, t := range r.revs {
		if name, ok := strings.CutPrefix(rev, "refs/convert/"); ok {
			converts = append(converts, ref{name, rev, t.commit})
		} else if !strings.HasPrefix(rev, "refs/pr/") { // named only to who asks for them
			branches = append(branches, ref{rev, "refs/heads/" + rev, t.commit})
		}
	}
	byName := func(a, b ref) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(branches, byName)
	slices.SortFunc(converts, byName)
	return map[string]any{"branches": branches, "converts": converts, "tags": []ref{}}
}

func schemeOf(req *http.Request) string {
	if req.TLS != nil {
		return "https"
	}
	return "http"
}

func sendJSON(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whoever went away misses it
}
