package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// Folder is a folder that files are added to, whole: each is written under another name, synced and renamed, so that
// neither a crash nor a second process can leave or see half of one. Names that lead out of it are errors.
type Folder struct {
	Root    *os.Root
	Explain func(error) error // says which folder could not be written
}

// Create makes the file name of what fill writes to the file tmp.
func (d Folder) Create(tmp, name string, mode fs.FileMode, fill func(*os.File) error) (err error) {
	f, err := d.Root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return d.Explain(err)
	}
	defer func() {
		if err != nil {
			_ = d.Root.Remove(tmp) // the first error is the one to tell
		}
	}()
	if err := fill(f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return d.Explain(err)
	}
	if err := d.Root.Rename(tmp, name); err != nil {
		return d.Explain(err)
	}
	return d.SyncDir(path.Dir(name))
}

// Write makes the file name of data, unless it is that already.
func (d Folder) Write(name string, mode fs.FileMode, data []byte) error {
	if old, err := Read(d.Root, name, int64(len(data))); err == nil && string(old) == string(data) {
		return nil
	}
	if err := d.Root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return d.Explain(err)
	}
	tmp := fmt.Sprintf("%s.%08x.tmp", name, rand.Uint32())
	return d.Create(tmp, name, mode, d.Filler(data))
}

// Filler returns a fill that writes data.
func (d Folder) Filler(data []byte) func(*os.File) error {
	return func(f *os.File) error {
		_, err := d.WriterTo(f).Write(data)
		return err
	}
}

// SyncDir makes a rename in dir last.
func (d Folder) SyncDir(dir string) error {
	f, err := d.Root.Open(dir)
	if err != nil {
		return d.Explain(err)
	}
	_ = f.Sync() // some file systems cannot sync folders; the data itself is synced
	return f.Close()
}

// WriterTo returns f as a writer whose errors are explained.
func (d Folder) WriterTo(f *os.File) io.Writer { return explained{f, d.Explain} }

type explained struct {
	w       io.Writer
	explain func(error) error
}

func (e explained) Write(p []byte) (int, error) {
	n, err := e.w.Write(p)
	if err != nil {
		err = e.explain(err)
	}
	return n, err
}

// Read returns a file of at most limit bytes; anything else is [fault.ErrCorrupt]. Opening what is no file could wait for
// ever.
func Read(root *os.Root, name string, limit int64) ([]byte, error) {
	fi, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() || fi.Size() > limit {
		return nil, fmt.Errorf("%s: %w: expected a file of at most %d bytes", name, fault.ErrCorrupt, limit)
	}
	return root.ReadFile(name)
}
