package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
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
	root *os.Root
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
	if err := tagCache(s.cache); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, err
	}
	for _, dir := range []string{"blobs", "snapshots/" + commit} {
		if err := root.MkdirAll(dir, 0o777); err != nil {
			return nil, errors.Join(err, root.Close())
		}
	}
	return &writer{s, root}, nil
}

func (w *writer) close() error { return w.root.Close() }

// tagCache writes CACHEDIR.TAG unless it exists.
func tagCache(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, "CACHEDIR.TAG"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(cacheTag)
	return errors.Join(err, f.Close())
}

// addBlob adds the bytes of f, which fill writes and vouches for, unless they are there already.
func (w *writer) addBlob(f File, fill func(*os.File) error) error {
	if w.hasBlob(f) {
		return nil
	}
	return w.create("blobs/"+f.etag(), ".incomplete", fill)
}

// create makes the file name of what fill writes. The temporary name is one that `hf cache prune` recognises.
func (w *writer) create(name, suffix string, fill func(*os.File) error) (err error) {
	tmp := fmt.Sprintf("%s.%08x%s", name, rand.Uint32(), suffix)
	f, err := w.root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return w.writeError(err)
	}
	defer func() {
		if err != nil {
			_ = w.root.Remove(tmp) // the first error is the one to tell
		}
	}()
	if err := fill(f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return w.writeError(err)
	}
	if err := w.root.Rename(tmp, name); err != nil {
		return w.writeError(err)
	}
	return w.syncDir(path.Dir(name))
}

// write makes the file name of data, unless it is that already.
func (w *writer) write(name string, data []byte) error {
	if old, err := w.root.ReadFile(name); err == nil && string(old) == string(data) {
		return nil
	}
	if err := w.root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return w.writeError(err)
	}
	return w.create(name, ".tmp", func(f *os.File) error {
		_, err := f.Write(data)
		return err
	})
}

// link makes the snapshot's name for f, whose blob exists. Whatever else has that name is replaced.
func (w *writer) link(commit string, f File) error {
	name, target := snapshotName(commit, f.Path), linkTarget(f)
	if err := w.root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return w.writeError(err)
	}
	if w.linked(name, target) {
		return nil
	}
	if err := w.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return w.writeError(err)
	}
	err := w.root.Symlink(filepath.FromSlash(target), name)
	if err != nil && !w.linked(name, target) { // another process may have been faster
		return w.writeError(err)
	}
	return nil
}

func (w *writer) linked(name, target string) bool {
	got, err := w.root.Readlink(name)
	return err == nil && filepath.ToSlash(got) == target
}

// setRef remembers the commit of a revision. A revision that is the commit needs no memory.
func (w *writer) setRef(rev, commit string) error {
	if rev == commit {
		return nil
	}
	return w.write("refs/"+rev, []byte(commit))
}

// syncDir makes a rename in dir last.
func (w *writer) syncDir(dir string) error {
	d, err := w.root.Open(dir)
	if err != nil {
		return w.writeError(err)
	}
	_ = d.Sync() // some file systems cannot sync folders; the data itself is synced
	return d.Close()
}

// writeError says which folder could not be written, and how to choose another.
func (s store) writeError(err error) error {
	return fmt.Errorf("cache %s: %w; HF_HUB_CACHE chooses another folder", s.dir, err)
}
