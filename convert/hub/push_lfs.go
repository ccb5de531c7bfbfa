package hub

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"golang.org/x/sync/errgroup"
)

const (
	lfsMediaType = "application/vnd.git-lfs+json"
	maxBatch     = 256 // objects of one question
)

// sendLarge brings the files that changed and belong into the large-file storage there, several at once.
func (j *pushing) sendLarge(ctx context.Context) error {
	var todo []*lfsObject
	sent := &meter{report: j.p.Progress}
	for chunk := range slices.Chunk(j.largeChanged(), maxBatch) {
		objects, err := j.batch(ctx, chunk)
		if err != nil {
			return err
		}
		todo = append(todo, objects...)
	}
	for _, o := range todo {
		sent.total += o.local.file.Size
		o.meter = sent
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(j.c.cfg.Jobs, 1))
	for _, o := range todo {
		g.Go(func() error { return j.sendObject(ctx, o) })
	}
	return g.Wait()
}

// largeChanged returns the files for the storage, each content once.
func (j *pushing) largeChanged() []*local {
	seen := map[string]bool{}
	var out []*local
	for _, l := range j.files {
		if l.large && l.changed() && !seen[l.sha256] {
			seen[l.sha256] = true
			out = append(out, l)
		}
	}
	return out
}

// lfsObject is a file that the storage does not have, and how to bring it there.
type lfsObject struct {
	local  *local
	meter  *meter
	gauges []*gauge // of what was sent so far
	upload lfsAction
	verify *lfsAction
}

// lfsAction is where the Hub wants something sent.
type lfsAction struct {
	Href   string
	Header map[string]any
}

// batch asks where to send files, and returns those that the storage does not have.
func (j *pushing) batch(ctx context.Context, files []*local) ([]*lfsObject, error) {
	type object struct {
		OID  string `json:"oid"`
		Size int64  `json:"size"`
	}
	ask := map[string]any{"operation": "upload", "transfers": []string{"basic", "multipart"}, "hash_algo": "sha256"}
	byOID, objects := map[string]*local{}, []object{}
	for _, l := range files {
		byOID[l.sha256] = l
		objects = append(objects, object{l.sha256, l.file.Size})
	}
	ask["objects"] = objects
	if !j.p.AsPR { // who proposes a change needs no right to write the branch
		ask["ref"] = map[string]string{"name": j.rev}
	}
	var answer struct {
		Objects []struct {
			OID     string
			Actions *struct {
				Upload, Verify *lfsAction
			}
			Error *struct {
				Code    int
				Message string
			}
		}
	}
	s := sending{op: "push to " + j.repo, repo: j.repo, kind: lfsMediaType, url: j.c.path("datasets/" + j.repo + ".git/info/lfs/objects/batch")}
	if err := j.c.post(ctx, s, ask, &answer); err != nil {
		return nil, j.explain(ctx, err)
	}
	var out []*lfsObject
	for _, o := range answer.Objects {
		l := byOID[o.OID]
		switch {
		case l == nil:
			return nil, s.distrust("the answer is about an object that nobody asked for")
		case o.Error != nil:
			return nil, &Error{Op: s.op, Method: http.MethodPost, URL: cleanURL(s.url), Status: o.Error.Code, Err: ErrUnauthorized,
				Message: fmt.Sprintf("the storage does not take %s (%d bytes): %s", fault.Printable(l.RepoPath, 200), l.file.Size, j.c.safe(o.Error.Message))}
		case o.Actions != nil && o.Actions.Upload != nil:
			out = append(out, &lfsObject{local: l, upload: *o.Actions.Upload, verify: o.Actions.Verify})
		}
		delete(byOID, o.OID)
	}
	if len(byOID) > 0 {
		return nil, s.distrust("the answer leaves out %d of %d objects", len(byOID), len(files))
	}
	return out, nil
}
