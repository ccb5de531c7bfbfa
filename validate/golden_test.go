package validate_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/promptmill/promptmill/validate"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden holds whole findings, as text and as JSON, for files with one of
// everything.
func TestGolden(t *testing.T) {
	for _, name := range []string{"bad.txt", "bad.jsonl"} {
		t.Run(name, func(t *testing.T) {
			in, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			enc := json.NewEncoder(&out)
			enc.SetEscapeHTML(false)
			sum, err := validate.Reader(t.Context(), bytes.NewReader(in), name, validate.Options{SHA256: true}, func(f validate.Finding) {
				fmt.Fprintln(&out, f)
				if err := enc.Encode(f); err != nil {
					t.Error(err)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := enc.Encode(sum); err != nil {
				t.Fatal(err)
			}
			for _, b := range out.Bytes() {
				if b < ' ' && b != '\n' || b == 0x7F {
					t.Fatalf("control character 0x%02x in the output", b)
				}
			}
			golden(t, name+".golden", out.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
