package validate_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/promptmill/promptmill/convert/jsontext"
	"github.com/promptmill/promptmill/validate"
)

func TestChecker_Line(t *testing.T) {
	check, err := newLine("", false)
	if err != nil {
		t.Fatal(err)
	}
	if err := check([]byte(`{"prompt":"a","expected":"b"}`)); err != nil {
		t.Errorf("good line: %v", err)
	}
	err = check([]byte(`{"prompt":"é","answer":"b"}`))
	bad, ok := errors.AsType[*validate.LineError](err)
	if !ok {
		t.Fatalf("bad line: %v", err)
	}
	want := &validate.LineError{Findings: []validate.Finding{
		{
			Column: 1, Severity: validate.Error, Rule: validate.RuleMissingKey, Excerpt: `{"prompt":"é","answer":"b"}`,
			Message: `missing key "expected"; a strict line has exactly "prompt" and "expected"`,
		},
		{
			Column: 15, Severity: validate.Error, Rule: validate.RuleUnknownKey, Mark: 15, Excerpt: `{"prompt":"é","answer":"b"}`,
			Message: `unknown key "answer"; a strict line has only "prompt" and "expected"`,
			Fix:     "remove it, as --fix --drop-unknown does",
		},
	}}
	if diff := cmp.Diff(want, bad); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := err.Error(), `column 1: missing key "expected"; a strict line has exactly "prompt" and "expected" (and 1 more)`; got != want {
		t.Errorf("error %q, want %q", got, want)
	}
}

func TestChecker_Line_options(t *testing.T) {
	if _, err := newLine("alpaca", false); !errors.Is(err, validate.ErrOptions) {
		t.Errorf("unknown schema: %v", err)
	}
	for _, name := range []string{"strict", "messages"} {
		line := map[string]string{
			"strict":   `{"prompt":"a","expected":""}`,
			"messages": `{"messages":[{"role":"user","content":"a"}],"expected":""}`,
		}[name]
		for _, allow := range []bool{false, true} {
			check, err := newLine(name, allow)
			if err != nil {
				t.Fatal(err)
			}
			if err := check([]byte(line)); (err == nil) != allow {
				t.Errorf("%s, empty expected allowed %v: %v", name, allow, err)
			}
		}
	}
}

// TestChecker_Line_concurrent is for the race detector.
func TestChecker_Line_concurrent(t *testing.T) {
	check, err := newLine("strict", false)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				if check([]byte(`{"prompt":"a","expected":"b"}`)) != nil || check([]byte(`{"prompt":"a","expected":5}`)) == nil {
					t.Error("wrong verdict")
				}
			}
		})
	}
	wg.Wait()
}

// TestChecker_Line_allocatesNothing: good strict lines take the fast path.
func TestChecker_Line_allocatesNothing(t *testing.T) {
	check, err := newLine("strict", false)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		`{"prompt":"What is 2 + 2?","expected":"4"}`,
		`{"expected": "a\n\"b\" \u00e9", "prompt": "\n  Grüße, 中文, 📊 ` + strings.Repeat("long ", 100) + `"}`,
	} {
		line := []byte(s)
		n := testing.AllocsPerRun(10, func() {
			if err := check(line); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%v allocations for %.40s", n, s)
		}
	}
}

// newLine returns the check of single lines against a schema.
func newLine(name string, allowEmptyExpected bool) (func(line []byte) error, error) {
	c, err := validate.New(validate.Options{Format: validate.FormatJSONL, Schema: name, AllowEmptyExpected: allowEmptyExpected})
	if err != nil {
		return nil, err
	}
	return c.Line, nil
}

// FuzzChecker_Written: what is known of a line that was written changes nothing in the verdict.
func FuzzChecker_Written(f *testing.F) {
	f.Add("a", "b", true)
	f.Add(" ", "", false)
	f.Add("\u2028", "\"\\\x00", true)
	f.Add("\xff", "日本", false)
	var checkers []*validate.Checker
	for _, name := range []string{"strict", "messages", "sharegpt"} {
		c, err := validate.New(validate.Options{Format: validate.FormatJSONL, Schema: name})
		if err != nil {
			f.Fatal(err)
		}
		checkers = append(checkers, c)
	}
	f.Fuzz(func(t *testing.T, a, b string, extra bool) {
		for i, parts := range [][2]string{{`{"prompt":`, `,"expected":`}, {`{"messages":[{"role":"user","content":`, `}],"expected":`}, {`{"conversations":[{"from":"human","value":`, `},{"from":"gpt","value":`}} {
			text, spans := []byte("before\n"), []jsontext.Span(nil)
			for k, s := range []string{a, b} {
				text = append(text, parts[k]...)
				from := len(text)
				text = jsontext.Append(text, s)
				spans = append(spans, jsontext.Span{From: from, To: len(text)})
			}
			text = append(text, []string{"}", "}", "}]}"}[i]...)
			if extra {
				text = append(text, ' ')
			}
			known, read := checkers[i].Written(text, len("before\n"), spans), checkers[i].Line(text[len("before\n"):])
			if diff := cmp.Diff(read, known); diff != "" {
				t.Errorf("%s: (-read +known):\n%s", text, diff)
			}
		}
	})
}
