package main

import "os"

// checkOutput refuses a results file whose place holds no file, but a device or a folder. What cannot be looked at is for
// the one who creates the file to tell.
func checkOutput(path string) error {
	if path == "-" || path == "" {
		return usagef("--output %q: results are a parquet file, which needs a name", path)
	}
	if out, err := os.Stat(path); err == nil && !out.Mode().IsRegular() {
		return usagef("--output %s: results are a file, and there is something else (%s)", path, out.Mode().Type())
	}
	return nil
}
