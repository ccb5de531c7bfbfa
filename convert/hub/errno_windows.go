package hub

import (
	"errors"

	"golang.org/x/sys/windows"
)

// lostSymlinks reports whether err, of a symlink, says that the file system has none or that this user may make none.
func lostSymlinks(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, windows.ERROR_PRIVILEGE_NOT_HELD) ||
		errors.Is(err, windows.ERROR_INVALID_FUNCTION)
}

// diskFull reports whether err says that no room is left, or that a quota is used up.
func diskFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

// readOnly reports whether err says that the file system takes no writes.
func readOnly(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }
