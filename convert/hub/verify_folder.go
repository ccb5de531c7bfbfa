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

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// VerifyFolder is [Client.Verify] of the files that are in dir, a folder that [Client.DownloadTo] or Python has filled. It
// changes nothing: the files are the user's, and wrong bytes stay where they are. DownloadTo replaces those of another
// commit and those that were changed after they came; it would not notice the others, which are InPlace.
func (c *Client) VerifyFolder(ctx context.Context, d *Dataset, dir string) ([]Verdict, error) {
	if err := d.Ref.check(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("folder %s: %w", fault.Printable(dir, fault.MaxMessage), err)
	}
	out := make([]Verdict, len(d.Files))
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		for i, f := range d.Files {
			out[i] = unseen(dir, f)
		}
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // it was only read
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range d.Files {
		g.Go(func() (err error) {
			out[i], err = examineIn(ctx, root, dir, d.Commit, f)
			return err
		})
	}
	return out, g.Wait()
}

// unseen is the verdict on a file of which nothing is known yet.
func unseen(dir string, f File) Verdict {
	return Verdict{File: f, Path: filepath.Join(dir, filepath.FromSlash(f.Path)), Status: StatusMissing, Want: f.etag()}
}

// examineIn hashes one file of a folder.
func examineIn(ctx context.Context, root *os.Root, dir, commit string, f File) (Verdict, error) {
	v := unseen(dir, f)
	if err := checkLocal(f); err != nil {
		return v, err
	}
	fi, err := root.Stat(f.Path)
	if err != nil || !fi.Mode().IsRegular() { // a link out of the folder is no file of it: pull replaces it
		if errors.Is(err, fs.ErrPermission) {
			return v, fmt.Errorf("verify %s: %w", v.Path, err)
		}
		return v, nil
	}
	file, err := root.Open(f.Path)
	if err != nil {
		return v, fmt.Errorf("verify %s: %w", v.Path, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	if _, err := v.judge(ctx, file); err != nil || v.Status != StatusWrong {
		return v, err
	}
	r, fi, err := readRecord(root, f)
	if err != nil {
		return v, nil
	}
	if r.describes(fi, f) && !damaged(v.Path, f) {
		v.InPlace = v.Path
	}
	if r.etag == v.Got && r.commit != commit && commitRE.MatchString(r.commit) {
		v.Commit = r.commit
	}
	return v, nil
}
