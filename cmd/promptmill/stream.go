package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// openStream opens a file that is read once from start to end, which may be a pipe that a shell has opened, as in
// <(command). A named pipe is refused: to open one is to wait for who writes to it, and nothing can interrupt that.
func openStream(path string) (*os.File, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
	case info.IsDir():
		return nil, fmt.Errorf("%s: this is a directory; name the files in it", path)
	case info.Mode()&fs.ModeNamedPipe != 0 && !isOpen(path):
		return nil, fmt.Errorf("%s: this is a named pipe, not a regular file; give it on stdin, as -", path)
	}
	return os.Open(path)
}

// isOpen reports whether the path names a file that the process has open already.
func isOpen(path string) bool {
	path = filepath.Clean(path)
	return path == "/dev/stdin" || strings.HasPrefix(path, "/dev/fd/") || strings.HasPrefix(path, "/proc/self/fd/")
}
