package validate_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/promptmill/promptmill/schemas"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

// TestSchemas checks the examples of every layout, twice: as this package does it,
// and with the schema library alone, which must agree.
func TestSchemas(t *testing.T) {
	for _, name := range schemas.Names() {
		if !schemas.OfLine(name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			check, err := newLine(name, false)
			if err != nil {
				t.Fatal(err)
			}
			plain := compile(t, name)
			for _, dir := range []string{"valid", "invalid"} {
				for i, line := range examples(t, dir, name+".jsonl") {
					if err := check(line); (err == nil) != (dir == "valid") {
						t.Errorf("%s example %d %s: %v", dir, i+1, line, err)
					}
					if err := plain.Validate(decode(t, line)); (err == nil) != (dir == "valid") {
						t.Errorf("%s example %d %s: the schema alone says %v", dir, i+1, line, err)
					}
				}
			}
		})
	}
}

func TestSchemas_wholeFile(t *testing.T) {
	for _, name := range []string{schemas.Manifest, schemas.Findings, schemas.Report} {
		s := compile(t, name)
		for _, dir := range []string{"valid", "invalid"} {
			for i, line := range examples(t, dir, name+".json") {
				if err := s.Validate(decode(t, line)); (err == nil) != (dir == "valid") {
					t.Errorf("%s %s example %d: %v", name, dir, i+1, err)
				}
			}
		}
	}
}

// Every report that the golden files hold is as its schema says.
func TestSchemas_reports(t *testing.T) {
	s := compile(t, schemas.Report)
	reports, err := filepath.Glob("../bench/report/testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range reports {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, []byte(`"findings"`)) {
			continue // of a comparison, or a history
		}
		seen++
		if err := s.Validate(decode(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if seen == 0 {
		t.Error("no golden file is a report")
	}
}

func compile(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	b, err := schemas.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := jsonschema.CompileString(name+".json", string(b))
	if err != nil {
		t.Fatal(err)
	}
	if s.Draft != jsonschema.Draft2020 {
		t.Errorf("%s is of another draft than 2020-12", name)
	}
	return s
}

// examples returns the examples in a file of package schemas, one per line.
func examples(t *testing.T, dir, name string) [][]byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "schemas", "testdata", dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSuffix(b, []byte("\n")), []byte("\n"))
}

func decode(t testing.TB, b []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return v
}
