//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// flock takes Python's lock on f, without waiting; false says that somebody else has it. Closing f gives it back. Any
// error says that this file system has no such locks.
func flock(f *os.File) (bool, error) {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK), errors.Is(err, unix.EACCES):
			return false, nil
		default:
			return false, err
		}
	}
}

// unlinked reports whether f has lost its name: a lock on it excludes nobody.
func unlinked(f *os.File) bool {
	var st unix.Stat_t
	return unix.Fstat(int(f.Fd()), &st) == nil && st.Nlink == 0
}
