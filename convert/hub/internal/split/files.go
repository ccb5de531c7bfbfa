package split

import (
	"errors"
	"fmt"
	"slices"

	"github.com/promptmill/promptmill/convert/hub/internal/glob"
)

// errMissing says that a pattern without a wildcard names no file.
var errMissing = errors.New("not in the repository")

// selectFiles returns the data files that any of the globs selects: glob by glob, each in the order of files, which
// must be sorted, and none twice.
func selectFiles(dir string, globs, files []string) ([]string, error) {
	var out []string
	seen := map[string]bool{}
	for _, g := range globs {
		p, err := glob.Compile(dir, g)
		if err != nil {
			return nil, err
		}
		found := slices.DeleteFunc(p.Find(files), func(f string) bool { return !isData(f) })
		if len(found) == 0 && !p.Magic() {
			return nil, fmt.Errorf("data file %q: %w", p.Text(), errMissing)
		}
		for _, f := range found {
			if !seen[f] {
				seen[f] = true
				out = append(out, f)
			}
		}
	}
	return out, nil
}
