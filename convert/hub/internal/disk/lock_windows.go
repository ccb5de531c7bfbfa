package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// flock takes Python's lock on f, without waiting; false says that somebody else has it. Closing f gives it back. Any
// error says that this file system has no such locks.
func flock(f *os.File) (bool, error) {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, err
}

// unlinked is for systems on which an open file can lose its name.
func unlinked(*os.File) bool { return false }
