package hub

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// store is the part of the cache that belongs to one dataset:
//
//	blobs/{hash}                   the bytes, named by what the Hub promises of them
//	snapshots/{commit}/{path}      relative symlinks to blobs
//	refs/{revision}                the commit, without a line feed
//	trees/{commit}.json            every file of the commit
//
// Blobs are named by hex digits, so their paths are safe to build; everything named by a server goes through
// [os.Root]. Its reading methods create nothing.
type store struct {
	cache string // the whole cache
	dir   string // cache/datasets--org--name
}

func (c *Client) store(repo string) store {
	name := "datasets--" + strings.ReplaceAll(repo, "/", "--")
	return store{c.cfg.CacheDir, filepath.Join(c.cfg.CacheDir, name)}
}

// readRef returns the commit at which a revision was last seen.
func (s store) readRef(rev string) (string, error) {
	raw, err := s.read("refs/" + rev)
	if err != nil {
		return "", err
	}
	commit := strings.TrimSpace(string(raw))
	if !commitRE.MatchString(commit) {
		return "", fmt.Errorf("%s: refs/%s: %w: expected a commit", s.dir, rev, ErrCorrupt)
	}
	return commit, nil
}

// read returns a small file of the store.
func (s store) read(name string) ([]byte, error) {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, err
	}
	raw, err := root.ReadFile(name)
	return raw, errors.Join(err, root.Close())
}

// readBlob returns the content of a small file if the cache has it, undamaged.
func (s store) readBlob(f File) ([]byte, error) {
	if f.Size > maxDoc || !s.hasBlob(f) {
		return nil, fs.ErrNotExist
	}
	raw, err := os.ReadFile(s.blob(f))
	if err != nil {
		return nil, err
	}
	sum := newDigest(f)
	_, _ = sum.Write(raw) // hashes do not fail
	return raw, sum.check(f)
}

// blob returns where the bytes of f are, or will be.
func (s store) blob(f File) string { return filepath.Join(s.dir, "blobs", f.etag()) }

// hasBlob reports whether the bytes of f are there, judged by their number.
func (s store) hasBlob(f File) bool {
	fi, err := os.Stat(s.blob(f))
	return f.etag() != "" && err == nil && fi.Mode().IsRegular() && fi.Size() == f.Size
}

// has reports whether the snapshot of the commit has f, all of it. Where there are no symlinks a snapshot holds the
// files themselves.
func (s store) has(commit string, f File) bool {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return false
	}
	defer func() { _ = root.Close() }()
	name := snapshotName(commit, f.Path)
	fi, err := root.Lstat(name)
	if err != nil {
		return false
	}
	if fi.Mode().IsRegular() {
		return fi.Size() == f.Size
	}
	target, err := root.Readlink(name)
	return err == nil && filepath.ToSlash(target) == linkTarget(f) && s.hasBlob(f)
}

// local returns where readers open f.
func (s store) local(commit string, f File) string {
	return filepath.Join(s.dir, filepath.FromSlash(snapshotName(commit, f.Path)))
}

// snapshot returns the files of a commit that the cache holds, as far as their links tell: what remains of a listing
// when an older Python made the cache.
func (s store) snapshot(commit string) (listing, error) {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	base := "snapshots/" + commit
	out := listing{}
	err = fs.WalkDir(root.FS(), base, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		f := File{Path: strings.TrimPrefix(name, base+"/")}
		if target, err := root.Readlink(name); err == nil {
			f = hashNamed(f, path.Base(filepath.ToSlash(target)))
			name = "blobs/" + f.etag()
		}
		if fi, err := os.Stat(filepath.Join(s.dir, filepath.FromSlash(name))); err == nil && fi.Mode().IsRegular() {
			f.Size = fi.Size()
			out[f.Path] = f
		}
		return nil
	})
	return out, err
}

// hashNamed returns f with the hash that is its blob's name.
func hashNamed(f File, blob string) File {
	switch {
	case sha256RE.MatchString(blob):
		f.SHA256 = blob
	case commitRE.MatchString(blob):
		f.GitSHA1 = blob
	}
	return f
}

// sum returns the sha256 of a cached file: its promised one, or that of its bytes.
func (s store) sum(commit string, f File) (string, error) {
	if f.SHA256 != "" {
		return f.SHA256, nil
	}
	r, err := os.Open(s.local(commit, f))
	if err != nil {
		return "", err
	}
	d := newDigest(f)
	_, err = io.Copy(d, r)
	if f.GitSHA1 != "" && err == nil {
		err = d.check(f)
	}
	if err = errors.Join(err, r.Close()); err != nil {
		return "", fmt.Errorf("cache: %s: %w", f.Path, err)
	}
	return d.sha256(), nil
}

func snapshotName(commit, file string) string { return path.Join("snapshots", commit, file) }

// linkTarget returns what the symlink of f in a snapshot says.
func linkTarget(f File) string {
	up := 2 + strings.Count(f.Path, "/")
	return strings.Repeat("../", up) + "blobs/" + f.etag()
}
