package main

import (
	"io/fs"
	"os"
)

// checkOutput refuses a results file whose place holds what is not to be replaced: one of the files that are read, or no
// file at all. What cannot be looked at is for the one who creates the file to tell.
func checkOutput(path string, read ...string) error {
	if path == "-" || path == "" {
		return usagef("--output %q: results are a parquet file, which needs a name", path)
	}
	if out, err := os.Stat(path); err == nil {
		return checkReplaced(path, out, read)
	}
	return nil
}

func checkReplaced(path string, out fs.FileInfo, read []string) error {
	if !out.Mode().IsRegular() {
		return usagef("--output %s: results are a file, and there is something else (%s)", path, out.Mode().Type())
	}
	for _, name := range read {
		if in, err := os.Stat(name); err == nil && os.SameFile(in, out) {
			return usagef("--output %s: the results would replace %s, which is read", path, name)
		}
	}
	return nil
}
