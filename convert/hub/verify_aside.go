package hub

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/disk"
)

// moveAside takes the wrong bytes, which were read from the file that read describes, out of everybody's way. It
// returns where they are then; "" when the cache cannot be written, or when somebody else has replaced them already.
func (c *Client) moveAside(ctx context.Context, s store, commit string, v Verdict, read fs.FileInfo) (string, error) {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Close() }() // everything in it has been told
	if locks := openLocks(s.cache); locks != nil {
		defer func() { _ = locks.Close() }() // it holds nothing
		release, _, err := c.acquire(ctx, locks, s.lockName(v.File), v.Path)
		if err != nil {
			return "", err
		}
		defer release()
	}
	w := &writer{s, disk.Folder{Root: root, Explain: s.writeError}}
	to, err := w.moveAside(commit, v, read)
	if err != nil {
		c.cfg.Logf("%s: the wrong bytes stay where they are: %v", v.Path, err)
		return "", nil
	}
	if to == "" {
		return "", nil
	}
	return filepath.Join(s.dir, filepath.FromSlash(to)), nil
}

func (w *writer) moveAside(commit string, v Verdict, read fs.FileInfo) (string, error) {
	f := v.File
	name, aside := snapshotName(commit, f.Path), "blobs/"+f.etag()+"."+v.Got[:8]+".incomplete"
	if fi, err := w.Root.Lstat(name); err == nil && os.SameFile(fi, read) {
		return aside, w.Root.Rename(name, aside)
	}
	if fi, err := os.Stat(w.blob(f)); err != nil || !os.SameFile(fi, read) {
		if _, err := w.Root.Lstat(aside); err == nil { // another path of the same bytes was first
			return aside, nil
		}
		return "", err
	}
	return aside, w.banish("blobs/"+f.etag(), aside)
}

// banish removes every link to a blob and renames its bytes.
func (w *writer) banish(blob, aside string) error {
	if err := w.unlink(blob); err != nil {
		return err
	}
	target, err := w.Root.Readlink(blob)
	if err != nil {
		return w.Root.Rename(blob, aside)
	}
	if err := w.Root.Remove(blob); err != nil {
		return err
	}
	if m := sharedBlob.FindStringSubmatch(filepath.ToSlash(target)); m != nil {
		return w.banishShared(m[1], aside)
	}
	return nil
}

// unlink removes the links of all snapshots to a blob.
func (w *writer) unlink(blob string) error {
	err := fs.WalkDir(w.Root.FS(), "snapshots", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.Type()&fs.ModeSymlink == 0 {
			return err
		}
		target, err := w.Root.Readlink(name)
		if err != nil || path.Join(path.Dir(name), filepath.ToSlash(target)) != blob {
			return err
		}
		return w.Root.Remove(name)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// sharer is a line of the list that Python keeps beside a shared blob: a blob that is a link to it.
var sharer = regexp.MustCompile(`^(datasets|models|spaces|kernels)--[A-Za-z0-9._-]+/blobs/[0-9a-f]+$`)

// banishShared moves a blob that several repositories share to aside, and removes the links that others have to it.
func (w *writer) banishShared(shared, aside string) error {
	all, err := os.OpenRoot(w.cache)
	if err != nil {
		return err
	}
	defer func() { _ = all.Close() }() // everything in it has been told
	for _, link := range sharers(all, shared) {
		repo, blob, _ := strings.Cut(link, "/")
		if target, err := all.Readlink(link); err != nil || filepath.ToSlash(target) != "../../"+shared {
			continue
		}
		if err := unlinkIn(all, repo, blob); err != nil {
			return err
		}
		if err := all.Remove(link); err != nil {
			return err
		}
	}
	return all.Rename(shared, filepath.Base(w.dir)+"/"+aside)
}

// sharers returns the blobs that say they are links to a shared one.
func sharers(all *os.Root, shared string) []string {
	f, err := all.Open(shared + ".refs")
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }() // it was only read
	var out []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if sharer.MatchString(lines.Text()) && filepath.IsLocal(lines.Text()) {
			out = append(out, lines.Text())
		}
	}
	return out
}

// unlinkIn removes the links to a blob of another repository.
func unlinkIn(all *os.Root, repo, blob string) error {
	root, err := all.OpenRoot(repo)
	if err != nil {
		return err
	}
	w := &writer{Folder: disk.Folder{Root: root}}
	return errors.Join(w.unlink(blob), root.Close())
}
