package report

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/metrics"
)

// What JSON writes must read back as the summary that it was made from.
func TestJSON_readsBack(t *testing.T) {
	for _, run := range []func() *metrics.Summary{cleanRun, levelsRun, failedRun, cutRun} {
		s := run()
		var doc Document
		if err := json.Unmarshal([]byte(shownAs(t, "json", s)), &doc); err != nil {
			t.Fatal(err)
		}
		if doc.SchemaVersion != JSONVersion {
			t.Errorf("schema version %d, want %d", doc.SchemaVersion, JSONVersion)
		}
		if d := cmp.Diff(findings(s), doc.Findings); d != "" {
			t.Errorf("findings -want +got:\n%s", d)
		}
		want, _ := json.Marshal(s)
		doc.Run.Manifest = s.Run.Manifest // indented now
		var again metrics.Summary
		if err := json.Unmarshal(want, &again); err != nil {
			t.Fatal(err)
		}
		empty := cmp.FilterValues(func(a, b any) bool { return isEmpty(a) && isEmpty(b) }, cmp.Ignore())
		if d := cmp.Diff(again, doc.Summary, empty); d != "" {
			t.Errorf("summary -want +got:\n%s", d)
		}
	}
}

// isEmpty is true of nil and of lists and maps without an element: null and [] say the same.
func isEmpty(v any) bool {
	text, err := json.Marshal(v)
	return err == nil && (string(text) == "null" || string(text) == "[]" || string(text) == "{}")
}

func TestJSON_hasNoNullLists(t *testing.T) {
	for _, fixture := range []string{"empty", "failed", "clean"} {
		if got := shownAs(t, "json", fixtures[fixture]()); strings.Contains(got, "null") {
			t.Errorf("%s: has a null:\n%s", fixture, got)
		}
	}
}

// A manifest of another program may be JSON in every way but its bytes.
func TestJSON_isValidUTF8(t *testing.T) {
	s := cleanRun()
	s.Run.Manifest = json.RawMessage("{\"a\": \"\x9b2J\"}")
	if text := shownAs(t, "json", s); !utf8.ValidString(text) {
		t.Error("the document is not UTF-8")
	}
}

func TestJSON_keepsUnprintableText(t *testing.T) {
	s := cleanRun()
	s.Run.Model = "a\u202eb\U000e0041\x1b"
	text := shownAs(t, "json", s)
	var doc Document
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Run.Model != s.Run.Model {
		t.Errorf("model reads back as %q, want %q", doc.Run.Model, s.Run.Model)
	}
	if want := `"a\u202eb\udb40\udc41\u001b"`; !strings.Contains(text, want) {
		t.Errorf("no %s in the document", want)
	}
}

func TestJSON_figureThatIsNoNumber(t *testing.T) {
	s := cleanRun()
	s.Benchmarks[1].Accuracy = new(math.NaN())
	var b bytes.Buffer
	if err := JSON(&b, s); err == nil || !strings.Contains(err.Error(), "NaN") || b.Len() > 0 {
		t.Errorf("error = %v after %d bytes, want one that says NaN and nothing written", err, b.Len())
	}
}

func TestJSON_brokenManifest(t *testing.T) {
	s := cleanRun()
	s.Run.Manifest = json.RawMessage(`{"tool":`)
	if got := shownAs(t, "json", s); strings.Contains(got, "manifest") {
		t.Error("a manifest that is not JSON was written")
	}
	if got := shownAs(t, "md", s); strings.Contains(got, "**Dataset**") {
		t.Error("a dataset was read from a manifest that is not JSON")
	}
}
