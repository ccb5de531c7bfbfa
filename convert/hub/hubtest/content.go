package hubtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
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
	hd := w.Header()
	hd.Set("X-Repo-Commit", t.commit)
	hd.Set("ETag", `"`+f.etag()+`"`)
	h.send(w, req, f)
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

// signed returns the link to a file on the storage host.
func (h *Hub) signed(req *http.Request, r *repo, f *file, name string) string {
	base := h.opts.CDN
	if base == "" {
		base = schemeOf(req) + "://" + req.Host
	}
	q := url.Values{
		"response-content-disposition": {"inline; filename*=UTF-8''" + url.PathEscape(name)},
		"Expires":                      {"4102444800"},
		"Signature":                    {signature(r.name, f.sha256)},
		"Key-Pair-Id":                  {"HUBDOUBLE"},
	}
	return base + "/cdn/" + r.name + "/" + f.sha256 + "?" + q.Encode()
}

// cdn answers /cdn/ORG/NAME/SHA256 for whoever has a signed link. Like the real storage it refuses requests that bring
// credentials of their own, which on a host of its own can only be a leaked token.
func (h *Hub) cdn(w http.ResponseWriter, req *http.Request, parts []string) {
	if len(parts) != 3 {
		http.NotFound(w, req)
		return
	}
	name := parts[0] + "/" + parts[1]
	if h.opts.CDN != "" && req.Header.Get("Authorization") != "" {
		denyXML(w, http.StatusBadRequest, "InvalidArgument", "Only one auth mechanism allowed")
		return
	}
	if req.URL.Query().Get("Signature") != signature(name, parts[2]) {
		denyXML(w, http.StatusForbidden, "AccessDenied", "Access denied")
		return
	}
	f := h.stored(name, parts[2])
	if f == nil {
		denyXML(w, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
		return
	}
	hd := w.Header()
	hd.Set("ETag", `"`+signature("etag", f.sha256)+`"`) // the storage's own name, not the sha256
	hd.Set("Cache-Control", "public, max-age=31536000")
	h.send(w, req, f)
}

// stored returns the large file of a repository that has the hash.
func (h *Hub) stored(name, sum string) *file {
	r := h.repos[name]
	if r == nil {
		return nil
	}
	for _, t := range r.revs {
		for _, f := range t.files {
			if f.lfs && f.sha256 == sum {
				return f
			}
		}
	}
	return nil
}

// send serves the bytes, or a range of them.
func (h *Hub) send(w http.ResponseWriter, req *http.Request, f *file) {
	r, err := h.fsys.Open(f.source)
	if err != nil {
		http.Error(w, "the served folder has changed", http.StatusInternalServerError)
		return
	}
	defer func() { _ = r.Close() }()
	w.Header().Set("Content-Type", "application/octet-stream")
	if s, ok := r.(io.ReadSeeker); ok {
		http.ServeContent(w, req, path.Base(f.source), time.Time{}, s)
		return
	}
	all, err := io.ReadAll(r)
	if err != nil {
		http.Error(w, "the served folder has changed", http.StatusInternalServerError)
		return
	}
	http.ServeContent(w, req, path.Base(f.source), time.Time{}, bytes.NewReader(all))
}

// signature stands for one: it proves nothing, and is wrong for everything but its arguments.
func signature(a, b string) string {
	sum := sha256.Sum256([]byte("hub double " + a + " " + b))
	return hex.EncodeToString(sum[:])
}

func escape(parts []string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = url.PathEscape(p)
	}
	return strings.Join(out, "/")
}

func errorBody(message string) []byte {
	body, err := json.Marshal(map[string]string{"error": message})
	if err != nil {
		return []byte(`{"error":"unprintable"}`)
	}
	return body
}

// denyXML answers with an error in the form of an object storage.
func denyXML(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>%s</Message></Error>", code, message) // as above
}
