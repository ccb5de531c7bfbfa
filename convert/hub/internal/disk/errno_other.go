//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd && !windows

package disk

import "errors"

// NoSymlinks reports whether err, of a symlink, says that the file system has none.
func NoSymlinks(err error) bool { return errors.Is(err, errors.ErrUnsupported) }

// Full reports whether err says that no room is left, or that a quota is used up.
func Full(error) bool { return false }

// ReadOnly reports whether err says that the file system takes no writes.
func ReadOnly(error) bool { return false }
