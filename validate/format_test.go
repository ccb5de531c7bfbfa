package validate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"

	"github.com/promptmill/promptmill/validate"
)

var strictChecker = sync.OnceValues(func() (*validate.Checker, error) { return validate.New(validate.Options{}) })

// show checks the content of a file and returns what a printer makes of the findings.
func show(t testing.TB, name, content string, o validate.PrintOptions) string {
	t.Helper()
	var b bytes.Buffer
	p, err := validate.NewPrinter(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	c, err := strictChecker()
	if err != nil {
		t.Fatal(err)
	}
	sum, err := c.Check(t.Context(), strings.NewReader(content), name, p.Finding)
	if err != nil {
		t.Fatal(err)
	}
	p.File(validate.FileReport{File: name, Summary: sum})
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const oddLines = "{\"prompt\":\"a\",\"expected\":\"b\"}\r\n\n{\"prompt\":\"中文 e\u0301 \u202e\\t\"}\n{\"prompt\":1,\"expected\":\"b\"}\n{\"prompt\":\"x\"}\n"

func TestPrinter_text(t *testing.T) {
	got := show(t, "a\x1b[1m:b.jsonl", oddLines, validate.PrintOptions{})
	want := `a\x1b[1m:b.jsonl:1:30: error: cr: carriage return before the line feed (fix: end lines with a line feed alone)
a\x1b[1m:b.jsonl:2:1: error: blank: the line is blank, want a JSON object (fix: remove the line)
a\x1b[1m:b.jsonl:3:1: error: missing-key: missing key "expected"; a strict line has exactly "prompt" and "expected"
a\x1b[1m:b.jsonl:3:18: warning: bidi: direction control U+202E: the text shows in another order than it has (fix: remove it unless it is meant)
a\x1b[1m:b.jsonl:4:11: error: type: "prompt" is a number, want a string
a\x1b[1m:b.jsonl:5:1: error: missing-key: missing key "expected"; a strict line has exactly "prompt" and "expected"
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFinding_Fix holds what is said to do about errors for which that is plain.
func TestFinding_Fix(t *testing.T) {
	for line, want := range map[string]string{
		`{"prompt":"a","expected":"b",}`:              "remove the comma before it",
		`{"prompt":"a","expected":["b",]}`:            "remove the comma before it",
		`{"prompt":"a","expected":"b"}, `:             "remove the comma: nothing stands between lines",
		`{"prompt":"a","expected":"b"}{}`:             "put every value on a line of its own",
		`{"prompt":"a","expected":"b","c":1}`:         "remove it, as --fix --drop-unknown does",
		"{\"prompt\":\"a\u2028\",\"expected\":\"b\"}": "write it as an escape, as --fix does",
		"{\"prompt\":\"a\tb\",\"expected\":\"b\"}":    "write it as an escape, as --fix does",
	} {
		if got := show(t, "p.jsonl", line+"\n", validate.PrintOptions{}); !strings.HasSuffix(got, " (fix: "+want+")\n") {
			t.Errorf("%q: %q, want the fix %q", line, got, want)
		}
	}
}

func TestPrinter_terminal(t *testing.T) {
	got := show(t, "b.jsonl", "\xef\xbb\xbf{\"prompt\":\"中文 e\u0301 \u202e\",\"expected\":\"b\"}\n\n", validate.PrintOptions{Columns: 40})
	want := `b.jsonl:1:1: error: bom: byte order mark U+FEFF at the start, which becomes part of the text
  \ufeff{"prompt":"中文 § \u202e","exp…
  ^
  fix: remove it
b.jsonl:1:19: warning: bidi: direction control U+202E: the text shows in another order than it has
  …"prompt":"中文 § \u202e","expected"…
                    ^
  fix: remove it unless it is meant
b.jsonl:2:1: error: blank: the line is blank, want a JSON object
  fix: remove the line
`
	want = strings.ReplaceAll(want, "§", "e\u0301")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	colour := show(t, "b.jsonl", "\n", validate.PrintOptions{Columns: 80, Colour: true})
	want = "\x1b[1mb.jsonl:1:1\x1b[0m: \x1b[1;31merror\x1b[0m: blank: the line is blank, want a JSON object\n  \x1b[36mfix:\x1b[0m remove the line\n"
	if diff := cmp.Diff(want, colour); diff != "" {
		t.Errorf("colour (-want +got):\n%s", diff)
	}
}

func TestPrinter_summary(t *testing.T) {
	got := show(t, "b.jsonl", oddLines, validate.PrintOptions{Summary: true})
	want := `      2  b.jsonl:3:1: error: missing-key: missing key "expected"; a strict line has exactly "prompt" and "expected"
      1  b.jsonl:1:30: error: cr: carriage return before the line feed (fix: end lines with a line feed alone)
      1  b.jsonl:2:1: error: blank: the line is blank, want a JSON object (fix: remove the line)
      1  b.jsonl:4:11: error: type: "prompt" is a number, want a string
      1  b.jsonl:3:18: warning: bidi: direction control U+202E: the text shows in another order than it has (fix: remove it unless it is meant)
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPrinter_github(t *testing.T) {
	got := show(t, "a:b,100%\n.jsonl", `{"prompt":"a","expected":"b","100%":1}`+"\n{}\n", validate.PrintOptions{Format: validate.ShowGitHub})
	want := `::error file=a%3Ab%2C100%25%0A.jsonl,line=1,col=30,title=unknown-key::unknown key "100%25"; a strict line has only "prompt" and "expected" (fix: remove it, as --fix --drop-unknown does)
::error file=a%3Ab%2C100%25%0A.jsonl,line=2,col=1,title=missing-key::missing keys "prompt" and "expected"; a strict line has exactly "prompt" and "expected"
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got = show(t, "\x1b[2J\xff\r\n", "{}\n", validate.PrintOptions{Format: validate.ShowGitHub})
	if !strings.HasPrefix(got, `::error file=\x1b[2J\xff%0D%0A,line=1,`) {
		t.Errorf("name %q", got)
	}
	got = show(t, "b.jsonl", "{}\n{}\n", validate.PrintOptions{Format: validate.ShowGitHub, Summary: true})
	if !strings.Contains(got, "::error file=b.jsonl,line=1,col=1,title=missing-key::") || !strings.Contains(got, " (2 of this rule)\n") {
		t.Errorf("summary %s", got)
	}
}

// TestPrinter_json holds that what is printed follows the published schema.
func TestPrinter_json(t *testing.T) {
	schema := compile(t, "findings")
	for _, content := range []string{"{\"prompt\":\"a\",\"expected\":\"b\"}\n", oddLines, ""} {
		for _, summary := range []bool{false, true} {
			got := show(t, "<b>.jsonl", content, validate.PrintOptions{Format: validate.ShowJSON, Summary: summary})
			if err := schema.Validate(decode(t, []byte(got))); err != nil {
				t.Errorf("%s\n%v", got, err)
			}
		}
	}
	var b bytes.Buffer
	p, err := validate.NewPrinter(&b, validate.PrintOptions{Format: validate.ShowJSON})
	if err != nil {
		t.Fatal(err)
	}
	p.Finding(validate.Finding{File: "p", Line: 1, Column: 2, Severity: validate.Warning, Rule: validate.RuleBidi, Message: "m"})
	p.File(validate.FileReport{File: "p", Summary: validate.Summary{Format: "txt", Lines: 1, Warnings: 1}})
	p.File(validate.FileReport{File: "q", Failed: "no such file", Fixed: &validate.Fixed{Repairs: map[string]int64{"NFC": 1}}})
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	want := `{"findings_version":1,"findings":[
{"file":"p","line":1,"column":2,"severity":"warning","rule":"bidi","message":"m"}
],"files":[
{"file":"p","lines":1,"bad_lines":0,"errors":0,"warnings":1,"format":"txt"},
{"file":"q","lines":0,"bad_lines":0,"errors":0,"warnings":0,"format":"","fixed":{"lines":0,"changed":0,"repairs":{"NFC":1}},"failed":"no such file"}
],"valid":false}
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := schema.Validate(decode(t, b.Bytes())); err != nil {
		t.Error(err)
	}
}

// TestPrinter_sarif holds what viewers rely on; .ci/interop holds the whole log
// against the official schema.
func TestPrinter_sarif(t *testing.T) {
	var b bytes.Buffer
	p, err := validate.NewPrinter(&b, validate.PrintOptions{Format: validate.ShowSARIF, Version: "1.2", Summary: true})
	if err != nil {
		t.Fatal(err)
	}
	f := validate.Finding{File: "a b/ü:%.txt", Line: 3, Column: 5, Severity: validate.Error, Rule: validate.RuleBlank, Message: "m", Fix: "remove it", Excerpt: "e"}
	p.Finding(f)
	p.Finding(f)
	p.File(validate.FileReport{File: f.File, Summary: validate.Summary{Errors: 2}})
	p.File(validate.FileReport{File: "/abs/x.txt", Failed: "no\x1bsuch file"})
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			ColumnKind string
			Results    []json.RawMessage
			Invocation []json.RawMessage `json:"invocations"`
		}
	}
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	index := slices.IndexFunc(run.Tool.Driver.Rules, func(r struct{ ID string }) bool { return r.ID == "blank" })
	if log.Version != "2.1.0" || run.ColumnKind != "unicodeCodePoints" || index < 0 || len(run.Results) != 1 || len(run.Invocation) != 1 {
		t.Fatalf("log %s", b.Bytes())
	}
	for got, want := range map[string]string{
		string(run.Results[0]): `{"ruleId":"blank","ruleIndex":` + strconv.Itoa(index) + `,"level":"error","message":{"text":"m (fix: remove it)"},` +
			`"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a%20b/%C3%BC:%25.txt"},"region":{"startLine":3,"startColumn":5}}}],` +
			`"occurrenceCount":2,"properties":{"excerpt":"e"}}`,
		string(run.Invocation[0]): `{"executionSuccessful":false,"toolExecutionNotifications":[{"level":"error","message":{"text":"no\\x1bsuch file"},` +
			`"locations":[{"physicalLocation":{"artifactLocation":{"uri":"file:///abs/x.txt"}}}]}]}`,
	} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestNewPrinter_refuses(t *testing.T) {
	_, err := validate.NewPrinter(nil, validate.PrintOptions{Format: "xml"})
	if !errors.Is(err, validate.ErrOptions) || err.Error() != `options: format of findings "xml": use text, json, github, sarif` {
		t.Errorf("error %v", err)
	}
}

// brokenWriter fails every write.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestPrinter_Close_error(t *testing.T) {
	for _, format := range []string{validate.ShowText, validate.ShowJSON, validate.ShowGitHub, validate.ShowSARIF} {
		p, err := validate.NewPrinter(brokenWriter{}, validate.PrintOptions{Format: format})
		if err != nil {
			t.Fatal(err)
		}
		p.Finding(validate.Finding{File: "p"})
		p.File(validate.FileReport{File: "p"})
		if err := p.Close(); err == nil || err.Error() != "disk full" {
			t.Errorf("%s: error %v", format, err)
		}
	}
}

// TestRules holds that every rule there is a constant for is described, in order.
func TestRules(t *testing.T) {
	source, err := parser.ParseFile(token.NewFileSet(), "rules.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	ast.Inspect(source, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Rule") {
			name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Error(err)
			}
			want = append(want, name)
		}
		return true
	})
	slices.Sort(want)
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct {
					Rules []struct {
						ID               string
						ShortDescription struct{ Text string }
						Default          struct{ Level validate.Severity } `json:"defaultConfiguration"`
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(show(t, "p", "", validate.PrintOptions{Format: validate.ShowSARIF})), &log); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range log.Runs[0].Tool.Driver.Rules {
		got = append(got, r.ID)
		if level := r.Default.Level; r.ShortDescription.Text == "" || level != validate.Error && level != validate.Warning {
			t.Errorf("%+v", r)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzPrinter holds that whatever a file says, nothing reaches a terminal but what
// shows, no line of an excerpt is wider than the terminal, and JSON follows its
// schema.
func FuzzPrinter(f *testing.F) {
	schema := compile(f, "findings")
	f.Add("p\x1b[2J.txt", "\u202eabc\u2066\r\x00 中文中文中文中文中文中文中文中文中文中文中文中文\u0301\x1b[0m\n\xff", uint8(40))
	f.Add("p.jsonl", "{\"\x1b]0;x\x07\":1,\"prompt\":\"👩‍👩‍👧‍👦🇩🇪\ufe0f\"}\n", uint8(20))
	f.Fuzz(func(t *testing.T, name, content string, columns uint8) {
		if len(content) > 0 && strings.Contains("PA\x1f\x28", content[:1]) {
			return
		}
		columns = max(columns, 12)
		text := show(t, name, content, validate.PrintOptions{Columns: int(columns)})
		for _, r := range text {
			if r != '\n' && !strconv.IsPrint(r) {
				t.Fatalf("%q reaches the terminal: %q", r, text)
			}
		}
		cells := &runewidth.Condition{StrictEmojiNeutral: true}
		lines := strings.Split(text, "\n")
		for i, line := range lines {
			if caret := strings.TrimLeft(line, " ") == "^"; caret && cells.StringWidth(lines[i-1]) > int(columns) {
				t.Errorf("%d columns for %q, the terminal has %d", cells.StringWidth(lines[i-1]), lines[i-1], columns)
			} else if caret && len(line) > int(columns) {
				t.Errorf("the caret is in column %d of %d", len(line), columns)
			}
		}
		document := show(t, name, content, validate.PrintOptions{Format: validate.ShowJSON})
		if err := schema.Validate(decode(t, []byte(document))); err != nil {
			t.Errorf("%s\n%v", document, err)
		}
		if log := show(t, name, content, validate.PrintOptions{Format: validate.ShowSARIF}); !json.Valid([]byte(log)) {
			t.Errorf("not JSON: %s", log)
		}
		for line := range strings.Lines(show(t, name, content, validate.PrintOptions{Format: validate.ShowGitHub})) {
			var at struct{ line, column int }
			_, after, _ := strings.Cut(line, ",line=")
			if _, err := fmt.Sscanf(after, "%d,col=%d,title=", &at.line, &at.column); err != nil || !strings.HasSuffix(line, "\n") {
				t.Errorf("annotation %q: %v", line, err)
			}
		}
	})
}
