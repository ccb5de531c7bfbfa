package validate_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/promptmill/promptmill/validate"
)

// check returns the findings as "rule file:line:column: message", a warning with that word before the message.
func check(t *testing.T, name, content string, o validate.Options) ([]string, validate.Summary) {
	t.Helper()
	var got []string
	sum, err := validate.Reader(t.Context(), strings.NewReader(content), name, o, func(f validate.Finding) {
		kind := ""
		if f.Severity == validate.Warning {
			kind = "warning: "
		}
		got = append(got, fmt.Sprintf("%s %s:%d:%d: %s%s", f.Rule, f.File, f.Line, f.Column, kind, f.Message))
	})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return got, sum
}

func TestNew_refuses(t *testing.T) {
	own := func(s string) validate.Options { return validate.Options{SchemaFile: []byte(s)} }
	tests := []struct {
		opts validate.Options
		want string
	}{
		{validate.Options{Format: "csv"}, `options: format "csv": use txt or jsonl`},
		{validate.Options{Format: "txt", Schema: "strict"}, "options: a schema is for jsonl files, and the format is txt"},
		{validate.Options{Schema: "strict", SchemaFile: []byte("{}")}, `options: schema "strict" and a schema of your own: give one`},
		{validate.Options{Schema: "manifest"}, `options: schema "manifest" describes a whole file, not a line`},
		{validate.Options{Schema: "alpaca"}, `options: schema "alpaca": not known; there are aiperf, findings, guidellm, manifest, messages, report, rerank, sharegpt, strict, vllm`},
		{validate.Options{MaxErrors: -1}, "options: limits must not be negative"},
		{own("{"), `options: schema "custom": not valid JSON: unexpected end of JSON input`},
		{own(`{"type":5}`), `options: schema "custom": jsonschema: '/type' does not validate with https://json-schema.org/draft/2020-12/schema#/allOf/3/$ref/properties/type/anyOf/0/$ref/enum: value must be one of "array", "boolean", "integer", "null", "number", "object", "string"`},
		{own(`{"properties":{"a":{"pattern":"^(?!x)"}}}`), `options: schema "custom": #/properties/a/pattern: pattern "^(?!x)": lookaround, backreferences and \u escapes are not supported: error parsing regexp: invalid or unsupported Perl syntax: ` + "`(?!`"},
		{own(`{"properties":{"default":{"properties":{"enum":{"pattern":"(?=x)"}}}}}`), `options: schema "custom": #/properties/default/properties/enum/pattern: pattern "(?=x)": lookaround, backreferences and \u escapes are not supported: error parsing regexp: invalid or unsupported Perl syntax: ` + "`(?=`"},
		{own(`{"patternProperties":{"(?<=a)b":{}}}`), `options: schema "custom": #/patternProperties: pattern "(?<=a)b": lookaround, backreferences and \u escapes are not supported: error parsing regexp: invalid named capture: ` + "`(?<=a)b`"},
		{own(`{"$ref":"https://example.com/x.json"}`), `options: schema "custom": it refers to https://example.com/x.json: references must stay inside the schema`},
		{own(`{"pattern":"["}`), "options: schema \"custom\": #/pattern: pattern \"[\": error parsing regexp: missing closing ]: `[`"},
		{own(`{"pattern":"^.{1,2000}$"}`), "options: schema \"custom\": #/pattern: pattern \"^.{1,2000}$\": repeats of more than 1000 are not supported: error parsing regexp: invalid repeat count: `{1,2000}`"},
		{own(`{"$ref":"file:///etc/passwd"}`), `options: schema "custom": it refers to file:///etc/passwd: references must stay inside the schema`},
	}
	for _, tt := range tests {
		_, err := validate.New(tt.opts)
		if !errors.Is(err, validate.ErrOptions) {
			t.Errorf("%+v: error %v is not ErrOptions", tt.opts, err)
			continue
		}
		if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestReader_unreadable(t *testing.T) {
	broken := errors.New("device gone")
	r := io.MultiReader(strings.NewReader("ok\nhal"), iotest.ErrReader(broken))
	var got []validate.Finding
	sum, err := validate.Reader(t.Context(), r, "p.txt", validate.Options{}, func(f validate.Finding) { got = append(got, f) })
	if !errors.Is(err, broken) || err.Error() != "p.txt: read line 2: device gone" {
		t.Errorf("error %v", err)
	}
	if len(got) != 0 || sum.Lines != 1 {
		t.Errorf("findings %v, summary %+v", got, sum)
	}

	why := errors.New("stopped by the user")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if _, err := validate.Reader(ctx, strings.NewReader("a\n"), "p.txt", validate.Options{}, nil); !errors.Is(err, why) {
		t.Errorf("cancelled: %v", err)
	}

	for head, want := range map[string]string{
		"PAR1\x00":   "x: not a text file: a parquet file: convert it to prompts first",
		"ARROW1\x00": "x: not a text file: an Arrow file: convert it to prompts first",
		"PK\x03\x04": "x: not a text file: a zip archive: unpack it first",
	} {
		_, err := validate.Reader(t.Context(), strings.NewReader(head), "x", validate.Options{}, nil)
		if !errors.Is(err, validate.ErrNotText) || err.Error() != want {
			t.Errorf("%q: %v", head, err)
		}
	}
}

func TestReader_format(t *testing.T) {
	tests := []struct {
		name, in, want string
		opts           validate.Options
	}{
		{name: "p.txt", in: "{", want: "txt"},
		{name: "P.JSONL", in: "x", want: "jsonl"},
		{name: "p.ndjson", in: "x", want: "jsonl"},
		{name: "-", in: "\ufeff \n{", want: "jsonl"},
		{name: "-", in: "[", want: "jsonl"},
		{name: "-", in: "Why?", want: "txt"},
		{name: "-", in: "", want: "txt"},
		{name: "p.txt", in: "x", opts: validate.Options{Format: "jsonl"}, want: "jsonl"},
		{name: "p.jsonl", in: "x", opts: validate.Options{Format: "txt"}, want: "txt"},
		{name: "p.txt", in: "x", opts: validate.Options{Schema: "vllm"}, want: "jsonl"},
	}
	for _, tt := range tests {
		_, sum := check(t, tt.name, tt.in, tt.opts)
		if sum.Format != tt.want {
			t.Errorf("%s holding %q is %s, want %s", tt.name, tt.in, sum.Format, tt.want)
		}
	}
}

// TestReader_limits: findings are cut off, counting is not.
func TestReader_limits(t *testing.T) {
	in := strings.Repeat("\x01\n", 100) + strings.Repeat("a\n", 100)
	want := []string{
		"control p.txt:1:1: control character U+0001, only tab is allowed",
		"control p.txt:2:1: control character U+0001, only tab is allowed",
		"duplicate p.txt:102:1: warning: the line repeats line 101: a server may answer it from its cache",
		"duplicate p.txt:103:1: warning: the line repeats line 101: a server may answer it from its cache",
	}
	got, sum := check(t, "p.txt", in, validate.Options{MaxErrors: 2})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if sum.Lines != 200 || sum.BadLines != 100 || sum.Errors != 100 || sum.Warnings != 99 {
		t.Errorf("summary %+v", sum)
	}
}

// TestReader_manyProblems: one line cannot flood the report.
func TestReader_manyProblems(t *testing.T) {
	got, sum := check(t, "p.jsonl", "{"+strings.Repeat(`"k":1,`, 1000)+`"k":1}`+"\n", validate.Options{})
	// 1000 repeated keys; after those, what the schema forbids and what it misses count once each.
	if sum.Errors != 1002 || len(got) != 65 {
		t.Errorf("%d errors, %d findings", sum.Errors, len(got))
	}
	if want := "more p.jsonl:1:6008: and 938 more problems in this line"; got[64] != want {
		t.Errorf("last finding %q, want %q", got[64], want)
	}
}

// TestReader_chunks: where reads end does not matter.
func TestReader_chunks(t *testing.T) {
	in := strings.Repeat("good line\nb\xffd\n\r\n"+strings.Repeat("long ", 100)+"\n", 30) + "end"
	for _, limit := range []int{1, 16, 400, 600} {
		o := validate.Options{MaxLineBytes: limit}
		want, sum := check(t, "p.txt", in, o)
		for name, wrap := range map[string]func(io.Reader) io.Reader{"one byte": iotest.OneByteReader, "data and EOF": iotest.DataErrReader, "half": iotest.HalfReader} {
			var got []string
			sum2, err := validate.Reader(t.Context(), wrap(strings.NewReader(in)), "p.txt", o, func(f validate.Finding) {
				kind := ""
				if f.Severity == validate.Warning {
					kind = "warning: "
				}
				got = append(got, fmt.Sprintf("%s %s:%d:%d: %s%s", f.Rule, f.File, f.Line, f.Column, kind, f.Message))
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" || sum != sum2 {
				t.Errorf("%s, limit %d: %+v, %+v (-want +got):\n%s", name, limit, sum, sum2, diff)
			}
		}
	}
	_, err := validate.Reader(t.Context(), stuck{}, "p.txt", validate.Options{}, nil)
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a reader that gives nothing: %v", err)
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }
