package openai

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// templatesOf reads headers of which all are templates.
func templatesOf(t *testing.T, header map[string]string) *HeaderTemplates {
	t.Helper()
	fixed, templates, err := SplitHeader(header)
	if err != nil || len(fixed) > 0 {
		t.Fatal(fixed, err)
	}
	return templates
}

func TestSplitHeader(t *testing.T) {
	fixed, templates, err := SplitHeader(map[string]string{"X-Trace": `{"a":{"b":1}}`, "x-tenant": "team-{{.tenant}}"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"X-Trace": `{"a":{"b":1}}`}, fixed); diff != "" {
		t.Error(diff)
	}
	in := &Input{Fields: map[string]any{"tenant": "a"}}
	if diff := cmp.Diff([]HeaderField{{"X-Tenant", "team-a"}}, templates.Append(nil, &BodyOptions{}, in)); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string]string{
		"Host": "cannot differ", "content-length": "cannot differ", "X-Request-Id": "cannot differ", "Connection": "cannot differ", "A b": "not a valid name",
	} {
		if _, _, err := SplitHeader(map[string]string{name: "secret {{.a}}"}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := SplitHeader(map[string]string{"X": "{{"}); err == nil {
		t.Error("half a template was read")
	}
}

// TestHeaderTemplates: a value is what the line says, or the request is not sent.
func TestHeaderTemplates(t *testing.T) {
	in := &Input{
		Messages: []Message{{Content: "two\nlines"}}, MaxTokens: 3,
		Fields: map[string]any{
			"tenant": "blau ä", "n": json.Number("10000000000000000001"), "lines": "a\r\nX-Other: b", "ends": "a\n", "empty": "", "zero": "\x00",
			"long": strings.Repeat("a", maxHeaderValue+1),
		},
	}
	for text, want := range map[string]struct{ value, err string }{
		`{{.tenant}}`:                     {"blau ä", ""},
		` {{.n}} {{.MaxTokens}} `:         {"10000000000000000001 3", ""},
		`{{json .Prompt}}`:                {`"two\nlines"`, ""},
		`{{.empty}}`:                      {"", ""},
		`{{with index . "none"}}x{{end}}`: {"", ""},
		`{{.Prompt}}`:                     {unsendable, "maybe a line end"},
		`{{.lines}}`:                      {unsendable, "maybe a line end"},
		`{{.ends}}`:                       {unsendable, "maybe a line end"},
		`{{.zero}}`:                       {unsendable, "maybe a line end"},
		`{{.none}}`:                       {unsendable, `no entry for key "none"`},
		`{{.long}}`:                       {unsendable, "longer than 4096 bytes"},
	} {
		templates := templatesOf(t, map[string]string{"X": text})
		fields := templates.Append(nil, &BodyOptions{}, in)
		if want.value == "" && len(fields) > 0 || want.value != "" && (len(fields) != 1 || fields[0].Value != want.value) {
			t.Errorf("%s: %q, want %q", text, fields, want.value)
		}
		err := templates.Check(&BodyOptions{}, in)
		if (err == nil) != (want.err == "") || err != nil && (!strings.HasPrefix(err.Error(), "header X: ") || !strings.Contains(err.Error(), want.err)) {
			t.Errorf("%s: %v, want %s", text, err, want.err)
		}
		if sendable := (&Request{Header: fields}).sendable(); sendable != (want.err == "") {
			t.Errorf("%s: sendable %v", text, sendable)
		}
	}
	var none *HeaderTemplates
	if fields := none.Append(nil, &BodyOptions{}, in); fields != nil || none.Check(&BodyOptions{}, in) != nil {
		t.Errorf("no templates make %v", fields)
	}
}

// FuzzHeaderTemplates: whatever a line says, it adds to a request no header but the one it was to make.
func FuzzHeaderTemplates(f *testing.F) {
	f.Add("a")
	f.Add("a\r\nAuthorization: b")
	f.Add(" \t")
	f.Add("\xff\u2028")
	_, templates, err := SplitHeader(map[string]string{"X-Tenant": "{{.tenant}}"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, tenant string) {
		in := &Input{Fields: map[string]any{"tenant": tenant}}
		fields := templates.Append(nil, &BodyOptions{}, in)
		req := &Request{Header: fields}
		if req.sendable() != (templates.Check(&BodyOptions{}, in) == nil) {
			t.Fatalf("%q: sent against the check, or not sent in spite of it", tenant)
		}
		if !req.sendable() {
			return
		}
		e := newEncoder(mustParse("http://h/x"), "", req.header(http.Header{}))
		head := string(e.appendHead(nil, req))
		want := "POST /x HTTP/1.1\r\nHost: h\r\n"
		if value := strings.Trim(tenant, " \t"); value != "" {
			want += "X-Tenant: " + value + "\r\n"
		}
		if want += "Content-Length: 0\r\n\r\n"; head != want {
			t.Errorf("%q, want %q", head, want)
		}
	})
}
