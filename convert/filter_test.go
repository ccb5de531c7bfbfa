package convert_test

import (
	"bytes"
	"errors"
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/clean"
)

func questions(texts ...string) []qa {
	rows := make([]qa, len(texts))
	for i, s := range texts {
		rows[i] = pair(s, "x")
	}
	return rows
}

func TestRun_filter(t *testing.T) {
	texts := []string{"one", "two", "ünë", "one ", "three four", "ONE", "one\u200b"}
	tests := []struct {
		name   string
		filter convert.Filter
		want   string // the prompts that stay
		drops  map[string]int64
	}{
		{"none", convert.Filter{}, "one|two|ünë|one|three four|ONE|one", nil},
		{"min chars", convert.Filter{MinChars: 4}, "three four", map[string]int64{"prompt has fewer characters than --min-chars": 6}},
		{"max chars", convert.Filter{MaxChars: 3}, "one|two|ünë|one|ONE|one", map[string]int64{"prompt has more characters than --max-chars": 1}},
		{"min bytes", convert.Filter{MinBytes: 5}, "ünë|three four", map[string]int64{"prompt has fewer bytes than --min-bytes": 5}},
		{"max bytes", convert.Filter{MaxBytes: 4}, "one|two|one|ONE|one", map[string]int64{"prompt has more bytes than --max-bytes": 2}},
		{"exactly", convert.Filter{MinChars: 3, MaxChars: 3, MinBytes: 5, MaxBytes: 5}, "ünë",
			map[string]int64{"prompt has fewer bytes than --min-bytes": 5, "prompt has more bytes than --max-bytes": 1}},
		{"keep", convert.Filter{Keep: expressions("o", "^.{3}$")}, "one|two|one|one", map[string]int64{"prompt does not match --keep-regex": 3}},
		{"drop", convert.Filter{Drop: expressions("^o", "T|t")}, "ünë|ONE",
			map[string]int64{"prompt matches --drop-regex": 5}},
		{"dedupe", convert.Filter{Dedupe: true}, "one|two|ünë|three four|ONE", map[string]int64{"prompt is a duplicate": 2}},
		{"near dedupe", convert.Filter{NearDedupe: 0.7}, "one|two|ünë|three four", map[string]int64{"prompt is a near duplicate": 3}},
		{"both", convert.Filter{Dedupe: true, NearDedupe: 0.7}, "one|two|ünë|three four",
			map[string]int64{"prompt is a duplicate": 2, "prompt is a near duplicate": 1}},
	}
	path := write(t, questions(texts...))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, r := run(t, source(path), convert.Options{Layout: convert.VLLM, Filter: tt.filter})
			got := strings.NewReplacer(`{"prompt":"`, "", "\"}\n", "|").Replace(string(out))
			if got != tt.want+"|" {
				t.Errorf("prompts %q, want %q", got, tt.want)
			}
			if !maps.Equal(r.Manifest.Rows.Dropped, tt.drops) {
				t.Errorf("dropped %v, want %v", r.Manifest.Rows.Dropped, tt.drops)
			}
		})
	}
}

func expressions(texts ...string) (list []*regexp.Regexp) {
	for _, s := range texts {
		list = append(list, regexp.MustCompile(s))
	}
	return list
}

// TestRun_dedupeWritten: a row that is dropped for another reason is no first of its kind.
func TestRun_dedupeWritten(t *testing.T) {
	rows := []qa{pair("same", ""), pair("a b\nc", "x"), pair("same", "x"), pair("same", "y"), pair("a b c", "x")}
	out, r := run(t, source(write(t, rows)), convert.Options{Filter: convert.Filter{Dedupe: true}})
	if want := int64(3); r.Manifest.Rows.Written != want || !bytes.Contains(out, []byte(`{"prompt":"same","expected":"x"}`)) {
		t.Errorf("%d lines, want %d:\n%s", r.Manifest.Rows.Written, want, out)
	}
	out, _ = run(t, source(write(t, rows)), convert.Options{
		Format: convert.TXT, Newline: convert.Drop, Filter: convert.Filter{NearDedupe: 0.7}})
	if string(out) != "same\na b c\n" {
		t.Errorf("the line break dropped a row, and that row its near duplicate: %q", out)
	}
}

