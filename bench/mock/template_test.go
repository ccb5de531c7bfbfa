package mock

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// Every template of every dialect names only values that exist, and gives JSON whatever the values are.
func TestTemplates(t *testing.T) {
	for name, d := range dialects {
		r := reply{d: d, id: "id", model: escape("a \"b\" \x00 $id \u2028"), finish: "stop", text: []byte("x"), path: escape("GET /\"<"), detail: escape("\xff")}
		check := func(where, template string) {
			got := r.expand(nil, template)
			if template != "" && strings.HasPrefix(template, "{") && !json.Valid(got) {
				t.Errorf("%q %s: not JSON: %s", name, where, got)
			}
		}
		for _, details := range []bool{false, true} {
			for _, usage := range []usageMode{usageAbsent, usageNull, usageRunning} {
				r.details, r.usage = details, usage
				for _, e := range []endpoint{d.chat, d.text} {
					v := reflect.ValueOf(e)
					for i := range v.NumField() {
						if v.Field(i).Kind() == reflect.String {
							check(v.Type().Field(i).Name, v.Field(i).String())
						}
					}
				}
			}
			check("counts", d.countsTemplate(details))
		}
		check("models", d.models)
		for why := notFound; why <= inStream; why++ {
			p, ok := d.refusals[why]
			if !ok || p.status == 0 && why != injected && why != inStream {
				t.Errorf("%q has no refusal %d", name, why)
			}
			check("refusal", p.body)
		}
	}
}

// The stride through the vocabulary must not close before every word was used.
func TestWord_usesVocabulary(t *testing.T) {
	seen := map[string]bool{}
	for i := range len(vocabulary) {
		seen[word(7, i+1)] = true
	}
	if len(seen) != len(vocabulary) {
		t.Errorf("got %d different words, want %d", len(seen), len(vocabulary))
	}
	for _, w := range vocabulary {
		if escape(w) != w || countWords(w) != 1 || w[0] != ' ' {
			t.Errorf("word %q is not one token that JSON takes as it is", w)
		}
	}
}

func TestCountWords(t *testing.T) {
	for s, want := range map[string]int{"": 0, " ": 0, "a": 1, " a  b\n\tc ": 3, "é ü": 2, "a\u00a0b": 1} {
		if got := countWords(s); got != want {
			t.Errorf("countWords(%q): got %d, want %d", s, got, want)
		}
		if got := len(strings.FieldsFunc(s, func(r rune) bool { return r < 128 && strings.ContainsRune(" \t\n\v\f\r", r) })); got != want {
			t.Errorf("%q: the test is wrong", s)
		}
	}
}
