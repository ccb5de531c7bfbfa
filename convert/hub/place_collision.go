package hub

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// collision returns an error if two of the files, which are in root under the names that name gives, are one there: on a
// disk that does not tell upper from lower case the later has replaced the earlier.
func collision(root *os.Root, files []File, name func(File) string) error {
	alike := map[string][]File{}
	for _, f := range files {
		key := strings.ToLower(norm.NFC.String(f.Path))
		for _, other := range alike[key] {
			if other.differs(f) && oneFile(root, name(other), name(f)) {
				return fmt.Errorf("%w: %s and %s are one file on this disk, which does not tell their names apart; choose one with --include, or another disk",
					ErrCorrupt, fault.Printable(other.Path, 200), fault.Printable(f.Path, 200))
			}
		}
		alike[key] = append(alike[key], f)
	}
	return nil
}

// differs reports whether the bytes of f and other cannot be the same.
func (f File) differs(other File) bool {
	return f.Size != other.Size ||
		f.SHA256 != "" && other.SHA256 != "" && f.SHA256 != other.SHA256 ||
		f.SHA256 == "" && other.SHA256 == "" && f.GitSHA1 != other.GitSHA1
}

// oneFile reports whether two names in root lead to one file, or are one symlink.
func oneFile(root *os.Root, a, b string) bool {
	one, err := root.Lstat(a)
	if err != nil {
		return false
	}
	two, err := root.Lstat(b)
	return err == nil && os.SameFile(one, two)
}
