package hubtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// forever is when a link ends that has no lifetime: in the year 2100.
const forever = "4102444800000"

// storage returns the base URL of the storage host as the client can reach it.
func (h *Hub) storage(req *http.Request) string {
	if h.opts.CDN == "" {
		return schemeOf(req) + "://" + req.Host
	}
	u, err := url.Parse(h.opts.CDN)
	host := (&url.URL{Host: req.Host}).Hostname()
	if err != nil || host == "" || !h.anyHost {
		return h.opts.CDN
	}
	return u.Scheme + "://" + net.JoinHostPort(host, u.Port())
}

// signed returns the link to a file on the storage host. Like the real ones it shows until when it works, in seconds;
// what counts is the same in milliseconds, in Policy.
func (h *Hub) signed(req *http.Request, r *repo, f *file, name string) string {
	policy := forever
	if h.opts.LinkLifetime > 0 {
		policy = strconv.FormatInt(h.now().Add(h.opts.LinkLifetime).UnixMilli(), 10)
	}
	q := url.Values{
		"response-content-disposition": {"inline; filename*=UTF-8''" + url.PathEscape(name)},
		"Expires":                      {policy[:len(policy)-3]},
		"Policy":                       {policy},
		"Signature":                    {signature(r.name, f.sha256+policy)},
		"Key-Pair-Id":                  {"HUBDOUBLE"},
	}
	return h.storage(req) + "/cdn/" + r.name + "/" + f.sha256 + "?" + q.Encode()
}

// cdn answers /cdn/ORG/NAME/SHA256 for whoever has a signed link. Like the real storage it refuses requests that bring
// credentials of their own, which on a host of its own can only be a leaked token.
func (h *Hub) cdn(w http.ResponseWriter, req *http.Request, parts []string) {
	if len(parts) != 3 {
		http.NotFound(w, req)
		return
	}
	name, q := parts[0]+"/"+parts[1], req.URL.Query()
	if h.opts.CDN != "" && req.Header.Get("Authorization") != "" {
		denyXML(w, http.StatusBadRequest, "InvalidArgument", "Only one auth mechanism allowed")
		return
	}
	ends, err := strconv.ParseInt(q.Get("Policy"), 10, 64)
	if err != nil || q.Get("Signature") != signature(name, parts[2]+q.Get("Policy")) {
		denyXML(w, http.StatusForbidden, "AccessDenied", "Access denied")
		return
	}
	if !h.now().Before(time.UnixMilli(ends)) {
		denyXML(w, http.StatusForbidden, "AccessDenied", "Request has expired")
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
	if disposition := q.Get("response-content-disposition"); disposition != "" {
		hd.Set("Content-Disposition", disposition)
	}
	h.send(w, req, f)
}

// stored returns the large file of a repository that has the hash.
func (h *Hub) stored(name, sum string) *file {
	r := h.repo(name)
	if r == nil {
		return nil
	}
	for t := range r.trees() {
		for _, f := range t.files {
			if f.lfs && f.sha256 == sum {
				return f
			}
		}
	}
	return nil
}

// signature stands for one: it proves nothing, and is wrong for everything but its arguments.
func signature(a, b string) string {
	sum := sha256.Sum256([]byte("hub double " + a + " " + b))
	return hex.EncodeToString(sum[:])
}

// denyXML answers with an error in the form of an object storage.
func denyXML(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>%s</Code><Message>%s</Message></Error>", code, message) // whoever went away misses it
}
