package hub

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
)

// folder is a folder that files are added to, whole: each is written under another name, synced and renamed, so that
// neither a crash nor a second process can leave or see half of one. Names that lead out of it are errors.
type folder struct {
	root    *os.Root
	explain func(error) error // says which folder could not be written
}

// create makes the file name of what fill writes to the file tmp.
func (d folder) create(tmp, name string, mode fs.FileMode, fill func(*os.File) error) (err error) {
	f, err := d.root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return d.explain(err)
	}
	defer func() {
		if err != nil {
			_ = d.root.Remove(tmp) // the first error is the one to tell
		}
	}()
	if err := fill(f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return d.explain(err)
	}
	if err := d.root.Rename(tmp, name); err != nil {
		return d.explain(err)
	}
	return d.syncDir(path.Dir(name))
}

// write makes the file name of data, unless it is that already.
func (d folder) write(name string, mode fs.FileMode, data []byte) error {
	if old, err := readIn(d.root, name, int64(len(data))); err == nil && string(old) == string(data) {
		return nil
	}
	if err := d.root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return d.explain(err)
	}
	tmp := fmt.Sprintf("%s.%08x.tmp", name, rand.Uint32())
	return d.create(tmp, name, mode, d.filler(data))
}

// filler returns a fill that writes data.
func (d folder) filler(data []byte) func(*os.File) error {
	return func(f *os.File) error {
		_, err := d.writerTo(f).Write(data)
		return err
	}
}

// syncDir makes a rename in dir last.
func (d folder) syncDir(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return d.explain(err)
	}
	_ = f.Sync() // some file systems cannot sync folders; the data itself is synced
	return f.Close()
}

// writerTo returns f as a writer whose errors are explained.
func (d folder) writerTo(f *os.File) io.Writer { return explained{f, d.explain} }

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
