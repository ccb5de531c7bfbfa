// Command gen writes every parquet fixture below testdata, the same bytes each
// time:
//
//	go run ./testdata/gen
//
// It is the only description of what the fixtures hold; nothing in them comes
// from anywhere else.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := flag.String("o", "testdata", "folder to write `parquet/` and `hub/` into")
	flag.Parse()
	if err := generate(*dir); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// generate writes all fixtures below dir.
func generate(dir string) error {
	files, err := fixtures()
	if err != nil {
		return err
	}
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// fixtures returns the bytes of every fixture by its slash-separated path.
func fixtures() (map[string][]byte, error) {
	files := map[string][]byte{}
	for name, build := range situations {
		data, err := build()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files["parquet/"+name+".parquet"] = data
	}
	for name, data := range broken(files["parquet/qa.parquet"]) {
		files["parquet/bad/"+name+".parquet"] = data
	}
	demo, err := arithmetic()
	if err != nil {
		return nil, fmt.Errorf("arithmetic: %w", err)
	}
	for name, data := range demo {
		files["hub/promptmill/arithmetic/"+name] = data
	}
	return files, nil
}
