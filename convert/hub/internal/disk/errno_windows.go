package disk

import (
	"errors"

	"golang.org/x/sys/windows"
)

// NoSymlinks reports whether err, of a symlink, says that the file system has none or that this user may make none.
func NoSymlinks(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, windows.ERROR_PRIVILEGE_NOT_HELD) ||
		errors.Is(err, windows.ERROR_INVALID_FUNCTION)
}

// Full reports whether err says that no room is left, or that a quota is used up.
func Full(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

// ReadOnly reports whether err says that the file system takes no writes.
func ReadOnly(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }
