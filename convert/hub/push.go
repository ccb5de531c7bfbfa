package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// ErrPush reports a [Push] that no Hub could take as it is written, or that would take data from a dataset.
var ErrPush = errors.New("not possible")

// Push is a change to a dataset on the Hub: files to add or replace, in one commit.
type Push struct {
	Ref     Ref      // Repo and Revision; a Config or a Split has no meaning here
	Files   []Upload // at least one; no path twice
	Message string   // of the commit: its first line, then what else is to be said; "" names the first file
	Private bool     // a dataset that does not exist yet is made private; one that is public is refused
	DryRun  bool     // ask what is there, change nothing
	AsPR    bool     // propose the change in a pull request against main, for which reading is enough

	// KeepConfigs refuses, as an [ErrPush], a push after which Python's `datasets` would not find a config that it finds
	// now, or find it with other files, except for new ones that a pattern of its own selects.
	KeepConfigs bool

	// Progress is told how many bytes of the files that go to the large-file storage are on their way, which can shrink
	// when one starts again, and of how many; nil means nobody asks. Calls never overlap.
	Progress func(sent, total int64)
}

// Upload is one file of a [Push]. Its content is the file at LocalPath, or Bytes, or what Merge returns.
type Upload struct {
	RepoPath  string // in the repository, slash-separated
	LocalPath string // on this machine
	Bytes     []byte

	// Merge makes the content from what the repository has. It is called again when somebody else has changed the
	// repository meanwhile.
	Merge func(Before) ([]byte, error)
}

// Pushed is what came of a [Push].
type Pushed struct {
	Repo        string
	Revision    string       // branch, or refs/pr/N of the new pull request
	Commit      string       // that holds the files; with DryRun the one that they would follow, "" when there is none
	URL         string       // of the commit's page; with DryRun of the dataset's
	PullRequest string       // URL of its page; "" when none was asked for
	Created     bool         // the dataset did not exist before
	Files       []PushedFile // in the order of Push.Files
}

// PushedFile is what came of one [Upload].
type PushedFile struct {
	RepoPath string
	Size     int64  // bytes
	SHA256   string // of the content, 64 hex digits
	Changed  bool   // the repository did not have the file with this content before
	Sent     int64  // bytes sent to the large-file storage: 0 when it had them, or the file is in git
	Content  []byte // what Merge returned; nil for others
}

// Push makes one commit with all files, creating the dataset when there is none. Either all of it happens or the
// repository stays as it was: until the commit nothing of what was sent can be seen. Files of which the Hub has the
// bytes are not sent again, and without any change no commit is made.
//
// The commit is made onto the state that the decisions were made from. When somebody else commits meanwhile, it is
// tried again on top of that, some times; when others are always faster, that is an [ErrConflict].
//
// Errors match [ErrPush] for what is wrong in p itself, [ErrUnauthorized] for a token that is missing or may not write,
// [ErrNotFound] for a revision that does not exist, [ErrUnavailable], [ErrConflict], or come from reading the files.
func (c *Client) Push(ctx context.Context, p Push) (*Pushed, error) {
	if err := c.checkPush(p); err != nil {
		return nil, err
	}
	j := &pushing{c: c, p: p, repo: p.Ref.Repo, rev: p.Ref.revision()}
	for _, u := range p.Files {
		l, err := newLocal(ctx, u)
		if err != nil {
			return nil, err
		}
		j.files = append(j.files, l)
	}
	if p.DryRun {
		return j.rehearse(ctx)
	}
	if err := j.create(ctx); err != nil {
		return nil, err
	}
	return j.land(ctx)
}

// How often a commit is tried while others commit, and the longest pause after the first of them, which doubles. It is
// drawn by chance: of several that push at once each then finds its turn.
const (
	maxCommits     = 8
	firstBackoff   = 500 * time.Millisecond
	longestBackoff = 8 * time.Second
)

// land attempts the push until it is not overtaken by another.
func (j *pushing) land(ctx context.Context) (*Pushed, error) {
	for tries := 1; ; tries++ {
		out, err := j.attempt(ctx)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Status != http.StatusPreconditionFailed && e.Status != http.StatusConflict {
			return out, err
		}
		if tries == maxCommits {
			e.Err, e.Advice = ErrConflict, "others keep committing to it: push again later, or with --create-pr"
			return nil, e
		}
		j.c.cfg.Logf("%s: somebody else has committed meanwhile; trying again on top of that", j.repo)
		d := min(firstBackoff<<(tries-1), longestBackoff)
		if err := j.c.sleep(ctx, time.Duration(j.c.jitter()*float64(d))); err != nil {
			return nil, err
		}
	}
}

// pushing is a push under way.
type pushing struct {
	c       *Client
	p       Push
	repo    string
	rev     string
	files   []*local
	created bool
	offered bool // a commit was asked for
}

