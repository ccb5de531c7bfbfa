package plain_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/promptmill/promptmill/bench/report/plain"
)

// What does not show is escaped, other kinds of space do show, and the document means what it meant.
func TestJSON(t *testing.T) {
	in := "{\n  \"path\": \"a\u009bb\u202e日本\u3000\U000e0001\x7f\"\n}\n"
	got := string(plain.JSON([]byte(in)))
	if want := "{\n  \"path\": \"a\\u009bb\\u202e日本\u3000\\udb40\\udc01\\u007f\"\n}\n"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var before, after map[string]string
	if err := errors.Join(json.Unmarshal([]byte(in), &before), json.Unmarshal([]byte(got), &after)); err != nil || before["path"] != after["path"] {
		t.Errorf("%v: %q and %q", err, before, after)
	}
}
