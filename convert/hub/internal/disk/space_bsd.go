//go:build darwin || dragonfly || freebsd

package disk

import "golang.org/x/sys/unix"

func free(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return max(0, int64(st.Bavail)) * int64(st.Bsize), nil //nolint:unconvert // the types differ between systems
}