// checkPush refuses what no Hub would take, before anything is read or asked.
func (c *Client) checkPush(p Push) error {
	if err := p.Ref.check(); err != nil {
		return fmt.Errorf("%w: %w", ErrPush, err)
	}
	rev := p.Ref.revision()
	switch {
	case p.Ref.Config != "" || p.Ref.Split != "":
		return fmt.Errorf("push to %s: %w: a config or split cannot be pushed to: name only the dataset, %s%s", p.Ref, ErrPush, scheme, p.Ref.Repo)
	case commitRE.MatchString(rev):
		return fmt.Errorf("push to %s: %w: a commit cannot be changed: name a branch", p.Ref, ErrPush)
	case p.AsPR && rev != defaultRevision:
		return fmt.Errorf("push to %s: %w: a pull request is made against %s: leave the revision out", p.Ref, ErrPush, defaultRevision)
	case len(p.Files) == 0:
		return fmt.Errorf("push to %s: %w: no file", p.Ref, ErrPush)
	case c.cfg.Offline && !p.DryRun:
		return fmt.Errorf("push to %s: %w: unset HF_HUB_OFFLINE, or use --dry-run", p.Ref, ErrOffline)
	case c.anonymous() && !p.DryRun:
		return &Error{Op: "push to " + p.Ref.Repo, Message: "no token", Err: ErrUnauthorized, Advice: "set HF_TOKEN to one that may write, from " +
			c.endpoint.JoinPath("settings", "tokens").String() + "; with HF_HUB_DISABLE_IMPLICIT_TOKEN none is sent"}
	}
	return checkNames(p)
}

func checkNames(p Push) error {
	seen := map[string]bool{}
	for _, u := range p.Files {
		if u.RepoPath == "" || (File{Path: u.RepoPath, GitSHA1: strings.Repeat("0", 40)}).check() != nil || slices.Contains(strings.Split(u.RepoPath, "/"), ".git") {
			return fmt.Errorf("push to %s: %w: %q cannot be the name of a file in a repository", p.Ref, ErrPush, u.RepoPath)
		}
		if seen[u.RepoPath] {
			return fmt.Errorf("push to %s: %w: two files would be called %q", p.Ref, ErrPush, u.RepoPath)
		}
		seen[u.RepoPath] = true
	}
	return nil
}

// attempt makes the commit on top of what the revision is at now.
func (j *pushing) attempt(ctx context.Context) (*Pushed, error) {
	base, err := j.base(ctx)
	if err != nil {
		return nil, err
	}
	if j.offered && j.landed(base) {
		return j.pushed(base.commit, ""), nil
	}
	if err := j.merge(ctx, base); err != nil {
		return nil, err
	}
	if err := j.preupload(ctx, base); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(j.files, (*local).changed) {
		return j.pushed(base.commit, ""), nil
	}
	if err := j.sendLarge(ctx); err != nil {
		return nil, err
	}
	j.offered = true
	return j.commit(ctx, base.commit)
}

// landed reports whether the dataset has the files as they were last offered: a commit whose answer was lost was made.
func (j *pushing) landed(base *state) bool {
	return !slices.ContainsFunc(j.files, func(l *local) bool {
		etag := base.etag(l.RepoPath)
		return etag != l.sha256 && etag != l.file.GitSHA1
	})
}

// rehearse finds out what an attempt would do, with questions that change nothing.
func (j *pushing) rehearse(ctx context.Context) (*Pushed, error) {
	base := &state{}
	if !j.c.cfg.Offline {
		var err error
		base, err = j.base(ctx)
		if e, ok := errors.AsType[*Error](err); ok && (e.Code == "RepoNotFound" || e.Status == http.StatusUnauthorized) && !errors.Is(e.Err, ErrUnauthorized) {
			base, err, j.created = &state{}, nil, true
		}
		if err != nil {
			return nil, err
		}
	}
	if err := j.merge(ctx, base); err != nil {
		return nil, err
	}
	for _, l := range j.files {
		l.remote = base.etag(l.RepoPath)
	}
	return j.pushed(base.commit, ""), nil
}

// pushed is the result when the files are in commit.
func (j *pushing) pushed(commit, pr string) *Pushed {
	page := j.c.endpoint.JoinPath("datasets", j.repo)
	out := &Pushed{Repo: j.repo, Revision: j.rev, Commit: commit, Created: j.created, URL: page.String()}
	if commit != "" && !j.p.DryRun {
		out.URL = page.JoinPath("commit", commit).String()
	}
	if pr != "" {
		out.Revision, out.PullRequest = "refs/pr/"+pr, page.JoinPath("discussions", pr).String()
	}
	for _, l := range j.files {
		f := PushedFile{RepoPath: l.RepoPath, Size: l.file.Size, SHA256: l.sha256, Changed: l.changed(), Sent: l.sent}
		if l.Merge != nil {
			f.Content = l.Bytes
		}
		out.Files = append(out.Files, f)
	}
	return out
}

// isStatus reports whether err is an answer with one of the statuses.
func isStatus(err error, statuses ...int) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && slices.Contains(statuses, e.Status)
}

// commitWait is how long the Hub may take over a commit after it has all of it.
const commitWait = 3 * time.Minute
