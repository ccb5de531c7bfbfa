package disk

import "golang.org/x/sys/unix"

// free counts in fragments, as file systems in user space fill in f_frsize only.
func free(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	unit := st.Frsize
	if unit <= 0 {
		unit = st.Bsize
	}
	return int64(st.Bavail) * int64(unit), nil //nolint:unconvert // Frsize has another type on 32 bits
}
