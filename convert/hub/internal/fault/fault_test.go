package fault_test

import (
	"testing"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

func TestPrintable(t *testing.T) {
	for _, tt := range []struct {
		in    string
		limit int
		want  string
	}{
		{"data/é 日本.parquet", 80, "data/é 日本.parquet"},
		{"two\nlines\x1b[31m", 80, "two?lines?[31m"},
		{"\u202egpj.exe\u200b", 80, "?gpj.exe?"},
		{"a\xffb", 80, "a?b"},
		{"éèê", 3, "éèê"},
		{"éèêë", 3, "éèê..."},
		{"", 0, ""},
	} {
		if got := fault.Printable(tt.in, tt.limit); got != tt.want {
			t.Errorf("%q at most %d: %q, want %q", tt.in, tt.limit, got, tt.want)
		}
	}
}
