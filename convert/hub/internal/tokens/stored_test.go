package tokens_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub/internal/tokens"
)

// What is put into the file is what is read from it, and the other sections stay.
func FuzzStored(f *testing.F) {
	f.Add("[a]\nhf_token = x\n\n[b]\nhf_token = y\nrefresh_token=z\n", "a")
	f.Add("garbage\n[unclosed\n=\n[]\n", "b")
	f.Add("", "c")
	f.Fuzz(func(t *testing.T, text, name string) {
		if name == "" || strings.ContainsAny(name, "[]\r\n") || strings.TrimSpace(name) != name {
			t.Skip()
		}
		file := filepath.Join(t.TempDir(), "stored_tokens")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		stored := tokens.Stored{File: file}
		want := stored.Read()
		fields := tokens.Fields{"hf_token": "new", "refresh_token": "again", "expires_at": "5"}
		if err := stored.Put(name, fields); err != nil {
			t.Fatal(err)
		}
		want[name] = fields
		if diff := cmp.Diff(want, stored.Read()); diff != "" {
			t.Errorf("after %q was put into %q (-want +got):\n%s", name, text, diff)
		}
	})
}
