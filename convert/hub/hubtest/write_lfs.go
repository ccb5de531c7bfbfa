package hubtest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// preupload answers POST /api/datasets/ORG/NAME/preupload/REVISION: which files go to the large-file storage.
func (h *Hub) preupload(w http.ResponseWriter, req *http.Request, r *repo, rev string) {
	var ask struct {
		Files []struct {
			Path   string `json:"path"`
			Sample []byte `json:"sample"`
			Size   int64  `json:"size"`
		} `json:"files"`
	}
	if !readJSON(w, req, &ask) {
		return
	}
	t := r.find(rev)
	if t == nil {
		deny(w, http.StatusNotFound, "RevisionNotFound", "Invalid rev id: "+rev)
		return
	}
	files := []map[string]any{}
	for _, f := range ask.Files {
		mode := "regular"
		if isLarge(f.Path, f.Size) || bytes.IndexByte(f.Sample, 0) >= 0 {
			mode = "lfs"
		}
		answer := map[string]any{"path": f.Path, "uploadMode": mode, "shouldIgnore": false}
		if old := t.files[f.Path]; old != nil {
			answer["oid"] = old.etag()
		}
		files = append(files, answer)
	}
	sendJSON(w, map[string]any{"files": files, "commitOid": t.commit})
}

// isLarge reports whether the file belongs into the large-file storage by its name or its size.
func isLarge(name string, size int64) bool {
	return size >= lfsOver || slices.Contains([]string{".parquet", ".arrow"}, strings.ToLower(path.Ext(name)))
}

// lfsObject is a file as the large-file storage knows it.
type lfsObject struct {
	OID  string `json:"oid"`
	Size int64  `json:"size"`
}

// lfsCall answers POST /datasets/ORG/NAME.git/info/lfs/objects/{batch,verify}.
func (h *Hub) lfsCall(w http.ResponseWriter, req *http.Request, parts []string) {
	name := parts[0] + "/" + strings.TrimSuffix(parts[1], ".git")
	r, ok := h.admit(w, req, name, false)
	if !ok {
		return
	}
	if _, ok := h.author(w, req, name, true); !ok {
		return
	}
	switch strings.Join(parts[2:], "/") {
	case "info/lfs/objects/batch":
		h.lfsBatch(w, req, r)
	case "info/lfs/objects/verify":
		h.lfsVerify(w, req, r)
	default:
		http.NotFound(w, req)
	}
}

// lfsBatch says where to send objects that the storage does not have.
func (h *Hub) lfsBatch(w http.ResponseWriter, req *http.Request, r *repo) {
	var ask struct {
		Operation string      `json:"operation"`
		Transfers []string    `json:"transfers"`
		Objects   []lfsObject `json:"objects"`
		HashAlgo  string      `json:"hash_algo"`
	}
	if !readJSON(w, req, &ask) {
		return
	}
	if ask.Operation != "upload" || ask.HashAlgo != "sha256" {
		deny(w, http.StatusUnprocessableEntity, "", "only uploads of sha256 objects")
		return
	}
	objects := []map[string]any{}
	for _, o := range ask.Objects {
		answer := map[string]any{"oid": o.OID, "size": o.Size, "authenticated": true}
		switch {
		case h.opts.MaxUpload > 0 && o.Size > h.opts.MaxUpload:
			answer["error"] = map[string]any{"code": 422, "message": "You need to configure your repository to enable upload of files > 5GB."}
		case h.stored(r.name, o.OID) == nil && !h.uploads.has(r.name, o.OID):
			multipart := h.opts.PartSize > 0 && o.Size > h.opts.PartSize && slices.Contains(ask.Transfers, "multipart")
			answer["actions"] = h.lfsActions(req, r, o, multipart)
		}
		objects = append(objects, answer)
	}
	sendJSON(w, map[string]any{"transfer": "basic", "objects": objects})
}

func (h *Hub) lfsActions(req *http.Request, r *repo, o lfsObject, multipart bool) map[string]any {
	hub := schemeOf(req) + "://" + req.Host
	verify := map[string]any{"href": hub + "/datasets/" + r.name + ".git/info/lfs/objects/verify"}
	if !multipart {
		return map[string]any{"upload": map[string]any{"href": h.uploadLink(req, r.name, o, 1)}, "verify": verify}
	}
	header := map[string]string{"chunk_size": strconv.FormatInt(h.opts.PartSize, 10)}
	for n := int64(1); (n-1)*h.opts.PartSize < o.Size; n++ {
		header[fmt.Sprintf("%05d", n)] = h.uploadLink(req, r.name, o, n)
	}
	q := url.Values{"uploadId": {signature(r.name, o.OID)}, "expiration": {"Mon, 01 Jan 2100 00:00:00 GMT"}}
	complete := hub + "/api/complete_multipart/" + r.name + "?" + q.Encode()
	return map[string]any{"upload": map[string]any{"href": complete, "header": header}, "verify": verify}
}

// uploadLink returns the signed link for one part of an object, or all of it.
func (h *Hub) uploadLink(req *http.Request, repo string, o lfsObject, part int64) string {
	policy := forever
	if h.opts.LinkLifetime > 0 {
		policy = strconv.FormatInt(h.now().Add(h.opts.LinkLifetime).UnixMilli(), 10)
	}
	n := strconv.FormatInt(part, 10)
	q := url.Values{"partNumber": {n}, "Policy": {policy}, "X-Amz-Signature": {signature(repo, o.OID+n+policy)}}
	return h.storage(req) + "/cdn/" + repo + "/upload/" + o.OID + "?" + q.Encode()
}

// lfsVerify answers whether an object has arrived.
func (h *Hub) lfsVerify(w http.ResponseWriter, req *http.Request, r *repo) {
	var o lfsObject
	if !readJSON(w, req, &o) {
		return
	}
	h.mu.Lock()
	f := h.large(r, o.OID)
	h.mu.Unlock()
	if f == nil || f.size != o.Size {
		deny(w, http.StatusNotFound, "", "Object "+o.OID+" is not in the storage")
		return
	}
	sendJSON(w, map[string]any{"success": true})
}

// large returns an object of the large-file storage of a repository, or nil. The caller holds the lock of h.
func (h *Hub) large(r *repo, oid string) *file {
	for t := range r.trees() {
		for _, f := range t.files {
			if f.lfs && f.sha256 == oid {
				return f
			}
		}
	}
	if content, ok := h.uploads.get(oid); ok && h.uploads.has(r.name, oid) {
		return h.uploads.keep(content, true)
	}
	return nil
}
