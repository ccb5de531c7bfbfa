package disk

import (
	"errors"
	"io/fs"
	"os"
	"path"
)

// lockMode lets a group that shares a cache wait for each other's locks, whatever the umask: the mode of Python's.
const lockMode fs.FileMode = 0o664

// TryLock locks the file called name in root, and makes it, and its folder, if it has to. It returns the locked file, whose
// closing gives the lock back, or nil when somebody else has the lock. The file stays in place, as Python's does. An error
// says that there are no locks in this folder.
func TryLock(root *os.Root, name string) (*os.File, error) {
	f, made, err := openLock(root, name)
	if err != nil {
		return nil, err
	}
	ok, err := hold(f)
	if ok {
		return f, nil
	}
	_ = f.Close() // nothing was written
	if err != nil && made {
		_ = root.Remove(name) // for Python, which falls back to it, the file alone would be a lock
	}
	return nil, err
}

// hold locks f, without waiting. False says that somebody else has the lock, or has removed the file since it was opened:
// the next to come would lock another.
func hold(f *os.File) (bool, error) {
	ok, err := flock(f)
	return ok && !unlinked(f), err
}

// openLock opens the lock file, and makes it if it has to.
func openLock(root *os.Root, name string) (f *os.File, made bool, err error) {
	f, err = root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, lockMode)
	if errors.Is(err, fs.ErrNotExist) {
		if err := root.MkdirAll(path.Dir(name), 0o777); err != nil {
			return nil, false, err
		}
		f, err = root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, lockMode)
	}
	switch {
	case err == nil:
		_ = f.Chmod(lockMode) // a courtesy to the group
		return f, true, nil
	case !errors.Is(err, fs.ErrExist):
		return nil, false, err
	}
	f, err = root.OpenFile(name, os.O_RDWR, 0)
	if !errors.Is(err, fs.ErrPermission) {
		return f, false, err
	}
	if fi, statErr := root.Stat(name); statErr != nil || !fi.Mode().IsRegular() {
		return nil, false, err
	}
	f, err = root.Open(name) // older versions of Python did not think of the group
	return f, false, err
}
