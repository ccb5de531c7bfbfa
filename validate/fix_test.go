package validate_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"github.com/promptmill/promptmill/convert/clean"
	"github.com/promptmill/promptmill/validate"
)

// compose is the simplest cleaning there is.
func compose(s string) (string, []string) {
	if t := norm.NFC.String(s); t != s {
		return t, []string{"NFC"}
	}
	return s, nil
}

// fix returns what Fix writes, what it changed and what it could not.
func fix(t *testing.T, name, in string, o validate.Options, fo validate.FixOptions) (out string, fixed validate.Fixed, left []string) {
	t.Helper()
	c, err := validate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	sum, fixed, err := c.Fix(t.Context(), strings.NewReader(in), &b, name, fo, func(f validate.Finding) {
		left = append(left, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Rule))
	})
	if err != nil {
		t.Fatal(err)
	}
	if sum.Errors < int64(len(left)) {
		t.Errorf("%d errors in the summary, %d were told", sum.Errors, len(left))
	}
	return b.String(), fixed, left
}

func TestChecker_Fix(t *testing.T) {
	const good = `{"prompt":"a","expected":"b"}` + "\n"
	tests := []struct {
		name, file, in string
		drop           bool
		want           string
		repairs        map[string]int64
		left           []string
	}{
		{name: "nothing to do", file: "p.txt", in: "a\nb\n", want: "a\nb\n"},
		{name: "byte order mark", file: "p.txt", in: "\ufeffa\n", want: "a\n", repairs: map[string]int64{"byte order marks": 1}},
		{name: "line ends", file: "p.txt", in: "a\r\nb\r\r\nc", want: "a\nb\nc\n", repairs: map[string]int64{"carriage returns": 3, "final line feed": 1}},
		{name: "blank lines", file: "p.txt", in: "a\n\n \t\u3000\r\n\ufeff\nb\n", want: "a\nb\n", repairs: map[string]int64{"blank lines": 3, "carriage returns": 1, "byte order marks": 1}},
		{name: "normal form", file: "p.txt", in: "cafe\u0301\n", want: "café\n", repairs: map[string]int64{"NFC": 1}},
		{name: "a carriage return that may be meant", file: "p.txt", in: "e\u0301\rb\n", want: "e\u0301\rb\n", left: []string{"1:3 cr"}},
		{name: "bytes of another encoding", file: "p.txt", in: "\ufeffcaf\xe9\r\nb\n", want: "caf\xe9\nb\n", repairs: map[string]int64{"byte order marks": 1, "carriage returns": 1}, left: []string{"1:5 utf-8"}},
		{name: "nothing left", file: "p.txt", in: "\n\r\n", want: "", repairs: map[string]int64{"blank lines": 2, "carriage returns": 1}, left: []string{"2:1 empty-file"}},

		{name: "JSON lines", file: "p.jsonl", in: "\ufeff" + good + "\n" + strings.TrimSuffix(good, "\n") + "\r\n", want: good + good, repairs: map[string]int64{"byte order marks": 1, "blank lines": 1, "carriage returns": 1}},
		{name: "raw characters in strings", file: "p.jsonl", in: "{\"prompt\":\"a\tb\u2028\\\"c\",\r\"expected\":\"\\\\\"}\n", want: `{"prompt":"a\tb\u2028\"c", "expected":"\\"}` + "\n", repairs: map[string]int64{"control characters escaped": 1, "line separators escaped": 1, "carriage returns": 1}},
		{name: "strings", file: "p.jsonl", in: `{"prompt":"cafe\u0301 \/ \n\"", "expected":"\u00e9"}` + "\n", want: `{"prompt":"café / \n\"", "expected":"\u00e9"}` + "\n", repairs: map[string]int64{"NFC": 1}},
		{name: "unknown keys stay", file: "p.jsonl", in: `{"id":1,"prompt":"a","expected":"b"}`, want: `{"id":1,"prompt":"a","expected":"b"}` + "\n", repairs: map[string]int64{"final line feed": 1}, left: []string{"1:2 unknown-key"}},
		{name: "unknown keys", file: "p.jsonl", drop: true, in: `{"id":[1,{"x":"}"}] , "prompt":"a","x" : "]","expected":"b" , "y":1.5,"y":null }` + "\n", want: `{"prompt":"a","expected":"b" }` + "\n", repairs: map[string]int64{"unknown keys dropped": 4}},
		{name: "no prompt is invented", file: "p.jsonl", drop: true, in: `{"question":"a","answer":"b"}` + "\n" + `{"prompt":" ","expected":""}` + "\n", want: `{"question":"a","answer":"b"}` + "\n" + `{"prompt":" ","expected":""}` + "\n", left: []string{"1:1 missing-key", "1:2 unknown-key", "1:17 unknown-key", "2:11 blank-prompt", "2:26 empty-expected"}},
		{name: "no half of a character is replaced", file: "p.jsonl", in: `{"prompt":"e\u0301","expected":"\ud83d"}` + "\n", want: `{"prompt":"e\u0301","expected":"\ud83d"}` + "\n", left: []string{"1:33 surrogate"}},
		{name: "no key is chosen", file: "p.jsonl", drop: true, in: `{"prompt":"a","prompt":"c","expected":"b"}` + "\n", want: `{"prompt":"a","prompt":"c","expected":"b"}` + "\n", left: []string{"1:15 duplicate-key"}},
		{name: "cut short", file: "p.jsonl", in: good + `{"prompt":"a","exp`, want: good + `{"prompt":"a","exp` + "\n", repairs: map[string]int64{"final line feed": 1}, left: []string{"2:19 syntax"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, fixed, left := fix(t, tt.file, tt.in, validate.Options{}, validate.FixOptions{DropUnknown: tt.drop, Clean: compose})
			if diff := cmp.Diff(tt.want, out); diff != "" {
				t.Errorf("written (-want +got):\n%s", diff)
			}
			if tt.repairs == nil {
				tt.repairs = map[string]int64{}
			}
			if diff := cmp.Diff(tt.repairs, fixed.Repairs); diff != "" {
				t.Errorf("repairs (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.left, left); diff != "" {
				t.Errorf("left (-want +got):\n%s", diff)
			}
			if n := int64(strings.Count(out, "\n")); fixed.Lines != n {
				t.Errorf("%d lines, %d are told", n, fixed.Lines)
			}
		})
	}
}

// TestChecker_Fix_layouts holds that keys of nested objects are found, and that
// removing one does not change what stands beside it.
func TestChecker_Fix_layouts(t *testing.T) {
	own := `{"type":"object","additionalProperties":false,"properties":{"a":{"type":"array","items":{"additionalProperties":false,"properties":{"b":{}}}}}}`
	in := `{"a":[{"x":{"b":1}},{"b":"}","x":[]},{"x":0,"b":1,"y":1}],"z":"\\"}` + "\n"
	out, _, left := fix(t, "p.jsonl", in, validate.Options{SchemaFile: []byte(own)}, validate.FixOptions{DropUnknown: true})
	if want := `{"a":[{},{"b":"}"},{"b":1}]}` + "\n"; out != want || len(left) > 0 {
		t.Errorf("written %s, want %s; left %v", out, want, left)
	}
	many := `{"prompt":"a","expected":"b"` + strings.Repeat(`,"k":1`, 500) + "}\n"
	out, fixed, left := fix(t, "p.jsonl", many, validate.Options{}, validate.FixOptions{DropUnknown: true})
	if out != `{"prompt":"a","expected":"b"}`+"\n" || fixed.Repairs["unknown keys dropped"] != 500 || len(left) > 0 {
		t.Errorf("written %.100s, repairs %v, left %v", out, fixed.Repairs, left)
	}
}

func TestChecker_Fix_refuses(t *testing.T) {
	c, err := validate.New(validate.Options{MaxLineBytes: 10})
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]struct {
		is  error
		msg string
	}{
		"a\n" + strings.Repeat("b", 11) + "\n": {validate.ErrTooLong, "p.txt: line 2: line too long: more than 10 bytes; raise the limit"},
		"PAR1":                                 {validate.ErrNotText, "p.txt: not a text file: a parquet file: convert it to prompts first"},
	} {
		_, _, err := c.Fix(t.Context(), strings.NewReader(in), io.Discard, "p.txt", validate.FixOptions{}, nil)
		if !errors.Is(err, want.is) || err.Error() != want.msg {
			t.Errorf("%.10q: error %v, want %s", in, err, want.msg)
		}
	}
}

