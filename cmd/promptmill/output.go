package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// output is where a command writes its product: a file that appears only when the command has succeeded, or stdout.
type output struct {
	io.Writer
	path string   // empty for stdout
	tmp  *os.File // nil for stdout, and once the file has appeared

	settled bool // tmp is closed
}

// create opens the output called path; "-" and "" are stdout. A file that is replaced passes its mode on, a new one
// has what the umask leaves.
func (p *process) create(path string) (*output, error) {
	if path == "" || path == "-" {
		return &output{Writer: p.stdout}, nil
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return createBeside(leadsTo(path), 0)
	case err != nil:
		return createBeside(path, 0)
	case info.IsDir():
		return nil, usagef("%s is a folder: expected the name of a file to write", path)
	case !info.Mode().IsRegular():
		f, err := os.OpenFile(path, os.O_WRONLY, 0) // a device or pipe such as /dev/null: nothing to rename
		if err != nil {
			return nil, err
		}
		return &output{Writer: f, tmp: f}, nil
	}
	target, err := filepath.EvalSymlinks(path) // a link, such as /dev/stdout, stays and leads to the new file
	if err != nil {
		return nil, err
	}
	return createBeside(target, info.Mode().Perm())
}

// leadsTo is where a link that leads to nothing yet leads, and any other path itself.
func leadsTo(path string) string {
	for {
		target, err := os.Readlink(path)
		if err != nil {
			return path
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
}

// createBeside opens a file in the folder of path, to be renamed to it. Mode 0 is what the umask leaves.
func createBeside(path string, mode fs.FileMode) (*output, error) {
	tmp, err := os.OpenFile(asideName(path, "tmp"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, withoutName(err))
	}
	o := &output{Writer: tmp, path: path, tmp: tmp}
	if mode != 0 {
		if err := tmp.Chmod(mode); err != nil {
			o.discard()
			return nil, fmt.Errorf("write %s: %w", path, err)
		}
	}
	return o, nil
}

// withoutName is err without the temporary name, which nobody has given.
func withoutName(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// asideName is a name beside path for what must not be seen under that, which nothing else has.
func asideName(path, kind string) string {
	name := fmt.Sprintf(".%s.%08x.%s", filepath.Base(path), rand.Uint32(), kind)
	return filepath.Join(filepath.Dir(path), name)
}

// outputs is the file as a product of one.
func (o *output) outputs() []*output { return []*output{o} }

// commit makes the file appear under its name, on disk before anyone can see it.
func (o *output) commit() error {
	if o.tmp == nil {
		return nil
	}
	if o.path == "" {
		return o.tmp.Close()
	}
	if err := o.settle(); err != nil {
		return err
	}
	if err := o.appear(); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(o.path))
}

// settle puts what was written on disk, still under its temporary name. What is no file has nothing to settle.
func (o *output) settle() error {
	if o.settled || o.path == "" {
		return nil
	}
	o.settled = true
	if err := errors.Join(o.tmp.Sync(), o.tmp.Close()); err != nil {
		return fmt.Errorf("write %s: %w", o.path, err)
	}
	return nil
}

// appear gives a file that is settled its name.
func (o *output) appear() error {
	if err := os.Rename(o.tmp.Name(), o.path); err != nil {
		return fmt.Errorf("write %s: %w", o.path, err)
	}
	o.tmp = nil
	return nil
}

// discard removes what was written, unless commit was called.
func (o *output) discard() {
	if o.tmp != nil && o.path != "" {
		_ = o.tmp.Close() // again, where it is settled
		_ = os.Remove(o.tmp.Name())
	}
}

// syncFolder makes a rename in the folder survive a power cut. Systems that cannot sync a folder do not need it.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync()
	return nil
}

// writeFile writes a whole file atomically.
func (p *process) writeFile(path string, data []byte) error {
	o, err := p.create(path)
	if err != nil {
		return err
	}
	defer o.discard()
	if _, err := o.Write(data); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return o.commit()
}