func TestRun_filterRefused(t *testing.T) {
	for _, f := range []convert.Filter{
		{MinChars: -1}, {MaxBytes: -1}, {MinChars: 3, MaxChars: 2}, {NearDedupe: 2}, {NearDedupe: -0.5},
	} {
		if err := (convert.Options{Filter: f}).Validate(); !errors.Is(err, convert.ErrOptions) {
			t.Errorf("%+v: %v", f, err)
		}
	}
}

// TestRun_filterManifest holds what a manifest says of a filter and of the steps that are off by default.
func TestRun_filterManifest(t *testing.T) {
	_, r := run(t, source(write(t, questions("mail a@b.com ", "8.8.8.8 \nx", "\u202eabc"))), convert.Options{
		Clean:  clean.Options{Redact: true, TrimLines: true, Mojibake: clean.MojibakeFull},
		Filter: convert.Filter{MinChars: 1, Keep: expressions("."), Drop: expressions("zzz"), Dedupe: true, NearDedupe: 0.8},
	})
	want := &convert.ManifestFilter{MinChars: 1, Keep: []string{"."}, Drop: []string{"zzz"}, Dedupe: true, NearDedupe: 0.8}
	if diff := cmp.Diff(want, r.Manifest.Options.Filter); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	counts := make(map[string]int64)
	for _, s := range r.Manifest.Cleaning.Steps {
		if s.Values > 0 {
			counts[s.Step] = s.Values
		}
	}
	if diff := cmp.Diff(map[string]int64{
		"e-mail addresses": 1, "public IP addresses": 1, "trailing blanks": 2, "bidi controls seen": 1,
	}, counts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if said := strings.Join(r.Notices, "\n"); !strings.Contains(said, "bidi controls") || !strings.Contains(said, ": 1; they are kept") {
		t.Errorf("nothing said of bidi controls: %s", said)
	}
}

// TestRun_filterLaws: whatever the filter, the rows add up, no prompt is written twice, and a second run gives the same.
func TestRun_filterLaws(t *testing.T) {
	rows := rapid.SliceOfN(rapid.Map(rapid.SampledFrom([]string{"a", "b", "a b", "a  b", "A b!", "12 and 3", "4 and 567", "é", "e\u0301", "中文", "x@y.zz", "p@q.rr"}),
		func(s string) qa { return pair(s, "x") }), 1, 30)
	rapid.Check(t, func(rt *rapid.T) {
		src := source(write(t, rows.Draw(rt, "rows")), write(t, rows.Draw(rt, "more rows")))
		o := convert.Options{Layout: convert.VLLM, Clean: clean.Options{Redact: rapid.Bool().Draw(rt, "redact")}, Filter: convert.Filter{
			MinChars: rapid.Int64Range(0, 2).Draw(rt, "min"), MaxBytes: rapid.SampledFrom([]int64{0, 3, 9}).Draw(rt, "max"),
			Dedupe: true, NearDedupe: rapid.SampledFrom([]float64{0, 0.3, 0.7, 1}).Draw(rt, "near"),
		}}
		var out, again bytes.Buffer
		r, err := convert.Run(t.Context(), src, &out, o)
		if errors.Is(err, convert.ErrNoRows) {
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		checkReport(t, out.Bytes(), r)
		seen := make(map[string]bool)
		for line := range strings.Lines(out.String()) {
			if seen[line] {
				rt.Fatalf("%s is there twice", line)
			}
			seen[line] = true
		}
		if _, err := convert.Run(t.Context(), src, &again, o); err != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
			rt.Fatalf("a second run gives %q, %v; the first gave %q", again.Bytes(), err, out.Bytes())
		}
	})
}
