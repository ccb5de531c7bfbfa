package hubtest

import (
	"crypto/sha1" // git's hash
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
)

// lfsOver is the size from which the Hub wants any file in its large-file storage.
const lfsOver = 10 << 20

// repo is one dataset.
type repo struct {
	name string
	revs map[string]*tree
}

// tree is the files of a revision.
type tree struct {
	commit string
	files  map[string]*file
}

// file is one file of a revision.
type file struct {
	source  string // in the served folder
	size    int64
	sha256  string
	gitSHA1 string // of the content
	lfs     bool
}

// pointer returns what git holds instead of a file in the large-file storage.
func (f *file) pointer() string {
	return fmt.Sprintf("version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n", f.sha256, f.size)
}

// etag returns the hash by which the Hub names the file.
func (f *file) etag() string {
	if f.lfs {
		return f.sha256
	}
	return f.gitSHA1
}

func (f *file) item(name string) Item {
	it := Item{Type: "file", OID: f.gitSHA1, Size: f.size, Path: name}
	if f.lfs {
		p := f.pointer()
		it.OID = gitSHA1("blob", p)
		it.LFS = &LFS{OID: f.sha256, Size: f.size, PointerSize: len(p)}
	}
	return it
}

// find returns the tree of a branch, a tag or a commit.
func (r *repo) find(rev string) *tree {
	if rev == "" {
		rev = "main"
	}
	if t := r.revs[rev]; t != nil {
		return t
	}
	for _, t := range r.revs {
		if t.commit == rev {
			return t
		}
	}
	return nil
}

// paths returns the names of all files, sorted.
func (t *tree) paths() []string {
	out := make([]string, 0, len(t.files))
	for p := range t.files {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// items lists dir: what is in it, or with all also everything below.
func (t *tree) items(dir string, all bool) []Item {
	prefix := ""
	if dir != "" {
		prefix = dir + "/"
	}
	var out []Item
	seen := map[string]bool{}
	for _, p := range t.paths() {
		rest, ok := strings.CutPrefix(p, prefix)
		if !ok {
			continue
		}
		for i, c := range rest {
			if d := prefix + rest[:i]; c == '/' && !seen[d] && (all || !strings.Contains(rest[:i], "/")) {
				seen[d] = true
				out = append(out, Item{Type: "directory", OID: gitSHA1("tree", d), Path: d})
			}
		}
		if all || !strings.Contains(rest, "/") {
			out = append(out, t.files[p].item(p))
		}
	}
	return out
}

// scan reads ORG/NAME[@REVISION] below the root.
func scan(fsys fs.FS) (map[string]*repo, error) {
	if _, err := fs.Stat(fsys, "."); err != nil {
		return nil, err
	}
	repos := map[string]*repo{}
	dirs, err := fs.Glob(fsys, "*/*")
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		fi, err := fs.Stat(fsys, dir)
		if err != nil {
			return nil, err
		}
		if !fi.IsDir() || strings.HasPrefix(dir, ".") || strings.HasPrefix(path.Base(dir), ".") {
			continue
		}
		name, rev, ok := strings.Cut(dir, "@")
		if rev, err = url.PathUnescape(rev); err != nil {
			return nil, fmt.Errorf("%s: revision: %w", dir, err)
		}
		if !ok {
			rev = "main"
		}
		if repos[name] == nil {
			repos[name] = &repo{name: name, revs: map[string]*tree{}}
		}
		if repos[name].revs[rev], err = scanTree(fsys, dir); err != nil {
			return nil, err
		}
	}
	if len(repos) == 0 {
		return nil, errors.New("no datasets: expected folders ORG/NAME")
	}
	return repos, nil
}

func scanTree(fsys fs.FS, dir string) (*tree, error) {
	t := &tree{files: map[string]*file{}}
	err := fs.WalkDir(fsys, dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		f, err := hashFile(fsys, p)
		if err != nil {
			return err
		}
		t.files[strings.TrimPrefix(p, dir+"/")] = f
		return nil
	})
	sum := sha1.New()
	for _, p := range t.paths() {
		fmt.Fprintf(sum, "%s\x00%s\n", p, t.files[p].etag())
	}
	t.commit = hex.EncodeToString(sum.Sum(nil))
	return t, err
}

func hashFile(fsys fs.FS, name string) (*file, error) {
	r, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	fi, err := r.Stat()
	if err != nil {
		return nil, err
	}
	content, git := sha256.New(), sha1.New()
	fmt.Fprintf(git, "blob %d\x00", fi.Size())
	n, err := io.Copy(io.MultiWriter(content, git), r)
	if err == nil && n != fi.Size() {
		err = fmt.Errorf("%s: changed while it was read", name)
	}
	return &file{
		source:  name,
		size:    n,
		sha256:  hex.EncodeToString(content.Sum(nil)),
		gitSHA1: hex.EncodeToString(git.Sum(nil)),
		lfs:     strings.EqualFold(path.Ext(name), ".parquet") || n >= lfsOver,
	}, err
}

// gitSHA1 returns the name that git gives to an object.
func gitSHA1(kind, content string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "%s %d\x00%s", kind, len(content), content))
	return hex.EncodeToString(sum[:])
}
