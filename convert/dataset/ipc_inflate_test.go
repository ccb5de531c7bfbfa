package dataset_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/ipc"

	"github.com/promptmill/promptmill/convert/dataset"
)

// TestOpenTable_arrowDamage: what is said of damaged values does not depend on how many processors there are.
func TestOpenTable_arrowDamage(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	data := arrowStream(t, ipc.WithZstd())
	path := filepath.Join(t.TempDir(), "a.arrow")
	said := func(processors int, data []byte) string {
		runtime.GOMAXPROCS(processors)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := dataset.OpenTable(t.Context(), path, dataset.TableOptions{})
		if err != nil {
			return err.Error()
		}
		defer f.Close()
		return lines(t, f, nil)
	}
	good, damaged := said(1, data), 0
	for i := 0; i < len(data); i += 13 {
		bad := bytes.Clone(data)
		bad[i] ^= 0x15
		one, four := said(1, bad), said(4, bad)
		if one != four {
			t.Fatalf("byte %d: with one processor\n%s\nwith four\n%s", i, one, four)
		}
		if one != good {
			damaged++
		}
	}
	if damaged == 0 {
		t.Error("no damage was seen")
	}
}
