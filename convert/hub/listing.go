package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// Bounds on what a listing may make this process hold.
const (
	maxEntries = 4 << 20 // files and folders of one repository
	maxNames   = 1 << 30 // bytes of their names
	maxPages   = 1 << 16 // pages of its listing
	maxFile    = 4 << 40 // bytes of one file, eight times what the Hub takes
	maxTotal   = 1 << 60 // bytes of all files, so that no sum of some overflows
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
		return "", c.hush(distrust(op, u, "the answer names no commit (sha %q): is HF_ENDPOINT a Hub?", info.SHA))
	}
	return info.SHA, nil
}

// nameRevisions adds the revisions that exist to an error that says that one does not.
func (c *Client) nameRevisions(ctx context.Context, ref Ref, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code != "RevisionNotFound" {
		return err
	}
	if strings.Contains(strings.ToUpper(ref.revision()), "%2F") {
		plain := strings.ReplaceAll(strings.ReplaceAll(ref.revision(), "%2F", "/"), "%2f", "/")
		e.Advice = "%2F stands for a slash only in hf:// URLs: --revision " + fault.Printable(plain, 80)
		return e
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
	return c.hush(e)
}

// list returns every file at a commit.
func (c *Client) list(ctx context.Context, repo, commit string) (listing, error) {
	op := "list files of " + repo
	u := c.api(repo, "tree", commit)
	u.RawQuery = "recursive=true&expand=false"
	all, asked := newCensus(), map[string]bool{}
	for range maxPages {
		asked[u.String()] = true
		var p page
		next, err := c.answer(ctx, request{op: op, repo: repo, url: u}, func(body io.Reader) (err error) {
			p, err = readPage(body)
			return err
		})
		if err != nil {
			return nil, err
		}
		fresh, err := all.add(p)
		switch {
		case err != nil:
		case next == nil:
			err = all.complete()
		case fresh == 0:
			err = untrue("a page of the listing has nothing new, and names another")
		case asked[next.String()]:
			err = untrue("the listing names a page as the next that it has named before")
		}
		if err != nil {
			return nil, c.hush(distrust(op, u, "%v", err))
		}
		if next == nil {
			return all.files, nil
		}
		u = next
	}
	return nil, distrust(op, u, "the listing has more than %d pages", maxPages)
}

// census collects a listing page by page.
type census struct {
	files   listing
	folders map[string]bool
	names   int64 // bytes of all names
	content int64 // bytes of all files
}

func newCensus() *census { return &census{files: listing{}, folders: map[string]bool{}} }

// add takes in a page and returns how many of its entries are new.
func (s *census) add(p page) (fresh int, err error) {
	before := len(s.files) + len(s.folders)
	for _, f := range p.files {
		old, twice := s.files[f.Path]
		if twice && old != f {
			return 0, untrue("the listing names %q twice, differently", shortName(f.Path))
		}
		if !twice {
			s.files[f.Path] = f
			s.names += int64(len(f.Path))
			s.content += f.Size
		}
		if s.content > maxTotal {
			return 0, untrue("the listing has more than %d TiB up to %q", maxTotal>>40, shortName(f.Path))
		}
	}
	for _, name := range p.folders {
		if !s.folders[name] {
			s.folders[name] = true
			s.names += int64(len(name))
		}
	}
	after := len(s.files) + len(s.folders)
	switch {
	case after > maxEntries:
		return 0, untrue("the listing has more than %d files", maxEntries)
	case s.names > maxNames:
		return 0, untrue("the names in the listing have more than %d MiB", maxNames>>20)
	}
	return after - before, nil
}

// complete checks what only the whole listing can tell: no file is also a folder.
func (s *census) complete() error {
	for name := range s.files {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if _, both := s.files[dir]; both {
				return untrue("the listing names %q, and %q as if that were a folder", shortName(name), shortName(dir))
			}
		}
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
