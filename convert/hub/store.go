package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
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

// hasBlobIn reports whether the bytes of f are there, judged by their number, and by their hash if that is git's.
func (s store) hasBlobIn(root *os.Root, f File) bool {
	fi, err := s.statBlob(root, f.etag())
	return f.etag() != "" && err == nil && fi.Size() == f.Size && !damaged(s.blob(f), f)
}

// damaged reports whether the file called name, of the right size, is known not to be f. Only the small files that git
// holds itself are read for that.
func damaged(name string, f File) bool {
	if f.SHA256 != "" || f.GitSHA1 == "" || f.Size > maxDoc {
		return false
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return false // whoever needs the file will say so
	}
	sum := newDigest(f)
	_, _ = sum.Write(text) // hashes do not fail
	return sum.check(f) != nil
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

// find is has for somebody who is going to read the file: what is there and cannot be read is an error.
func (s store) find(commit string, f File) (bool, error) {
	if !s.has(commit, f) {
		if _, err := os.Stat(s.local(commit, f)); errors.Is(err, fs.ErrPermission) {
			return false, s.readError(err)
		}
		return false, nil
	}
	file, err := os.Open(s.local(commit, f))
	if err != nil {
		return false, s.readError(err)
	}
	return true, file.Close()
}

// unreadable returns an error if this user may not look for files in the store.
func (s store) unreadable() error {
	root, err := os.OpenRoot(s.dir)
	if errors.Is(err, fs.ErrPermission) {
		return s.readError(err)
	}
	if err != nil {
		return nil // there is nothing to read
	}
	defer func() { _ = root.Close() }() // it was only read
	for _, name := range []string{"refs", "trees", "snapshots", "blobs"} {
		if _, err := root.Lstat(name + "/any"); errors.Is(err, fs.ErrPermission) {
			return s.readError(err)
		}
	}
	return nil
}

func (s store) hasIn(root *os.Root, commit string, f File) bool {
	name := snapshotName(commit, f.Path)
	fi, err := root.Lstat(name)
	if err != nil {
		return false
	}
	if fi.Mode().IsRegular() {
		return fi.Size() == f.Size && !damaged(s.local(commit, f), f)
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

// snapshotFolders returns the folders that the links to the files of d are in, and those above them.
func snapshotFolders(d *Dataset) []string {
	set := map[string]bool{}
	add := func(file string) {
		for dir := path.Dir(snapshotName(d.Commit, file)); !set[dir]; dir = path.Dir(dir) {
			set[dir] = true
		}
	}
	for _, f := range d.Files {
		add(f.Path)
	}
	for name := range d.docs {
		add(name)
	}
	return slices.Sorted(maps.Keys(set))
}

// lockName returns the lock of f in the folder of all locks.
func (s store) lockName(f File) string { return filepath.Base(s.dir) + "/" + f.etag() + ".lock" }

// linkTarget returns what the symlink of f in a snapshot says.
func linkTarget(f File) string {
	up := 2 + strings.Count(f.Path, "/")
	return strings.Repeat("../", up) + "blobs/" + f.etag()
}
