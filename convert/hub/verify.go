package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// Status is what [Client.Verify] found out about a file.
type Status string

// The values of [Status].
const (
	StatusOK      Status = "ok"      // the bytes have the hash that the Hub promised
	StatusMissing Status = "missing" // the cache, or the folder, does not have the file
	StatusWrong   Status = "wrong"   // the bytes are not those that the Hub promised
	StatusUnknown Status = "unknown" // nothing says what the bytes should be: the cache has no list of the commit
)

// Verdict is what [Client.Verify] found out about one file.
type Verdict struct {
	File    File
	Path    string // where readers open it, or would
	Status  Status
	Got     string // hash of the bytes, of the same kind as Want; "" when there are none
	Want    string // what the Hub promised; "" when that is unknown
	MovedTo string // where wrong bytes are now, which nothing reads; "" when they stay where they are
	InPlace string // the file with the wrong bytes when they stay: they would be used until somebody removes it
	Commit  string // the other commit whose file it is, as a folder's records say and its bytes prove; "" otherwise
}

// Verify reads every file of d that the cache has and compares its hash with what the Hub promised. Wrong bytes are
// moved aside, to a name that Python's tools know as garbage, and every link to them is removed, so that the next
// download brings them anew. It makes no request. The verdicts are in the order of d.Files.
//
// A wrong or missing file is no error. Errors are those of a context that ended or of a file that cannot be read.
func (c *Client) Verify(ctx context.Context, d *Dataset) ([]Verdict, error) {
	if err := d.Ref.check(); err != nil {
		return nil, err
	}
	s := c.store(d.Ref.Repo)
	out := make([]Verdict, len(d.Files))
	read := make([]fs.FileInfo, len(d.Files)) // the files whose bytes were hashed
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range d.Files {
		g.Go(func() (err error) {
			out[i], read[i], err = s.examine(gctx, d.Commit, f)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Status != StatusWrong {
			continue
		}
		if err := c.moveAside(ctx, s, d.Commit, &out[i], read[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// examine hashes one file and describes what it hashed.
func (s store) examine(ctx context.Context, commit string, f File) (Verdict, fs.FileInfo, error) {
	v := Verdict{File: f, Path: s.local(commit, f), Status: StatusMissing, Want: f.etag()}
	file, err := s.open(commit, f)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrCorrupt) { // a link to nowhere is no file
		return v, nil, nil
	}
	if err != nil {
		return v, nil, fmt.Errorf("verify %s: %w", v.Path, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	fi, err := v.judge(ctx, file)
	return v, fi, err
}

// judge hashes the file, completes the verdict and describes what was hashed.
func (v *Verdict) judge(ctx context.Context, file *os.File) (fs.FileInfo, error) {
	fi, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("verify %s: %w", v.Path, err)
	}
	actual := v.File
	actual.Size = fi.Size() // git hashes the length too
	sum, err := hashAll(ctx, file, actual)
	if err != nil {
		return nil, fmt.Errorf("verify %s: %w", v.Path, err)
	}
	v.Got = sum.promised()
	switch v.Want {
	case "":
		v.Status = StatusUnknown
	case v.Got:
		v.Status = StatusOK
	default:
		v.Status = StatusWrong
	}
	return fi, nil
}

// open opens a file of a snapshot, whatever its size.
func (s store) open(commit string, f File) (*os.File, error) {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // it was only read
	name := snapshotName(commit, f.Path)
	fi, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if fi.Mode().IsRegular() {
		return root.Open(name)
	}
	if target, err := root.Readlink(name); err != nil || filepath.ToSlash(target) != linkTarget(f) {
		return nil, fmt.Errorf("%s: %w: neither a file nor a link to its blob", name, ErrCorrupt)
	}
	if fi, err = s.statBlob(root, f.etag()); err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w: not a file", s.blob(f), ErrCorrupt)
	}
	return os.Open(s.blob(f))
}
