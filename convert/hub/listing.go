package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/wire"
)

// Bounds on what a listing may make this process hold.
const (
	maxAnswer  = 64 << 20 // bytes of one JSON answer
	maxEntries = 4 << 20  // files of one repository
	maxPages   = 1 << 16  // pages of its listing
	maxFile    = 4 << 40  // bytes of one file, eight times what the Hub takes
)

// File is one file of a repository at a commit. Exactly one of the hashes is what the Hub promises: SHA256 of the
// content for files in its large-file storage, which all parquet files normally are, else GitSHA1 of the git blob.
type File struct {
	Path    string // slash-separated, valid under [io/fs.ValidPath]
	Size    int64  // bytes
	SHA256  string // 64 hex digits, or ""
	GitSHA1 string // 40 hex digits, or ""

	pointer string // git sha1 of the pointer that stands for a large file in git
	xet     string // the file's name in the Hub's chunk storage; kept for Python's sake
}

// etag is the name of the file's bytes in the cache.
func (f File) etag() string {
	if f.SHA256 != "" {
		return f.SHA256
	}
	return f.GitSHA1
}

// listing is every file of a repository at a commit, by path.
type listing map[string]File

// paths returns the paths in lexical order.
func (l listing) paths() []string { return slices.Sorted(maps.Keys(l)) }

// commit asks which commit a revision is at.
func (c *Client) commit(ctx context.Context, ref Ref) (string, error) {
	op := "resolve " + ref.Repo + "@" + fault.Printable(ref.revision(), 80)
	u := c.api(ref.Repo, "revision", ref.revision())
	var info struct {
		SHA      string `json:"sha"`
		Disabled bool   `json:"disabled"`
	}
	if _, err := c.json(ctx, request{op: op, repo: ref.Repo, url: u}, &info); err != nil {
		return "", c.nameRevisions(ctx, ref, err)
	}
	if info.Disabled {
		return "", &Error{Op: op, URL: cleanURL(u), Status: 200, Message: "the Hub has disabled this dataset", Err: ErrUnauthorized}
	}
	if !commitRE.MatchString(info.SHA) {
		return "", distrust(op, u, "the answer names no commit (sha %q): is HF_ENDPOINT a Hub?", info.SHA)
	}
	return info.SHA, nil
}

// nameRevisions adds the revisions that exist to an error that says that one does not.
func (c *Client) nameRevisions(ctx context.Context, ref Ref, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code != "RevisionNotFound" {
		return err
	}
	var refs struct{ Branches, Tags, Converts []struct{ Name, Ref string } }
	u := c.api(ref.Repo, "refs")
	if _, err := c.json(ctx, request{op: e.Op, repo: ref.Repo, url: u}, &refs); err != nil {
		return e // the list is a courtesy
	}
	var names []string
	for _, r := range slices.Concat(refs.Branches, refs.Tags) {
		names = append(names, fault.Printable(r.Name, 60))
	}
	for _, r := range refs.Converts {
		names = append(names, fault.Printable(r.Ref, 60))
	}
	if n := len(names); n > maxListed {
		names = append(names[:maxListed], fmt.Sprintf("and %d more", n-maxListed))
	}
	if len(names) > 0 {
		e.Advice = "there is " + strings.Join(names, ", ")
	}
	return e
}

// list returns every file at a commit.
func (c *Client) list(ctx context.Context, repo, commit string) (listing, error) {
	op := "list files of " + repo
	u := c.api(repo, "tree", commit)
	u.RawQuery = "recursive=true&expand=false"
	out := listing{}
	for range maxPages {
		var page []treeItem
		next, err := c.json(ctx, request{op: op, repo: repo, url: u}, &page)
		if err != nil {
			return nil, err
		}
		if err := out.add(page); err != nil {
			return nil, distrust(op, u, "%v", err)
		}
		if next == nil {
			return out, nil
		}
		u = next
	}
	return nil, distrust(op, u, "the listing has more than %d pages", maxPages)
}

// treeItem is one entry of the Hub's tree.
type treeItem struct {
	Type string `json:"type"`
	OID  string `json:"oid"`
	Size int64  `json:"size"`
	Path string `json:"path"`
	LFS  *struct {
		OID  string `json:"oid"`
		Size int64  `json:"size"`
	} `json:"lfs"`
	Xet string `json:"xetHash"`
}

