package hub

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"

	"github.com/promptmill/promptmill/convert/hub/internal/disk"
)

// cacheTag marks the cache for backup tools. The text is Python's, byte for byte.
const cacheTag = "Signature: 8a477f597d28d172789f06886806bc55\n" +
	"# This file is a cache directory tag created by huggingface_hub.\n" +
	"# For information about cache directory tags, see:\n" +
	"#\thttps://bford.info/cachedir/\n"

// writer adds to a store. Everything it makes is written under another name, synced and renamed, so that neither a
// crash nor a second process can leave or see half a file. Modes are what the umask makes of 0666 and 0777, as
// in Python. It is safe for concurrent use.
type writer struct {
	store
	disk.Folder
}

// writer makes the folders for a commit and opens the store for writing.
func (s store) writer(commit string) (*writer, error) {
	w, err := s.openWriter(commit)
	if err != nil {
		return nil, s.writeError(err)
	}
	return w, nil
}

func (s store) openWriter(commit string) (*writer, error) {
	if err := os.MkdirAll(s.dir, 0o777); err != nil {
		return nil, err
	}
	tagCache(s.cache)
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, err
	}
	for _, dir := range []string{"blobs", "snapshots/" + commit} {
		if err := root.MkdirAll(dir, 0o777); err != nil {
			return nil, errors.Join(err, root.Close())
		}
	}
	return &writer{s, disk.Folder{Root: root, Explain: s.writeError}}, nil
}

func (w *writer) close() error { return w.Root.Close() }

// tagCache writes CACHEDIR.TAG unless it exists. Nothing depends on it.
func tagCache(dir string) {
	f, err := os.OpenFile(filepath.Join(dir, "CACHEDIR.TAG"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err == nil {
		_, err = f.WriteString(cacheTag)
		_ = errors.Join(err, f.Close())
	}
}

// hasBlob reports whether the bytes of f are there, judged by their number.
func (w *writer) hasBlob(f File) bool { return w.hasBlobIn(w.Root, f) }

// unfinished returns a new temporary name for a blob, one that `hf cache prune` recognises.
func unfinished(blob string) string { return fmt.Sprintf("%s.%08x.incomplete", blob, rand.Uint32()) }

// link makes the snapshot's name for f, whose blob exists. Whatever else has that name is replaced.
func (w *writer) link(commit string, f File) error {
	name, target := snapshotName(commit, f.Path), linkTarget(f)
	if err := w.Root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return w.writeError(err)
	}
	if w.linked(name, target) {
		return nil
	}
	if err := w.Root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return w.writeError(err)
	}
	err := w.Root.Symlink(filepath.FromSlash(target), name)
	if err != nil && !w.linked(name, target) { // another process may have been faster
		return w.writeError(err)
	}
	return nil
}

func (w *writer) linked(name, target string) bool {
	got, err := w.Root.Readlink(name)
	return err == nil && filepath.ToSlash(got) == target
}

// setRef remembers the commit of a revision. A revision that is the commit needs no memory.
func (w *writer) setRef(rev, commit string) error {
	if rev == commit {
		return nil
	}
	return w.Write("refs/"+rev, 0o666, []byte(commit))
}

// copyIn makes the bytes of f, which the store has, appear in the snapshot itself.
func (w *writer) copyIn(commit string, f File) error {
	from, err := os.Open(w.blob(f))
	if err != nil {
		return w.writeError(err)
	}
	defer func() { _ = from.Close() }() // it was only read
	to := snapshotName(commit, f.Path)
	if err := w.Root.MkdirAll(path.Dir(to), 0o777); err != nil {
		return w.writeError(err)
	}
	return w.Create(unfinished("blobs/"+f.etag()), to, 0o666, func(file *os.File) error {
		_, err := io.Copy(w.WriterTo(file), from)
		return err
	})
}
