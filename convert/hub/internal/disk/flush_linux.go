package disk

import (
	"os"

	"golang.org/x/sys/unix"
)

// BeginWriting asks the kernel to start writing a part of f to disk, so that the sync at the end has little left to
// do. It does not wait, and it is only a hint.
func BeginWriting(f *os.File, at, n int64) {
	_ = unix.SyncFileRange(int(f.Fd()), at, n, unix.SYNC_FILE_RANGE_WRITE)
}
