package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// appearTogether gives files that are settled their names, in their order: all of them, or none, and then what they were to
// replace is there as it was.
//
// File systems rename one file at a time. While it runs, which takes about as long as two renames for each file, a reader
// can find some of the files new and some as they were. If the machine stops just then, it stays like that, and what was
// replaced is still there under names that begin with a dot and end with .old.
func appearTogether(files []*output) error {
	var s swaps
	for _, o := range files {
		if err := s.appear(o); err != nil {
			return errors.Join(err, s.undo())
		}
	}
	if err := s.sync(); err != nil {
		return errors.Join(err, s.undo())
	}
	s.forget()
	return nil
}

// A swap is a file that took the place of another, or of none.
type swap struct {
	path string
	kept string // what was replaced, under another name; "" when nothing was
}

type swaps []swap

func (s *swaps) appear(o *output) error {
	if o.tmp == nil || o.path == "" {
		return o.commit() // no file: it has no name to take
	}
	kept, err := keep(o.path)
	if err != nil {
		return fmt.Errorf("write %s: %w", o.path, err)
	}
	if err := o.appear(); err != nil {
		if kept != "" {
			err = errors.Join(err, restore(kept, o.path))
		}
		return err
	}
	*s = append(*s, swap{o.path, kept})
	return nil
}

// keep gives the file at path a second name, or another where file systems know no second ones. It is "" when there is no
// such file.
func keep(path string) (kept string, err error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", errors.New("it is no file any more")
	}
	kept = asideName(path, "old")
	if os.Link(path, kept) == nil {
		return kept, nil
	}
	return kept, os.Rename(path, kept)
}

// restore undoes keep. Two names of one file cannot be renamed to each other: nothing would happen, and both would stay.
func restore(kept, path string) error {
	old, err := os.Stat(kept)
	if err != nil {
		return err
	}
	if now, err := os.Lstat(path); err == nil && os.SameFile(old, now) {
		return os.Remove(kept)
	}
	return os.Rename(kept, path)
}

// undo takes the files away again, the last first, and puts back what they replaced.
func (s swaps) undo() (err error) {
	for _, w := range slices.Backward(s) {
		if w.kept != "" {
			err = errors.Join(err, restore(w.kept, w.path))
		} else {
			err = errors.Join(err, os.Remove(w.path))
		}
	}
	return err
}

// sync makes the names survive a power cut.
func (s swaps) sync() error {
	var done []string
	for _, w := range s {
		if dir := filepath.Dir(w.path); !slices.Contains(done, dir) {
			if err := syncFolder(dir); err != nil {
				return err
			}
			done = append(done, dir)
		}
	}
	return nil
}

// forget removes what was replaced. What cannot be removed is in nobody's way.
func (s swaps) forget() {
	for _, w := range s {
		if w.kept != "" {
			_ = os.Remove(w.kept)
		}
	}
}
