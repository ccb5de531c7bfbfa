package hubtest

import (
	"crypto/md5" // how the storage names what it got
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// uploads is what clients have sent. It is safe for concurrent use.
type uploads struct {
	mu      sync.Mutex
	objects map[string][]byte            // by sha256
	owners  map[string]bool              // "org/name sha256": which repository may commit it
	parts   map[string]map[string][]byte // by "org/name sha256" and number
}

func (u *uploads) get(sum string) ([]byte, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	content, ok := u.objects[sum]
	return content, ok
}

// has reports whether the storage of the repository has an object.
func (u *uploads) has(repo, sum string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.owners[repo+" "+sum]
}

// keep stores content and returns the file that it is in git or in the large-file storage.
func (u *uploads) keep(content []byte, lfs bool) *file {
	sum := sha256.Sum256(content)
	f := &file{size: int64(len(content)), sha256: hex.EncodeToString(sum[:]), gitSHA1: gitSHA1("blob", string(content)), lfs: lfs}
	f.source = uploadsDir + f.sha256
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.objects == nil {
		u.objects = map[string][]byte{}
	}
	u.objects[f.sha256] = content
	return f
}

// receive stores an object of a repository when its bytes are the announced ones.
func (u *uploads) receive(repo, oid string, content []byte) bool {
	if u.keep(content, true).sha256 != oid {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.owners == nil {
		u.owners = map[string]bool{}
	}
	u.owners[repo+" "+oid] = true
	return true
}

func (u *uploads) addPart(upload, number string, content []byte) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.parts == nil {
		u.parts = map[string]map[string][]byte{}
	}
	if u.parts[upload] == nil {
		u.parts[upload] = map[string][]byte{}
	}
	u.parts[upload][number] = content
}

// join returns the parts of an upload, of which there are n, in order; nil when one is missing or has another name.
func (u *uploads) join(upload string, names []string) []byte {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := []byte{}
	for i, name := range names {
		part, ok := u.parts[upload][fmt.Sprint(i+1)]
		if !ok || partName(part) != name {
			return nil
		}
		out = append(out, part...)
	}
	delete(u.parts, upload)
	return out
}

// partName is the ETag of a part: quoted, as the storage sends it.
func partName(content []byte) string {
	sum := md5.Sum(content)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// takeUpload answers PUT /cdn/ORG/NAME/upload/SHA256 on the storage host. Like the real storage it wants to know the
// length first, and refuses credentials beside the signature.
func (h *Hub) takeUpload(w http.ResponseWriter, req *http.Request, parts []string) {
	if len(parts) != 4 || parts[2] != "upload" {
		methodNotAllowed(w, req, nil)
		return
	}
	repo, oid, q := parts[0]+"/"+parts[1], parts[3], req.URL.Query()
	number := q.Get("partNumber")
	ends, err := strconv.ParseInt(q.Get("Policy"), 10, 64)
	switch {
	case h.opts.CDN != "" && req.Header.Get("Authorization") != "":
		denyXML(w, http.StatusBadRequest, "InvalidArgument", "Only one auth mechanism allowed")
		return
	case err != nil || q.Get("X-Amz-Signature") != signature(repo, oid+number+q.Get("Policy")):
		denyXML(w, http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match")
		return
	case !h.now().Before(time.UnixMilli(ends)):
		denyXML(w, http.StatusForbidden, "AccessDenied", "Request has expired")
		return
	case req.ContentLength < 0:
		denyXML(w, http.StatusNotImplemented, "NotImplemented", "A header you provided implies functionality that is not implemented")
		return
	}
	content, err := io.ReadAll(req.Body)
	if err != nil {
		denyXML(w, http.StatusBadRequest, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header")
		return
	}
	w.Header().Set("ETag", partName(content))
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) == oid {
		h.uploads.receive(repo, oid, content)
	} else if h.opts.PartSize > 0 {
		h.uploads.addPart(repo+" "+oid, number, content)
	} else {
		denyXML(w, http.StatusBadRequest, "BadDigest", "The checksum you specified did not match what we received")
	}
}

// completeUpload answers POST /api/complete_multipart/ORG/NAME: the parts become one object.
func (h *Hub) completeUpload(w http.ResponseWriter, req *http.Request, parts []string) {
	var ask struct {
		OID   string `json:"oid"`
		Parts []struct {
			Number int    `json:"partNumber"`
			ETag   string `json:"etag"`
		} `json:"parts"`
	}
	if !readJSON(w, req, &ask) {
		return
	}
	if len(parts) != 2 || req.URL.Query().Get("uploadId") != signature(parts[0]+"/"+parts[1], ask.OID) {
		deny(w, http.StatusForbidden, "", "Invalid signature")
		return
	}
	repo := parts[0] + "/" + parts[1]
	if h.uploads.has(repo, ask.OID) { // asked again, because the first answer was lost
		sendJSON(w, map[string]any{"success": true})
		return
	}
	names := make([]string, len(ask.Parts))
	for i, p := range ask.Parts {
		if p.Number != i+1 {
			deny(w, http.StatusBadRequest, "", "the parts are not in order")
			return
		}
		names[i] = p.ETag
	}
	content := h.uploads.join(repo+" "+ask.OID, names)
	if content == nil || !h.uploads.receive(repo, ask.OID, content) {
		deny(w, http.StatusBadRequest, "", "One or more of the specified parts could not be found, or they are not the object")
		return
	}
	sendJSON(w, map[string]any{"success": true})
}

// cutUpload reads some of the body, then closes the connection.
func (f *Fault) cutUpload(_ http.ResponseWriter, req *http.Request, _ func(http.ResponseWriter)) {
	_, _ = io.CopyN(io.Discard, req.Body, f.place(max(req.ContentLength, 0))) // a shorter body is cut all the same
	panic(http.ErrAbortHandler)
}