// file checks an entry. A name that could lead out of a folder, or a hash that could, condemns the whole
// listing: git cannot hold such names, so whoever sent it is not a Hub.
func (t treeItem) file() (File, error) {
	f := File{Path: t.Path, Size: t.Size, GitSHA1: t.OID}
	if t.LFS != nil {
		f = File{Path: t.Path, Size: t.LFS.Size, SHA256: t.LFS.OID, pointer: t.OID}
	}
	if sha256RE.MatchString(t.Xet) {
		f.xet = t.Xet
	}
	return f, f.check()
}

func (f File) check() error {
	switch {
	case f.Path == "." || !fs.ValidPath(f.Path):
		return fmt.Errorf("the listing names %q, which leads out of the dataset", f.Path)
	case f.Size < 0 || f.Size > maxFile:
		return fmt.Errorf("the listing gives %q a size of %d bytes", f.Path, f.Size)
	case f.SHA256 != "" && !sha256RE.MatchString(f.SHA256),
		f.SHA256 == "" && !commitRE.MatchString(f.GitSHA1),
		f.pointer != "" && !commitRE.MatchString(f.pointer):
		return fmt.Errorf("the listing gives %q no usable hash", f.Path)
	}
	return nil
}

func (l listing) add(page []treeItem) error {
	for _, t := range page {
		if t.Type != "file" {
			continue
		}
		f, err := t.file()
		if err != nil {
			return err
		}
		if old, twice := l[f.Path]; twice && old != f {
			return fmt.Errorf("the listing names %q twice, differently", f.Path)
		}
		l[f.Path] = f
	}
	if len(l) > maxEntries {
		return fmt.Errorf("the listing has more than %d files", maxEntries)
	}
	return nil
}

// api returns the URL of an API call about repo. Each part becomes one path segment: a slash in it is escaped.
func (c *Client) api(repo string, parts ...string) *url.URL {
	return c.path("api/datasets/"+repo, parts...)
}

// path returns the endpoint's URL for prefix and parts, each part one segment.
func (c *Client) path(prefix string, parts ...string) *url.URL {
	for _, p := range parts {
		prefix += "/" + url.PathEscape(p)
	}
	u, err := url.Parse(c.endpoint.String() + "/" + prefix)
	if err != nil {
		panic("hub: internal error: escaped path does not parse: " + err.Error())
	}
	return u
}

// json decodes the answer to r into v and returns the URL of the next page, if there is one. A connection that is cut
// in the middle counts as a failed try.
func (c *Client) json(ctx context.Context, r request, v any) (*url.URL, error) {
	for tries := 0; ; tries++ {
		resp, err := c.open(ctx, r)
		if err != nil {
			return nil, err
		}
		raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
		_ = resp.Body.Close() // nothing is left to lose
		if err != nil {
			if err := c.pause(ctx, c.unanswered(ctx, r.op, r.url, err), tries); err != nil {
				return nil, err
			}
			continue
		}
		if len(raw) > maxAnswer {
			return nil, distrust(r.op, r.url, "an answer of more than %d MiB", maxAnswer>>20)
		}
		if err := json.Unmarshal(raw, v); err != nil {
			odd := doubt(r.op, r.url, "the answer is not the Hub's JSON: is HF_ENDPOINT a Hub, and no proxy in the way?")
			if err := c.pause(ctx, odd, tries); err != nil {
				return nil, err
			}
			continue
		}
		return c.nextPage(r.op, resp.Request.URL, resp.Header.Values("Link"))
	}
}

// nextPage returns the URL of the page after the one at at, or nil after the last. The listing goes on only at
// the same place: another host would see the token, or could add files.
func (c *Client) nextPage(op string, at *url.URL, headers []string) (*url.URL, error) {
	target := wire.NextLink(headers)
	if target == "" {
		return nil, nil
	}
	to, err := at.Parse(target)
	if err != nil || !c.ours(to) || to.User != nil {
		return nil, distrust(op, at, "the next page of the listing is on another host: expected %s", c.endpoint.Host)
	}
	return to, nil
}
