package hubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
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
	for _, p := range t.paths() {
		s := sibling{Name: p}
		if it := t.files[p].item(p); blobs {
			s.Size, s.BlobID = &it.Size, it.OID
			if it.LFS != nil {
				s.LFS = &lfs{it.LFS.OID, it.LFS.Size, it.LFS.PointerSize}
			}
		}
		siblings = append(siblings, s)
	}
	a := h.opts.Repos[r.name]
	gated := any(false)
	if a.Gated {
		gated = "auto"
	}
	return map[string]any{
		"_id": gitSHA1("repo", r.name)[:24], "id": r.name, "author": path.Dir(r.name), "sha": t.commit,
		"private": a.Private, "gated": gated, "disabled": a.Disabled, "siblings": siblings,
		"tags": []string{}, "downloads": 0, "likes": 0, "lastModified": "2026-01-01T00:00:00.000Z",
	}
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
		} else {
			branches = append(branches, ref{rev, "refs/heads/" + rev, t.commit})
		}
	}
	byName := func(a, b ref) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(branches, byName)
	slices.SortFunc(converts, byName)
	return map[string]any{"branches": branches, "converts": converts, "tags": []ref{}}
}

// tree lists a folder, page by page.
func (h *Hub) tree(w http.ResponseWriter, req *http.Request, r *repo, t *tree, dir string) {
	q := req.URL.Query()
	items := t.items(dir, isTrue(q.Get("recursive")))
	if len(items) == 0 && dir != "" {
		w.Header().Set("X-Repo-Commit", t.commit)
		deny(w, http.StatusNotFound, "EntryNotFound", dir+" does not exist on \""+t.commit+"\"")
		return
	}
	if h.opts.Items != nil {
		items = h.opts.Items(r.name, items)
	}
	size := h.opts.PageSize
	if n, err := strconv.Atoi(q.Get("limit")); err == nil && n > 0 {
		size = min(size, n)
	}
	from, _ := strconv.Atoi(q.Get("cursor")) // no cursor: the first page
	from = min(max(from, 0), len(items))
	to := min(from+size, len(items))
	if to < len(items) {
		q.Set("cursor", strconv.Itoa(to))
		next := url.URL{Scheme: schemeOf(req), Host: req.Host, Path: req.URL.Path, RawPath: req.URL.RawPath, RawQuery: q.Encode()}
		w.Header().Set("Link", fmt.Sprintf(`<%s>; rel="next"`, next.String()))
	}
	page := items[from:to]
	if page == nil {
		page = []Item{}
	}
	sendJSON(w, page)
}

func isTrue(s string) bool { return s == "1" || strings.EqualFold(s, "true") }

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
