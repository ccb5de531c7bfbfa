package hub

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// checkName refuses names that cannot be files on this system, or that git would not take out of a repository: no
// dataset has them, and in a work tree they would be programs that git runs.
func checkName(f File) error {
	switch {
	case !filepath.IsLocal(filepath.FromSlash(f.Path)):
		return fmt.Errorf("%w: the name %q cannot be a file on this system", ErrCorrupt, fault.Printable(f.Path, 200))
	case inGitDir(f.Path):
		return fmt.Errorf("%w: the name %q is in a folder of git's own, which no repository can hold", ErrCorrupt, fault.Printable(f.Path, 200))
	}
	return nil
}

// checkLocal refuses names that cannot be files in the user's folder.
func checkLocal(f File) error {
	if strings.HasPrefix(strings.ToLower(f.Path)+"/", notesDir+"/") {
		return fmt.Errorf("%w: the name %q is taken by the records of the folder", ErrCorrupt, fault.Printable(f.Path, 200))
	}
	return checkName(f)
}

// inGitDir reports whether a part of a name is .git on some file system: Windows ignores case, dots and spaces at the
// end and what follows a colon, and has short names; macOS ignores case and characters without a width.
func inGitDir(name string) bool {
	isSeparator := func(r rune) bool { return r == '/' || r == '\\' }
	for part := range strings.FieldsFuncSeq(name, isSeparator) {
		part, _, _ = strings.Cut(part, ":")
		part = strings.ToLower(strings.Map(visible, part))
		if part = strings.TrimRight(part, ". "); part == ".git" || part == "git~1" {
			return true
		}
	}
	return false
}

// visible drops the characters that HFS+ ignores in names.
func visible(r rune) rune {
	switch {
	case r >= 0x200c && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x206a && r <= 0x206f, r == 0xfeff:
		return -1
	}
	return r
}
