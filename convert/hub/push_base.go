package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// state is what a revision is before a push: the zero value is a dataset without any commit.
type state struct {
	commit  string
	listing listing
	texts   map[string][]byte // of small files that were read
}

// etag returns the hash of a file, or "".
func (s *state) etag(name string) string { return s.listing[name].etag() }

// base asks for the state of the revision that is pushed to.
func (j *pushing) base(ctx context.Context) (*state, error) {
	commit, err := j.c.commit(ctx, Ref{Repo: j.repo, Revision: j.rev})
	if e, ok := errors.AsType[*Error](err); ok && e.Code == "RevisionNotFound" && !strings.HasPrefix(j.rev, "refs/") {
		commit, err = j.branch(ctx)
	}
	if err != nil {
		return nil, err
	}
	files, err := j.c.list(ctx, j.repo, commit)
	return &state{commit: commit, listing: files}, err
}

// branch makes the branch that is pushed to, from main, and returns where it is.
func (j *pushing) branch(ctx context.Context) (string, error) {
	if j.p.DryRun {
		return j.c.commit(ctx, Ref{Repo: j.repo})
	}
	op := "make branch " + fault.Printable(j.rev, 80) + " of " + j.repo
	err := j.c.post(ctx, sending{op: op, repo: j.repo, url: j.c.api(j.repo, "branch", j.rev)}, struct{}{}, nil)
	if err != nil && !isStatus(err, http.StatusConflict) {
		return "", j.explain(ctx, err)
	}
	j.c.cfg.Logf("%s has no branch %s yet: made from %s", j.repo, fault.Printable(j.rev, 80), defaultRevision)
	return j.c.commit(ctx, Ref{Repo: j.repo, Revision: j.rev})
}

// merge makes the content of the files that depend on what the repository has, and refuses what would harm it.
func (j *pushing) merge(ctx context.Context, base *state) error {
	if !j.p.KeepConfigs && !slices.ContainsFunc(j.files, func(l *local) bool { return l.Merge != nil }) {
		return nil
	}
	was, err := j.standing(ctx, base)
	if err != nil {
		return err
	}
	for _, l := range j.files {
		if l.Merge == nil {
			continue
		}
		old, err := j.read(ctx, base, l.RepoPath)
		if err != nil {
			return err
		}
		if l.Bytes, err = l.Merge(was.before(old)); err != nil {
			return fmt.Errorf("%s of %s: %w", l.RepoPath, j.repo, err)
		}
		l.file.Size = int64(len(l.Bytes))
		if err := l.hash(ctx); err != nil {
			return err
		}
	}
	return j.keep(was)
}

// read returns the content of a small file of the repository, or nil.
func (j *pushing) read(ctx context.Context, base *state, name string) ([]byte, error) {
	f, ok := base.listing[name]
	if !ok {
		return nil, nil
	}
	if text, ok := base.texts[name]; ok {
		return text, nil
	}
	if f.Size > maxDoc {
		return nil, fmt.Errorf("%s of %s has %d bytes, too many to change: at most %d", fault.Printable(name, 200), j.repo, f.Size, maxDoc)
	}
	o := j.c.origin(&Dataset{Ref: Ref{Repo: j.repo, Revision: j.rev}, Commit: base.commit}, f)
	text := make([]byte, f.Size)
	if err := o.readAt(ctx, text, 0); err != nil {
		return nil, err
	}
	sum := newDigest(f)
	_, _ = sum.Write(text) // hashes do not fail
	if err := sum.check(f); err != nil {
		return nil, fmt.Errorf("%s: %w", o.req.op, err)
	}
	if base.texts == nil {
		base.texts = map[string][]byte{}
	}
	base.texts[name] = text
	return text, nil
}

// create makes the dataset unless it exists.
func (j *pushing) create(ctx context.Context) error {
	org, name := splitRepo(j.repo)
	ask := map[string]string{"type": "dataset", "name": name, "organization": org}
	if j.p.Private {
		ask["visibility"] = "private"
	}
	s := sending{op: "create " + j.repo, repo: j.repo, url: j.c.path("api/repos/create")}
	err := j.c.post(ctx, s, ask, nil)
	switch {
	case err == nil:
		j.created = true
		return nil
	case isStatus(err, http.StatusConflict):
		return j.checkPrivate(ctx)
	case isStatus(err, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden):
		// Who may not create a dataset may still write, or propose a change to, one that exists.
		if _, missing := j.c.commit(ctx, Ref{Repo: j.repo}); missing == nil {
			return j.checkPrivate(ctx)
		}
		return j.explain(ctx, err)
	case isStatus(err, http.StatusNotFound, http.StatusMethodNotAllowed):
		e, _ := errors.AsType[*Error](err)
		e.Message, e.Advice = "the server takes no uploads", "check HF_ENDPOINT: mirrors are only for reading"
	}
	return err
}

// checkPrivate refuses to show to everybody what is meant to be private.
func (j *pushing) checkPrivate(ctx context.Context) error {
	if !j.p.Private {
		return nil
	}
	var info struct{ Private bool }
	op, u := "push to "+j.repo, j.c.api(j.repo)
	if _, err := j.c.json(ctx, request{op: op, repo: j.repo, url: u}, &info); err != nil {
		return err
	}
	if !info.Private {
		return &Error{Op: op, URL: cleanURL(u), Message: "the dataset exists and is public", Err: ErrUnauthorized,
			Advice: "make it private at " + j.c.endpoint.JoinPath("datasets", j.repo, "settings").String() + ", or leave --private out"}
	}
	return nil
}

// explain says who the token belongs to and what it may do, for a refusal that is about that.
func (j *pushing) explain(ctx context.Context, refused error) error {
	e, ok := errors.AsType[*Error](refused)
	if !ok || e.Status != http.StatusUnauthorized && e.Status != http.StatusForbidden {
		return refused
	}
	e.Err = ErrUnauthorized
	tokens := j.c.endpoint.JoinPath("settings", "tokens").String()
	org, _ := splitRepo(j.repo)
	var me struct {
		Name string
		Orgs []struct{ Name string }
		Auth struct{ AccessToken struct{ Role string } }
	}
	who := request{op: e.Op, repo: j.repo, url: j.c.path("api/whoami-v2")}
	if _, err := j.c.json(ctx, who, &me); err != nil { // asking is a courtesy
		e.Message, e.Advice = "the Hub does not accept the token", "make a new one at "+tokens+" and set HF_TOKEN"
		return e
	}
	names := []string{fault.Printable(j.c.creds.clean(me.Name), 60)}
	for _, o := range me.Orgs[:min(len(me.Orgs), maxListed)] {
		names = append(names, fault.Printable(j.c.creds.clean(o.Name), 60))
	}
	e.Advice = fmt.Sprintf("the token can write below %s: push there, or get write access to %s", strings.Join(names, ", "), org)
	if me.Auth.AccessToken.Role == "read" {
		e.Message, e.Advice = "the token may only read", "make one that may write at "+tokens+" and set HF_TOKEN"
	}
	return e
}

// splitRepo returns the organisation or user, and the name.
func splitRepo(repo string) (org, name string) {
	org, name, _ = strings.Cut(repo, "/")
	return org, name
}
