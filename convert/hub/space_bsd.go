//go:build darwin || dragonfly || freebsd

package hub

import "golang.org/x/sys/unix"

func diskFree(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return max(0, int64(st.Bavail)) * int64(st.Bsize), nil //nolint:unconvert // the types differ between systems
}