// TestChecker_Fix_lineLimit: no repair makes a line that the check would not look at.
func TestChecker_Fix_lineLimit(t *testing.T) {
	in := `{"prompt":"` + strings.Repeat("\t", 60) + `a","expected":"b"}` + "\n"
	out, fixed, left := fix(t, "p.jsonl", in, validate.Options{MaxLineBytes: 100}, validate.FixOptions{})
	if out != in || fixed.Changed != 0 || !cmp.Equal(left, []string{"1:12 syntax"}) {
		t.Errorf("written %q, %+v, left %q", out, fixed, left)
	}
}

// TestChecker_Fix_escapes: a repair keeps as escapes what stands as escapes.
func TestChecker_Fix_escapes(t *testing.T) {
	in := `{"prompt":"e\u0301 \u202e \ud83d\udcca é","expected":"b"}` + "\n"
	want := `{"prompt":"é \u202e \ud83d\udcca é","expected":"b"}` + "\n"
	if out, _, left := fix(t, "p.jsonl", in, validate.Options{}, validate.FixOptions{Clean: compose}); out != want || len(left) > 0 {
		t.Errorf("written %s, want %s; left %q", out, want, left)
	}
}

// TestChecker_Fix_workers: what is written, counted and told does not depend on how many goroutines mend, nor on where the
// text is cut.
func TestChecker_Fix_workers(t *testing.T) {
	var in strings.Builder
	for i := range 6_000 {
		switch i % 7 {
		case 0:
			fmt.Fprintf(&in, `{"prompt":"cafe`+"\u0301"+` %d","expected":"b"}`+"\r\n", i/2)
		case 1:
			fmt.Fprintf(&in, `{"prompt":"%d","expected":"b","x":1}`+"\n", i)
		case 2:
			fmt.Fprintf(&in, `{"prompt":%d}`+"\n \n", i)
		default:
			fmt.Fprintf(&in, `{"prompt":"%s%d","expected":"b"}`+"\n", strings.Repeat("long ", i%50), i/3)
		}
	}
	in.WriteString(`{"prompt":"last","expected":"b"}`)
	type result struct {
		Out   string
		Fixed validate.Fixed
		Left  []string
	}
	var want result
	for _, workers := range []int{1, 2, 5} {
		var got result
		got.Out, got.Fixed, got.Left = fix(t, "p.jsonl", in.String(), validate.Options{Workers: workers, MaxErrors: 500}, validate.FixOptions{DropUnknown: true, Clean: compose})
		if workers == 1 {
			want = got
			if len(got.Left) != 500 || len(got.Fixed.Repairs) != 5 {
				t.Fatalf("%d findings, %+v", len(got.Left), got.Fixed)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d workers: (-want +got):\n%.2000s", workers, diff)
		}
	}
}

// errFull is what a full disk says.
var errFull = errors.New("disk full")

// full takes some bytes.
type full struct{ left int }

func (w *full) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// TestChecker_Fix_writeError: a write that fails ends the repair at its line.
func TestChecker_Fix_writeError(t *testing.T) {
	c, err := validate.New(validate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	in := strings.Repeat(strings.Repeat("a", 99)+"\n", 100_000)
	_, _, err = c.Fix(t.Context(), strings.NewReader(in), &full{1 << 20}, "p.txt", validate.FixOptions{}, func(validate.Finding) {})
	if !errors.Is(err, errFull) || !strings.HasPrefix(err.Error(), "p.txt: line 11") {
		t.Errorf("error %v", err)
	}
}

// FuzzFix holds the laws of Fix: what it writes has the errors that it told and no
// others, fixing that changes nothing, and a valid file stays valid.
func FuzzFix(f *testing.F) {
	f.Add([]byte("a\n\na\r\nb\u202e\n"), false, false)
	f.Add([]byte("\ufeffa\r\n\n e\u0301\rb"), false, false)
	f.Add([]byte(`{"prompt":"e\u0301`+"\t\u2028"+`","expected":"b","x":{"y":"\ud83d"}}`+"\r\n"), true, true)
	f.Add([]byte("caf\u00c3\u00a9 \u00ef\u00bb\u00bf It\u00e2\u20ac\u2122s \u00e2\u20ac\u00a8"), false, false)
	f.Add([]byte(`{"a":1,"prompt":"c","a":[],"expected":"\\"}`+"\n \r \n[1]"), true, true)
	var checkers []*validate.Checker
	for _, format := range []string{validate.FormatTXT, validate.FormatJSONL} {
		c, err := validate.New(validate.Options{Format: format})
		if err != nil {
			f.Fatal(err)
		}
		checkers = append(checkers, c)
	}
	cleaner := clean.New(clean.Options{KeepNewlines: true, KeepControls: true, KeepZeroWidth: true, KeepOuterSpace: true})
	f.Fuzz(func(t *testing.T, in []byte, json, drop bool) {
		c := checkers[0]
		if json {
			c = checkers[1]
		}
		fo := validate.FixOptions{DropUnknown: drop, Clean: func(s string) (string, []string) {
			if out, err := cleaner.String(s); err == nil && out != s {
				return out, []string{"cleaned"}
			}
			return s, nil
		}}
		var once, twice bytes.Buffer
		told, _, err := c.Fix(t.Context(), bytes.NewReader(in), &once, "p", fo, func(validate.Finding) {})
		if errors.Is(err, validate.ErrNotText) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		sum, err := c.Check(t.Context(), bytes.NewReader(once.Bytes()), "p", func(validate.Finding) {})
		if errors.Is(err, validate.ErrNotText) {
			return // a byte order mark hid what the file is
		}
		if err != nil || sum.Errors != told.Errors || sum.Warnings != told.Warnings {
			t.Errorf("%q became %q: %d errors and %d warnings, %d and %d were told; %v", in, once.Bytes(), sum.Errors, sum.Warnings, told.Errors, told.Warnings, err)
		}
		if _, again, err := c.Fix(t.Context(), bytes.NewReader(once.Bytes()), &twice, "p", fo, func(validate.Finding) {}); err != nil || again.Changed != 0 {
			t.Errorf("%q became %q, then %d lines of it were changed; %v", in, once.Bytes(), again.Changed, err)
		}
		if !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("%q became %q, then %q", in, once.Bytes(), twice.Bytes())
		}
	})
}
