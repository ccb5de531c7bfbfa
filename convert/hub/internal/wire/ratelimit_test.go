package wire_test

import (
	"testing"

	"github.com/promptmill/promptmill/convert/hub/internal/wire"
)

func TestParseRateLimit(t *testing.T) {
	for in, want := range map[string]bool{
		`"api";r=0;t=55`: true, `api;t=1;r=2`: true, ` "resolvers" ; r=1 ; t=2 `: true,
		``: false, `"api"`: false, `"api";r=1`: false, `"api";r=-1;t=5`: false, `"api";r=x;t=5`: false, `;r=1;t=1`: false,
	} {
		if _, ok := wire.ParseRateLimit(in); ok != want {
			t.Errorf("%q: %v", in, ok)
		}
	}
}
