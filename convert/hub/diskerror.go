package hub

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/disk"
	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// The classes of a [DiskError] besides [ErrNoSpace].
var (
	// ErrNotWritable reports a cache or folder that this user may not write to.
	ErrNotWritable = errors.New("not writable")
	// ErrNotReadable reports a cache, or a file in it, that this user may not read.
	ErrNotReadable = errors.New("not readable")
	// ErrEscapes reports a symlink that leads out of the cache or folder, which nothing is written through.
	ErrEscapes = errors.New("a symlink leads out of it")
)

// DiskError is a cache or folder that could not be written, or read. It matches its class, if it has one, and its cause.
type DiskError struct {
	Dir    string // the part of the cache, or the folder
	Class  error  // one of the classes; nil for any other trouble
	Err    error  // what the system said
	Advice string // what to do next
}

// Error returns one line: where, what went wrong, what to do.
func (e *DiskError) Error() string {
	text := fault.Printable(e.Dir, fault.MaxMessage) + ": "
	if e.Class != nil {
		text += e.Class.Error() + ": "
	}
	cause := strings.ReplaceAll(e.Err.Error(), "\n", "; ")
	return text + fault.Printable(cause, fault.MaxMessage) + "; " + e.Advice
}

// Unwrap returns the class and the cause.
func (e *DiskError) Unwrap() []error {
	if e.Class == nil {
		return []error{e.Err}
	}
	return []error{e.Class, e.Err}
}

// diskError classifies what the system said about writing below dir. Errors that have a class already stay as they are.
func diskError(dir, advice string, err error) error {
	if _, ok := errors.AsType[*DiskError](err); ok || err == nil {
		return err
	}
	e := &DiskError{Dir: dir, Err: err, Advice: advice}
	switch {
	case disk.Full(err):
		e.Class, e.Advice = ErrNoSpace, "make room, or "+advice
	case disk.ReadOnly(err) || errors.Is(err, fs.ErrPermission):
		e.Class = ErrNotWritable
	case strings.Contains(err.Error(), "path escapes from parent"): // os.Root exports no error for it
		e.Class, e.Advice = ErrEscapes, "remove it, or "+advice
	}
	return e
}

// readError says which part of the cache could not be read.
func (s store) readError(err error) error {
	return &DiskError{Dir: s.dir, Class: ErrNotReadable, Err: err, Advice: "its owner can make it readable, or remove it; HF_HUB_CACHE chooses another cache"}
}

// writeError says which part of the cache could not be written, and how to choose another.
func (s store) writeError(err error) error {
	return diskError(s.dir, "HF_HUB_CACHE chooses another cache", err)
}
