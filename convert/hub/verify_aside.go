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

// moveAside takes the wrong bytes of a verdict, which were read from the file that read describes, out of everybody's way,
// and notes where they are then. It leaves them when the cache cannot be written, and notes that too; when somebody else
// has replaced them already, there is nothing to note. The error is that of a context that ended.
func (c *Client) moveAside(ctx context.Context, s store, commit string, v *Verdict, read fs.FileInfo) error {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return s.readError(err)
	}
	defer func() { _ = root.Close() }() // everything in it has been told
	if locks := openLocks(s.cache); locks != nil {
		defer func() { _ = locks.Close() }() // it holds nothing
		release, _, err := c.acquire(ctx, locks, s.lockName(v.File), v.Path)
		if err != nil {
			return err
		}
		defer release()
	}
	w := &writer{s, disk.Folder{Root: root, Explain: s.writeError}}
	real, realErr := filepath.EvalSymlinks(v.Path)
	to, err := w.moveAside(commit, v.File, read)
	if err != nil {
		c.cfg.Logf("%s: the wrong bytes stay where they are: %v", v.Path, err)
		v.InPlace = v.Path
		if realErr == nil {
			v.InPlace = real
		}
		return nil
	}
	if to != "" {
		v.MovedTo = filepath.Join(s.dir, filepath.FromSlash(to))
	}
	return nil
}

// moveAside returns the new name of the bytes; "" when they were gone. Those of an earlier time are replaced: one copy is
// enough to look into.
func (w *writer) moveAside(commit string, f File, read fs.FileInfo) (string, error) {
	name, aside := snapshotName(commit, f.Path), "blobs/"+f.etag()+"."+wrongTag+".incomplete"
	if fi, err := w.Root.Lstat(aside); err == nil && os.SameFile(fi, read) { // another path of the same bytes was first
		return aside, nil
	}
	if fi, err := w.Root.Lstat(name); err == nil && os.SameFile(fi, read) { // there are no symlinks
		return aside, w.Root.Rename(name, aside)
	}
	if fi, err := os.Stat(w.blob(f)); err != nil || !os.SameFile(fi, read) {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return "", err
	}
	return aside, w.banish("blobs/"+f.etag(), aside)
}

// banish renames the bytes of a blob and removes every link to them. A link that stays leads nowhere, which is no file.
func (w *writer) banish(blob, aside string) error {
	target, err := w.Root.Readlink(blob)
	if err != nil {
		if err := w.Root.Rename(blob, aside); err != nil {
			return err
		}
		_ = w.unlink(blob)
		return nil
	}
	m := sharedBlob.FindStringSubmatch(filepath.ToSlash(target))
	if m == nil {
		return w.Root.Remove(blob)
	}
	if err := w.banishShared(m[1], aside); err != nil {
		return err
	}
	_ = errors.Join(w.Root.Remove(blob), w.unlink(blob))
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

// banishShared moves a blob that several repositories share to aside, and removes the links that they have to it.
func (w *writer) banishShared(shared, aside string) error {
	all, err := os.OpenRoot(w.cache)
	if err != nil {
		return err
	}
	defer func() { _ = all.Close() }() // everything in it has been told
	links := sharers(all, shared)
	if err := all.Rename(shared, filepath.Base(w.dir)+"/"+aside); err != nil {
		return err
	}
	for _, link := range links {
		repo, blob, _ := strings.Cut(link, "/")
		if target, err := all.Readlink(link); err != nil || filepath.ToSlash(target) != "../../"+shared {
			continue
		}
		_ = errors.Join(unlinkIn(all, repo, blob), all.Remove(link)) // they lead nowhere
	}
	return nil
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
