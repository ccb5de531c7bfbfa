package convert_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/promptmill/promptmill/convert"
)

// checkReport checks the laws of every report: the rows add up, and the output is what the manifest says.
func checkReport(t *testing.T, out []byte, r *convert.Report) {
	t.Helper()
	m := r.Manifest
	if m.Rows.Read+m.Rows.Added != m.Rows.Written+m.Rows.DroppedTotal() {
		t.Errorf("rows do not add up: %+v", m.Rows)
	}
	var read int64
	for _, f := range m.Source.Files {
		read += f.RowsRead
	}
	sum := sha256.Sum256(out)
	lines := int64(bytes.Count(out, []byte("\n")))
	switch {
	case read != m.Rows.Read:
		t.Errorf("the files have %d rows, the ledger %d", read, m.Rows.Read)
	case m.Output.SHA256 != hex.EncodeToString(sum[:]):
		t.Errorf("sha256 %s, want %x", m.Output.SHA256, sum)
	case m.Output.Bytes != int64(len(out)), m.Output.Lines != lines, m.Rows.Written != lines:
		t.Errorf("manifest says %+v and %+v, the output has %d bytes and %d lines", m.Output, m.Rows, len(out), lines)
	}
}

func sha(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
