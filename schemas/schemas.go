// Package schemas holds the JSON Schemas (draft 2020-12) of the files that
// promptmill reads and writes. Each stands alone: no reference leaves its file.
package schemas

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

const suffix = ".schema.json"

//go:embed *.schema.json
var files embed.FS

// Manifest is the name of the one schema that describes a whole file; all others
// describe a line of a prompt file.
const Manifest = "manifest"

// Names returns the names of the schemas, sorted.
func Names() []string {
	paths, err := fs.Glob(files, "*"+suffix)
	if err != nil {
		panic("schemas: internal error: " + err.Error())
	}
	for i, p := range paths {
		paths[i] = strings.TrimSuffix(p, suffix)
	}
	return paths
}

// Read returns the schema called name, as it stands in its file. The slice is the
// caller's.
func Read(name string) ([]byte, error) {
	b, err := files.ReadFile(name + suffix)
	if err != nil {
		return nil, fmt.Errorf("schema %q: not known; there are %s", name, strings.Join(Names(), ", "))
	}
	return b, nil
}
