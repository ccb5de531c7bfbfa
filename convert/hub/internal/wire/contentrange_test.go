package wire_test

import (
	"testing"

	"github.com/promptmill/promptmill/convert/hub/internal/wire"
)

func TestContentRange(t *testing.T) {
	for in, want := range map[string][3]int64{
		"bytes 5-9/10": {5, 9, 10}, "bytes 0-0/*": {0, 0, -1}, "bytes 0-9223372036854775806/*": {0, 9223372036854775806, -1},
	} {
		part, total, ok := wire.ContentRange(in)
		if got := [3]int64{part.From, part.To - 1, total}; !ok || got != want {
			t.Errorf("%q: %v, %v", in, got, ok)
		}
	}
	for _, in := range []string{
		"bytes 5-10/10", "bytes 9-5/10", "bytes -5/10", "5-9/10", "", "bytes a-b/c", "bytes 0-9223372036854775807/*",
	} {
		if _, _, ok := wire.ContentRange(in); ok {
			t.Errorf("%q was accepted", in)
		}
	}
}
