// Package schemas holds the JSON Schemas (draft 2020-12) of the files that
// promptmill reads and writes. Each stands alone: no reference leaves its file.
package schemas

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
)

const suffix = ".schema.json"

//go:embed *.schema.json
var files embed.FS

// The schemas that describe a whole file; all others describe a line of a prompt file.
const (
	Manifest = "manifest" // what convert writes beside prompts
	Findings = "findings" // what validate says as JSON
	Report   = "report"   // what report says as JSON
)

// OfLine reports whether the schema called name describes a line of a prompt file.
func OfLine(name string) bool { return name != Manifest && name != Findings && name != Report }

// Info is what a schema says of itself.
type Info struct {
	Name        string `json:"-"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

// List returns what every schema says of itself, in the order of their names.
func List() []Info {
	var list []Info
	for _, name := range Names() {
		info := Info{Name: name}
		b, err := Read(name)
		if err == nil {
			err = json.Unmarshal(b, &info)
		}
		if err != nil {
			panic("schemas: internal error: " + err.Error())
		}
		list = append(list, info)
	}
	return list
}

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
