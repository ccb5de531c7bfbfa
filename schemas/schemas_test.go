package schemas_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/promptmill/promptmill/schemas"
)

func TestNames(t *testing.T) {
	want := []string{"aiperf", "findings", "guidellm", "manifest", "messages", "report", "rerank", "sharegpt", "strict", "vllm"}
	if diff := cmp.Diff(want, schemas.Names()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRead(t *testing.T) {
	for _, name := range schemas.Names() {
		b, err := schemas.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		var head struct {
			Schema, ID, Title, Description string
		}
		raw := map[string]json.RawMessage{}
		if err := json.Unmarshal(b, &raw); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key, dst := range map[string]*string{"$schema": &head.Schema, "$id": &head.ID, "title": &head.Title, "description": &head.Description} {
			if err := json.Unmarshal(raw[key], dst); err != nil || *dst == "" {
				t.Errorf("%s: %s: %v", name, key, err)
			}
		}
		if want := "https://json-schema.org/draft/2020-12/schema"; head.Schema != want {
			t.Errorf("%s: $schema %q", name, head.Schema)
		}
		if !strings.HasSuffix(head.ID, "/schemas/"+name+".schema.json") {
			t.Errorf("%s: $id %q", name, head.ID)
		}
		if strings.Contains(string(b), `"$ref": "http`) {
			t.Errorf("%s refers to another file", name)
		}
	}
}

func TestRead_unknown(t *testing.T) {
	_, err := schemas.Read("../schemas/strict")
	want := `schema "../schemas/strict": not known; there are aiperf, findings, guidellm, manifest, messages, report, rerank, sharegpt, strict, vllm`
	if err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}

func TestList(t *testing.T) {
	list := schemas.List()
	if len(list) != len(schemas.Names()) {
		t.Fatalf("%d schemas, want %d", len(list), len(schemas.Names()))
	}
	for i, info := range list {
		if info.Name != schemas.Names()[i] || info.Title == "" || info.Description == "" {
			t.Errorf("%+v", info)
		}
	}
}

// TestExamples holds that every schema of lines has examples on both sides; the
// package that checks lines checks them.
func TestExamples(t *testing.T) {
	for _, name := range schemas.Names() {
		for _, dir := range []string{"valid", "invalid"} {
			ext := ".jsonl"
			if !schemas.OfLine(name) {
				ext = ".json"
			}
			if st, err := os.Stat(filepath.Join("testdata", dir, name+ext)); err != nil || st.Size() == 0 {
				t.Errorf("no %s examples for %s: %v", dir, name, err)
			}
		}
	}
}
