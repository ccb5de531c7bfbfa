package hub

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/disk"
)

// store is the part of the cache that belongs to one dataset:
//
//	blobs/{hash}                   the bytes, named by what the Hub promises of them
//	snapshots/{commit}/{path}      relative symlinks to blobs; where there are no symlinks, the files themselves
//	refs/{revision}                the commit, without a line feed
//	trees/{commit}.json            every file of the commit
//	.no_exist/{commit}/{path}      empty; says that the commit has no such file
//
// A blob may be a symlink itself: Python moves what it got from the Hub's chunk storage to a folder that all datasets
// share, blobs/{2 hex digits}/{64 hex digits} of the cache.
//
// Everything is reached through an [os.Root], so that neither a server's names nor a symlink lead elsewhere. The
// reading methods create nothing.
type store struct {
	cache string // the whole cache
	dir   string // cache/datasets--org--name
	plain bool   // the user wants no symlinks
}

func (c *Client) store(repo string) store {
	name := "datasets--" + strings.ReplaceAll(repo, "/", "--")
	return store{c.cfg.CacheDir, filepath.Join(c.cfg.CacheDir, name), c.cfg.DisableSymlinks}
}

// readRef returns the commit at which a revision was last seen.
func (s store) readRef(rev string) (string, error) {
	raw, err := s.read("refs/"+rev, maxRef)
	if err != nil {
		return "", err
	}
	commit := strings.TrimSpace(string(raw))
	if !commitRE.MatchString(commit) {
		return "", fmt.Errorf("%s: refs/%s: %w: expected a commit", s.dir, rev, ErrCorrupt)
	}
	return commit, nil
}

// Bounds on files that are read whole.
const (
	maxRef  = 4 << 10
	maxTree = 1 << 30
)

// read returns a file of at most limit bytes of the store.
func (s store) read(name string, limit int64) ([]byte, error) {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // it was only read
	return disk.Read(root, name, limit)
}

// readSmall returns the content of a small file if the cache has it, undamaged as far as its hash is known.
func (s store) readSmall(commit string, f File) ([]byte, error) {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // it was only read
	raw, err := disk.Read(root, "blobs/"+f.etag(), maxDoc)
	if f.etag() == "" || err != nil {
		raw, err = disk.Read(root, snapshotName(commit, f.Path), maxDoc)
	}
	if f.etag() == "" || err != nil {
		return raw, err
	}
	sum := newDigest(f)
	_, _ = sum.Write(raw) // hashes do not fail
	return raw, sum.check(f)
}

// blob returns where the bytes of f are, or will be.
func (s store) blob(f File) string { return filepath.Join(s.dir, "blobs", f.etag()) }

// hasBlobIn reports whether the bytes of f are there, judged by their number.
func (s store) hasBlobIn(root *os.Root, f File) bool {
	fi, err := s.statBlob(root, f.etag())
	return f.etag() != "" && err == nil && fi.Size() == f.Size
}

// sharedBlob is what the symlink of a blob says that is in the folder of all datasets.
var sharedBlob = regexp.MustCompile(`^\.\./\.\./(blobs/([0-9a-f]{2})/([0-9a-f]{64}))$`)

// statBlob describes the file with the bytes of a blob.
func (s store) statBlob(root *os.Root, etag string) (fs.FileInfo, error) {
	name := "blobs/" + etag
	fi, err := root.Lstat(name)
	if err != nil || fi.Mode().IsRegular() {
		return fi, err
	}
	target, err := root.Readlink(name)
	if err != nil {
		return nil, err
	}
	m := sharedBlob.FindStringSubmatch(filepath.ToSlash(target))
	if m == nil || !strings.HasPrefix(m[3], m[2]) {
		return nil, fmt.Errorf("%s: %w: a symlink out of the dataset", name, ErrCorrupt)
	}
	all, err := os.OpenRoot(s.cache)
	if err != nil {
		return nil, err
	}
	defer func() { _ = all.Close() }() // it was only read
	if fi, err = all.Lstat(m[1]); err == nil && !fi.Mode().IsRegular() {
		err = fmt.Errorf("%s: %w: not a file", m[1], ErrCorrupt)
	}
	return fi, err
}

// has reports whether the snapshot of the commit has f, all of it.
func (s store) has(commit string, f File) bool {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return false
	}
	defer func() { _ = root.Close() }() // it was only read
	return s.hasIn(root, commit, f)
}

func (s store) hasIn(root *os.Root, commit string, f File) bool {
	name := snapshotName(commit, f.Path)
	fi, err := root.Lstat(name)
	if err != nil {
		return false
	}
	if fi.Mode().IsRegular() {
		return fi.Size() == f.Size
	}
	target, err := root.Readlink(name)
	return err == nil && filepath.ToSlash(target) == linkTarget(f) && s.hasBlobIn(root, f)
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
		fi, err := root.Lstat(name)
		if target, linkErr := root.Readlink(name); linkErr == nil {
			f = hashNamed(f, path.Base(filepath.ToSlash(target)))
			fi, err = s.statBlob(root, f.etag())
		}
		if err == nil && fi.Mode().IsRegular() {
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

func snapshotName(commit, file string) string { return path.Join("snapshots", commit, file) }

// lockName returns the lock of f in the folder of all locks.
func (s store) lockName(f File) string { return filepath.Base(s.dir) + "/" + f.etag() + ".lock" }

// linkTarget returns what the symlink of f in a snapshot says.
func linkTarget(f File) string {
	up := 2 + strings.Count(f.Path, "/")
	return strings.Repeat("../", up) + "blobs/" + f.etag()
}
