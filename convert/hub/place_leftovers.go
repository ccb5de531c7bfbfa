package hub

import "os"

// sweep removes what an interrupted run has left in root of files that p has: Python, or a run without locks, has brought
// them since, and nobody would go on with the rest. lock returns nil when it cannot have the lock of a file at once.
func sweep(p place, root *os.Root, files []File, lock func(File) *os.File) {
	for _, f := range files {
		for _, tag := range []string{dataTag, journalTag} {
			name := p.partial(f, tag)
			if _, err := root.Lstat(name); err != nil {
				continue
			}
			held := lock(f)
			if held == nil {
				continue
			}
			if p.has(f) {
				_ = root.Remove(name) // it does no harm
			}
			_ = held.Close() // nothing was written
		}
	}
}
