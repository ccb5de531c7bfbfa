package disk

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// Free returns how many bytes this user may still write below dir, which need not exist yet; known is false where
// the system does not tell.
func Free(dir string) (bytes int64, known bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return 0, false
	}
	for {
		bytes, err := free(dir)
		if err == nil {
			return bytes, true
		}
		up := filepath.Dir(dir)
		if !errors.Is(err, fs.ErrNotExist) || up == dir {
			return 0, false
		}
		dir = up
	}
}
