package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/foreign"
	"github.com/promptmill/promptmill/bench/results"
)

// openResult reads a results file for a comparison: one of ours, or one of another tool.
func openResult(path string) (*compare.Result, error) {
	other, err := isForeign(path)
	if err != nil {
		return nil, err
	}
	if other {
		return foreign.Open(path)
	}
	f, err := results.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return compare.FromRun(path, &f.Run, f.Records())
}

// isForeign reports whether path is a folder or starts like JSON. A path that is not there may have a partial file.
func isForeign(path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case info.IsDir():
		return true, nil
	case !info.Mode().IsRegular():
		return false, fmt.Errorf("%s: this is not a regular file; results are read from their end", path) // to open a named pipe is to wait
	}
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, 64)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return false, err
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '['), nil
}
