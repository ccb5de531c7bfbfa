//go:build unix && !solaris && !aix

package results

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lock makes f the process's until it is closed or the process ends, however it does. Where the file system knows no
// locks there are none.
func lock(f *os.File) error {
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); errors.Is(err, unix.EWOULDBLOCK) {
		return ErrInUse
	}
	return nil
}
