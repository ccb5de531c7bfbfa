package hub

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"regexp"
	"strings"
)

// maxInline is the largest file that a commit carries in itself; the Hub wants larger ones in its large-file storage.
const maxInline = 16 << 20

// preupload asks how the Hub wants each file, and what it has by that name.
func (j *pushing) preupload(ctx context.Context, base *state) error {
	type file struct {
		Path   string `json:"path"`
		Sample []byte `json:"sample"`
		Size   int64  `json:"size"`
	}
	var ask struct {
		Files []file `json:"files"`
	}
	for _, l := range j.files {
		ask.Files = append(ask.Files, file{l.RepoPath, l.sample, l.file.Size})
	}
	var answer struct {
		Files []struct{ Path, UploadMode string }
	}
	s := j.sending("push to "+j.repo, "preupload")
	if err := j.c.post(ctx, s, ask, &answer); err != nil {
		return j.explain(ctx, err)
	}
	modes := map[string]string{}
	for _, f := range answer.Files {
		modes[f.Path] = f.UploadMode
	}
	for _, l := range j.files {
		mode := modes[l.RepoPath]
		if mode != "lfs" && mode != "regular" {
			return s.distrust("the answer does not say how %q is to be sent", l.RepoPath)
		}
		l.large = mode == "lfs" && l.file.Size > 0 // the storage takes no empty file
		if !l.large && l.file.Size > maxInline {
			return s.distrust("%q has %d bytes, and the server does not want it in its large-file storage", l.RepoPath, l.file.Size)
		}
		l.remote = base.etag(l.RepoPath)
	}
	return nil
}

// sending is a call of the API about the revision that is pushed to.
func (j *pushing) sending(op, call string) sending {
	u := j.c.api(j.repo, call, j.rev)
	if j.p.AsPR {
		u.RawQuery = "create_pr=1"
	}
	return sending{op: op, repo: j.repo, url: u}
}

var pullRequestRE = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)

// commit makes the files that were sent part of the dataset. parent is what the revision has to be at: a second try
// after a lost answer then cannot make a second commit. A new pull request has no such guard and is asked for once.
func (j *pushing) commit(ctx context.Context, parent string) (*Pushed, error) {
	body, err := j.commitBody(parent)
	if err != nil {
		return nil, err
	}
	s := j.sending("commit to "+j.repo, "commit")
	s.method, s.body, s.kind = http.MethodPost, bytesOf(body), "application/x-ndjson"
	s.wait, s.once = commitWait, j.p.AsPR
	var answer struct{ CommitOid, PullRequestURL string }
	_, err = j.c.send(ctx, s, &answer)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, fmt.Errorf("the commit to %s was being made: look at %s: %w", j.repo, j.c.endpoint.JoinPath("datasets", j.repo, "commits", j.rev), err)
	case err != nil:
		return nil, j.explain(ctx, err)
	case !commitRE.MatchString(answer.CommitOid):
		return nil, s.distrust("the answer names no commit (%q)", j.c.creds.clean(answer.CommitOid))
	}
	pr := ""
	if j.p.AsPR {
		if pr = path.Base(answer.PullRequestURL); !pullRequestRE.MatchString(pr) {
			return nil, s.distrust("the answer names no pull request (%q)", j.c.creds.clean(answer.PullRequestURL))
		}
	}
	return j.pushed(answer.CommitOid, pr), nil
}

// commitBody is the commit as newline-delimited JSON: a header, then a line for each file that changes.
func (j *pushing) commitBody(parent string) ([]byte, error) {
	type line struct {
		Key   string         `json:"key"`
		Value map[string]any `json:"value"`
	}
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	summary, description, _ := strings.Cut(strings.TrimSpace(j.p.Message), "\n")
	head := map[string]any{"summary": first(strings.TrimSpace(summary), "Add "+j.files[0].RepoPath), "description": strings.TrimSpace(description)}
	if parent != "" {
		head["parentCommit"] = parent
	}
	if err := out.Encode(line{"header", head}); err != nil {
		return nil, err
	}
	for _, l := range j.files {
		if !l.changed() {
			continue
		}
		op := line{"lfsFile", map[string]any{"path": l.RepoPath, "algo": "sha256", "oid": l.sha256, "size": l.file.Size}}
		if !l.large {
			text, err := l.all()
			if err != nil {
				return nil, err
			}
			op = line{"file", map[string]any{"path": l.RepoPath, "encoding": "base64", "content": base64.StdEncoding.EncodeToString(text)}}
		}
		if err := out.Encode(op); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// all returns the whole content.
func (l *local) all() ([]byte, error) {
	src, err := l.open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = src.Close() }()
	return io.ReadAll(io.NewSectionReader(src, 0, l.file.Size))
}
