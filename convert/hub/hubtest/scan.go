package hubtest

import (
	"crypto/sha1" // git's hash
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/url"
	"path"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"
)

// lfsOver is the size from which the Hub wants any file in its large-file storage.
const lfsOver = 10 << 20

// found is a file of the served folder on its way into a tree.
type found struct {
	in     *tree
	name   string // in the tree
	source string // in the served folder
	file   *file
}

// scan reads ORG/NAME[@REVISION] below the root. Every file is hashed once, on all cores.
func scan(fsys fs.FS) (map[string]*repo, error) {
	if _, err := fs.Stat(fsys, "."); err != nil {
		return nil, err
	}
	repos, files, err := walk(fsys)
	if err != nil {
		return nil, err
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range files {
		g.Go(func() (err error) {
			files[i].file, err = hashFile(fsys, files[i].source)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, f := range files {
		f.in.files[f.name] = f.file
	}
	for _, r := range repos {
		for _, t := range r.revs {
			t.commit = t.hash()
		}
	}
	return repos, nil
}

// walk finds the datasets and their files.
func walk(fsys fs.FS) (map[string]*repo, []found, error) {
	dirs, err := fs.Glob(fsys, "*/*")
	if err != nil {
		return nil, nil, err
	}
	repos, files := map[string]*repo{}, []found(nil)
	for _, dir := range dirs {
		fi, err := fs.Stat(fsys, dir)
		if err != nil {
			return nil, nil, err
		}
		if !fi.IsDir() || strings.HasPrefix(dir, ".") || strings.HasPrefix(path.Base(dir), ".") {
			continue
		}
		name, rev, ok := strings.Cut(dir, "@")
		if rev, err = url.PathUnescape(rev); err != nil {
			return nil, nil, fmt.Errorf("%s: revision: %w", dir, err)
		}
		if !ok {
			rev = "main"
		}
		if repos[name] == nil {
			repos[name] = &repo{name: name, revs: map[string]*tree{}}
		}
		t := &tree{files: map[string]*file{}}
		repos[name].revs[rev] = t
		if files, err = walkTree(fsys, dir, t, files); err != nil {
			return nil, nil, err
		}
	}
	return repos, files, nil
}

// walkTree appends the files below dir, without those of git itself.
func walkTree(fsys fs.FS, dir string, t *tree, files []found) ([]found, error) {
	err := fs.WalkDir(fsys, dir, func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == ".git":
			return fs.SkipDir
		case e.IsDir():
			return nil
		}
		files = append(files, found{in: t, name: strings.TrimPrefix(p, dir+"/"), source: p})
		return nil
	})
	return files, err
}

// hashFile reads a file, which may be a link to one. Opening a pipe would wait for ever, so it looks first.
func hashFile(fsys fs.FS, name string) (*file, error) {
	fi, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: neither a file nor a folder of files", name)
	}
	r, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	f := &file{source: name, size: fi.Size(), lfs: strings.EqualFold(path.Ext(name), ".parquet") || fi.Size() >= lfsOver}
	content, git := sha256.New(), sha1.New()
	both := io.MultiWriter(content, git)
	if f.lfs {
		both = content // git has only the pointer
	}
	fmt.Fprintf(git, "blob %d\x00", f.size)
	switch n, err := io.Copy(both, r); {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case n != f.size:
		return nil, fmt.Errorf("%s: changed while it was read", name)
	}
	f.sha256 = sumOf(content)
	if !f.lfs {
		f.gitSHA1 = sumOf(git)
	}
	return f, nil
}

// hash returns the commit of a tree: its content decides alone.
func (t *tree) hash() string {
	sum := sha1.New()
	for _, p := range t.paths() {
		fmt.Fprintf(sum, "%s\x00%s\n", p, t.files[p].etag())
	}
	return sumOf(sum)
}

func sumOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// gitSHA1 returns the name that git gives to an object.
func gitSHA1(kind, content string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "%s %d\x00%s", kind, len(content), content))
	return hex.EncodeToString(sum[:])
}
