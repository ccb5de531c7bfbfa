//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package hub

import (
	"errors"

	"golang.org/x/sys/unix"
)

// lostSymlinks reports whether err, of a symlink, says that the file system has none.
func lostSymlinks(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, unix.EPERM)
}

// diskFull reports whether err says that no room is left, or that a quota is used up.
func diskFull(err error) bool { return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) }

// readOnly reports whether err says that the file system takes no writes.
func readOnly(err error) bool { return errors.Is(err, unix.EROFS) }
