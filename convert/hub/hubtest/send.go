package hubtest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"path"
	"strings"
	"time"
)

// send serves the bytes of a file, or a range of them. A file of a folder on disk goes out without a copy.
func (h *Hub) send(w http.ResponseWriter, req *http.Request, f *file) {
	r, err := h.fsys.Open(f.source)
	if err != nil {
		gone(w)
		return
	}
	defer func() { _ = r.Close() }()
	if fi, err := r.Stat(); err != nil || fi.Size() != f.size {
		gone(w)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if s, ok := r.(io.ReadSeeker); ok {
		http.ServeContent(w, req, path.Base(f.source), time.Time{}, s)
		return
	}
	all, err := io.ReadAll(r)
	if err != nil {
		gone(w)
		return
	}
	http.ServeContent(w, req, path.Base(f.source), time.Time{}, bytes.NewReader(all))
}

// sendSmall serves a file that git holds. Like the Hub it compresses for whoever does not ask for identity, and then
// knows neither length nor ranges.
func (h *Hub) sendSmall(w http.ResponseWriter, req *http.Request, f *file) {
	hd := w.Header()
	hd.Set("Vary", "Accept-Encoding")
	if !takesGzip(req.Header) {
		hd.Set("ETag", `"`+f.etag()+`"`)
		h.send(w, req, f)
		return
	}
	hd.Set("ETag", `W/"`+f.etag()+`"`)
	if matches(req, f.etag()) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	r, err := h.fsys.Open(f.source)
	if err != nil {
		gone(w)
		return
	}
	defer func() { _ = r.Close() }()
	hd.Set("Content-Type", "text/plain; charset=utf-8")
	hd.Set("Content-Encoding", "gzip")
	if req.Method == http.MethodHead {
		return
	}
	_ = http.NewResponseController(w).Flush() // before the body: net/http must not find out its length
	z := gzip.NewWriter(w)
	if _, err := io.Copy(z, io.LimitReader(r, f.size)); err != nil {
		panic(http.ErrAbortHandler) // too late for another status
	}
	_ = z.Close() // whoever went away misses it
}

// takesGzip reports whether a client accepts gzip.
func takesGzip(hd http.Header) bool {
	for coding := range strings.SplitSeq(strings.Join(hd.Values("Accept-Encoding"), ","), ",") {
		name, weight, _ := strings.Cut(coding, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			return weight == "" || strings.Trim(weight, " q=0.") != ""
		}
	}
	return false
}

// matches reports whether the client has the content already, by an If-None-Match of one name or several.
func matches(req *http.Request, etag string) bool {
	for name := range strings.SplitSeq(req.Header.Get("If-None-Match"), ",") {
		name = strings.TrimPrefix(strings.TrimSpace(name), "W/")
		if name == "*" || name == `"`+etag+`"` {
			return true
		}
	}
	return false
}

// gone answers for a file that is not what it was when it was hashed.
func gone(w http.ResponseWriter) {
	http.Error(w, "the served folder has changed", http.StatusInternalServerError)
}
