package hub

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"time"
)

// lockMode lets a group that shares a cache wait for each other's locks, whatever the umask: the mode of Python's.
const lockMode fs.FileMode = 0o664

// lockPoll is how often a lock that somebody else has is tried.
const lockPoll = 50 * time.Millisecond

// acquire waits for the lock file name in root, which stays in place when it is released, as Python's does. Locks save
// bandwidth and nothing depends on them, so trouble with them is no error: the answer is then that the place is shared.
// The error is that of a context that ended.
func (c *Client) acquire(ctx context.Context, root *os.Root, name, what string) (release func(), shared bool, err error) {
	told := false
	for {
		f, err := tryLockFile(root, name)
		switch {
		case err != nil:
			c.cfg.Logf("%s: no lock against other processes here: %s", what, printable(err.Error(), maxErrorMessage))
			return func() {}, true, nil
		case f != nil:
			return func() { _ = f.Close() }, false, nil // the lock is gone with it, whatever Close says
		case !told:
			c.cfg.Logf("%s: waiting for another process that downloads it", what)
			told = true
		}
		if err := sleep(ctx, lockPoll); err != nil {
			return nil, false, err
		}
	}
}

// tryLockFile returns the locked file, or nil when somebody else has the lock.
func tryLockFile(root *os.Root, name string) (*os.File, error) {
	f, made, err := openLock(root, name)
	if err != nil {
		return nil, err
	}
	ok, err := tryLock(f)
	if ok && !unlinked(f) {
		return f, nil
	}
	_ = f.Close() // nothing was written
	if err != nil && made {
		_ = root.Remove(name) // for Python, which falls back to it, the file alone would be a lock
	}
	return nil, err
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
