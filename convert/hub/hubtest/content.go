package hubtest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// resolve answers /datasets/ORG/NAME/resolve/REV/PATH, always with a redirect: a relative one for files that git
// holds, one to the storage host for the others.
func (h *Hub) resolve(w http.ResponseWriter, req *http.Request, parts []string) {
	if len(parts) < 4 || parts[2] != "resolve" {
		http.NotFound(w, req)
		return
	}
	rev, rest := cutRevision(parts[3:])
	r, t, f := h.file(w, req, parts[0]+"/"+parts[1], rev, rest)
	if f == nil {
		return
	}
	hd := w.Header()
	hd.Set("X-Repo-Commit", t.commit)
	hd.Set("X-Linked-Size", fmt.Sprint(f.size))
	hd.Set("X-Linked-ETag", `"`+f.etag()+`"`)
	hd.Set("Accept-Ranges", "bytes")
	if matches(req, f.etag()) {
		hd.Set("ETag", `"`+f.etag()+`"`)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if f.lfs {
		redirect(w, http.StatusFound, h.signed(req, r, f, rest[len(rest)-1]))
		return
	}
	hd.Set("ETag", `"`+f.etag()+`"`)
	to := "/api/resolve-cache/datasets/" + r.name + "/" + t.commit + "/" + escape(rest)
	redirect(w, http.StatusTemporaryRedirect, to)
}

// redirect sends a body that has a length of its own: whoever takes it for the length of the file is wrong.
func redirect(w http.ResponseWriter, status int, to string) {
	body := "Redirecting to " + to + "\n"
	w.Header().Set("Location", to)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // whoever went away misses it
}

// resolveCache answers /api/resolve-cache/datasets/ORG/NAME/COMMIT/PATH with a file that git holds.
func (h *Hub) resolveCache(w http.ResponseWriter, req *http.Request, parts []string) {
	if len(parts) < 4 {
		http.NotFound(w, req)
		return
	}
	_, t, f := h.file(w, req, parts[0]+"/"+parts[1], parts[2], parts[3:])
	if f == nil {
		return
	}
	w.Header().Set("X-Repo-Commit", t.commit)
	h.sendSmall(w, req, f)
}

// file finds what a request for content is about; if it may not have it, it answers.
func (h *Hub) file(w http.ResponseWriter, req *http.Request, name, rev string, rest []string) (*repo, *tree, *file) {
	r, ok := h.admit(w, req, name, true)
	if !ok {
		return nil, nil, nil
	}
	t := r.find(rev)
	if t == nil {
		deny(w, http.StatusNotFound, "RevisionNotFound", "Invalid rev id: "+rev)
		return nil, nil, nil
	}
	f := t.files[strings.Join(rest, "/")]
	if f == nil {
		w.Header().Set("X-Repo-Commit", t.commit)
		deny(w, http.StatusNotFound, "EntryNotFound", "Entry not found")
	}
	return r, t, f
}

func escape(parts []string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = url.PathEscape(p)
	}
	return strings.Join(out, "/")
}
