package clean_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/promptmill/promptmill/convert/clean"
)

func TestParse(t *testing.T) {
	for _, p := range []clean.Invalid{clean.InvalidError, clean.InvalidReplace, clean.InvalidDrop} {
		if got, err := clean.ParseInvalid(p.String()); got != p || err != nil {
			t.Errorf("ParseInvalid(%q) = %v, %v", p, got, err)
		}
	}
	for _, m := range []clean.Mojibake{clean.MojibakeSafe, clean.MojibakeOff, clean.MojibakeFull} {
		if got, err := clean.ParseMojibake(m.String()); got != m || err != nil {
			t.Errorf("ParseMojibake(%q) = %v, %v", m, got, err)
		}
	}
	if _, err := clean.ParseInvalid("ignore"); err == nil || err.Error() != `policy for invalid UTF-8 "ignore": use error, replace or drop` {
		t.Errorf("unknown policy: %v", err)
	}
	if _, err := clean.ParseMojibake("more"); err == nil || err.Error() != `mojibake repair "more": use safe, full or off` {
		t.Errorf("unknown level: %v", err)
	}
}

// TestCleaner_Counts holds the names of the steps, which manifests record, and their order.
func TestCleaner_Counts(t *testing.T) {
	all := []clean.Count{
		{Step: "invalid UTF-8"}, {Step: "byte order marks"}, {Step: "mojibake"}, {Step: "newlines"}, {Step: "line separators"},
		{Step: "control characters"}, {Step: "NFC"}, {Step: "zero-width characters"}, {Step: "bidi controls seen"}, {Step: "outer white space"},
	}
	if diff := cmp.Diff(all, clean.New(clean.Options{Invalid: clean.InvalidReplace, Lines: true}).Counts()); diff != "" {
		t.Errorf("all steps (-want +got):\n%s", diff)
	}
	none := clean.Options{
		Mojibake: clean.MojibakeOff,
		KeepBOM:  true, KeepNewlines: true, KeepControls: true, KeepForm: true, KeepZeroWidth: true, KeepOuterSpace: true,
	}
	if diff := cmp.Diff([]clean.Count{{Step: "bidi controls seen"}}, clean.New(none).Counts()); diff != "" {
		t.Errorf("no step (-want +got):\n%s", diff)
	}
}
