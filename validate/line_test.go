package validate_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/promptmill/promptmill/validate"
)

func TestNewLine(t *testing.T) {
	check, err := validate.NewLine("", false)
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

func TestNewLine_options(t *testing.T) {
	if _, err := validate.NewLine("alpaca", false); !errors.Is(err, validate.ErrOptions) {
		t.Errorf("unknown schema: %v", err)
	}
	for _, name := range []string{"strict", "messages"} {
		line := map[string]string{
			"strict":   `{"prompt":"a","expected":""}`,
			"messages": `{"messages":[{"role":"user","content":"a"}],"expected":""}`,
		}[name]
		for _, allow := range []bool{false, true} {
			check, err := validate.NewLine(name, allow)
			if err != nil {
				t.Fatal(err)
			}
			if err := check([]byte(line)); (err == nil) != allow {
				t.Errorf("%s, empty expected allowed %v: %v", name, allow, err)
			}
		}
	}
}

// TestNewLine_concurrent is for the race detector.
func TestNewLine_concurrent(t *testing.T) {
	check, err := validate.NewLine("strict", false)
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

// TestNewLine_allocatesNothing: good strict lines take the fast path.
func TestNewLine_allocatesNothing(t *testing.T) {
	check, err := validate.NewLine("strict", false)
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
