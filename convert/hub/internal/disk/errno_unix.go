//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package disk

import (
	"errors"

	"golang.org/x/sys/unix"
)

// NoSymlinks reports whether err, of a symlink, says that the file system has none.
func NoSymlinks(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, unix.EPERM)
}

// Full reports whether err says that no room is left, or that a quota is used up.
func Full(err error) bool { return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) }

// ReadOnly reports whether err says that the file system takes no writes.
func ReadOnly(err error) bool { return errors.Is(err, unix.EROFS) }
