package hubtest

import (
	"fmt"
	"slices"
	"strings"
)

// repo is one dataset.
type repo struct {
	name string
	revs map[string]*tree

	past    []*tree // commits that no revision is at any more
	private bool    // as its maker wanted it
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
	gitSHA1 string // of the content; "" when lfs: git has a pointer
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
	for t := range r.trees() {
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
