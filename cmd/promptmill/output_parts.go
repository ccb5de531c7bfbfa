package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/promptmill/promptmill/convert"
)

// maxParts is how many parts five digits can number, so that names sort as the parts follow each other.
const maxParts = 99_999

// parts is an output that is split into files, which appear together once all are on disk, or not at all.
type parts struct {
	process *process
	path    string             // as asked for: prompts.jsonl is written as prompts-00001.jsonl, ...
	allowed func(string) error // says why a file must not be written
	files   []*output
}

// partPath is the name of part n, from 1, of the output called path: the number stands before the extensions.
func partPath(path string, n int) string {
	inner := unpacked(path)
	stem := strings.TrimSuffix(inner, filepath.Ext(inner))
	return fmt.Sprintf("%s-%05d%s", stem, n, path[len(stem):])
}

// inParts tells which files there are, where there are several.
func inParts(list []convert.ManifestPart) string {
	switch n := len(list); n {
	case 0:
		return ""
	case 1:
		return ", in " + list[0].Name
	default:
		return fmt.Sprintf(", in %d files: %s to %s", n, list[0].Name, list[n-1].Name)
	}
}

// next closes the part before and opens another.
func (s *parts) next() (io.Writer, string, error) {
	if n := len(s.files); n > 0 {
		if err := s.files[n-1].settle(); err != nil {
			return nil, "", err
		}
	}
	n := len(s.files) + 1
	if n > maxParts {
		return nil, "", usagef("--max-rows-per-file makes more than %d files: expected a larger number", maxParts)
	}
	path := partPath(s.path, n)
	if err := s.allowed(path); err != nil {
		return nil, "", err
	}
	o, err := s.process.create(path)
	if err != nil {
		return nil, "", err
	}
	s.files = append(s.files, o)
	if o.path == "" {
		return nil, "", usagef("%s is no file: --max-rows-per-file writes files", path)
	}
	return o, filepath.Base(path), nil
}

// settle puts all parts on disk. A part of an earlier run that would follow the last of them is an error: a pattern that
// finds the parts would find it too.
func (s *parts) settle() error {
	after := partPath(s.path, len(s.files)+1)
	if _, err := os.Lstat(after); err == nil {
		return fmt.Errorf("%s is there from something else, and these parts end before it: delete it and what follows it", after)
	}
	return s.files[len(s.files)-1].settle()
}

// outputs are the parts in their order.
func (s *parts) outputs() []*output { return s.files }

// discard removes the parts that have not appeared.
func (s *parts) discard() {
	for _, o := range s.files {
		o.discard()
	}
}
