package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// openStream opens a file that is read once from start to end, which may be a pipe that a shell has opened, as in
// <(command). A named pipe is refused: to open one is to wait for who writes to it, and nothing can interrupt that.
func openStream(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s: this is a directory; name the files in it", path)
	}
	if err := refuseNamedPipe(path); err != nil {
		return nil, err
	}
	return os.Open(path)
}

// refuseNamedPipe returns an error for a named pipe, unless the process has it open already.
func refuseNamedPipe(path string) error {
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeNamedPipe != 0 && !isOpen(path) {
		return fmt.Errorf("%s: this is a named pipe, not a regular file; give it on stdin, as /dev/stdin", path)
	}
	return nil // what is not there is for the one who opens it to tell
}

// maxSideFile is how many bytes a file may have that says how a command works: a template, a schema, certificates.
const maxSideFile = 16 << 20

// readFile reads such a file, which may be whatever [openStream] opens. Its errors have the exit code of a file that
// cannot be read.
func readFile(path string) ([]byte, error) {
	f, err := openStream(path)
	if err != nil {
		return nil, withCode(exitInput, err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	data, err := io.ReadAll(io.LimitReader(f, maxSideFile+1))
	if err == nil && len(data) > maxSideFile {
		err = fmt.Errorf("%s: larger than %d MiB; is it the right file?", path, maxSideFile>>20)
	}
	return data, withCode(exitInput, err)
}

// isOpen reports whether the path names a file that the process has open already.
func isOpen(path string) bool {
	path = filepath.Clean(path)
	return path == "/dev/stdin" || strings.HasPrefix(path, "/dev/fd/") || strings.HasPrefix(path, "/proc/self/fd/")
}
