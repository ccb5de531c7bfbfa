//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd && !windows

package hub

import "errors"

func lostSymlinks(err error) bool { return errors.Is(err, errors.ErrUnsupported) }

// diskFull reports whether err says that no room is left, or that a quota is used up.
func diskFull(error) bool { return false }

// readOnly reports whether err says that the file system takes no writes.
func readOnly(error) bool { return false }
