package main

import (
	"bufio"
	"bytes"
	"context"
	"strings"

	"github.com/promptmill/promptmill/schemas"
	"github.com/promptmill/promptmill/validate"
)

// hints are what to do about a bad file as a whole, which no finding of a line can say.
type hints struct {
	asked bool // for the schema, by --schema

	repairable int64  // errors that --fix surely repairs
	first      []byte // the first line
}

// see takes a finding into account.
func (h *hints) see(f validate.Finding) {
	if f.Severity == validate.Error && repairs(f) {
		h.repairable++
	}
}

// repairs reports whether --fix always repairs what f found.
func repairs(f validate.Finding) bool {
	switch f.Rule {
	case validate.RuleBOM, validate.RuleBlank, validate.RuleFinalLF:
		return true
	case validate.RuleCR:
		return f.Fix != "" // not of one inside a line
	case validate.RuleSeparator:
		return strings.Contains(f.Fix, "--fix") // not in a text file
	}
	return false
}

// head keeps the first line that is in the buffer of in; it reads nothing.
func (h *hints) head(in *bufio.Reader) {
	text, _ := in.Peek(in.Buffered()) // what is buffered is there
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\ufeff")), " \t\r\n")
	line, _, _ := bytes.Cut(text, []byte("\n"))
	h.first = bytes.Clone(line)
}

// of returns the hints for the file of which s is known.
func (h *hints) of(ctx context.Context, s validate.Summary) (told []string) {
	if s.Errors == 0 {
		return nil
	}
	if h.repairable == s.Errors && h.repairable > 0 && len(h.first) > 0 {
		told = append(told, "all of its errors can be repaired: promptmill validate FILE --fix -o OUT")
	}
	if names := h.layouts(ctx, s); len(names) > 0 {
		told = append(told, "no --schema was given, and its first line is no strict one; it would be valid with --schema "+strings.Join(names, " or "))
	}
	return told
}

// layouts returns the schemas that the first line follows, where it was held against strict only because its keys do not
// tell the layout.
func (h *hints) layouts(ctx context.Context, s validate.Summary) (names []string) {
	if h.asked || s.Schema != validate.SchemaStrict {
		return nil
	}
	fits := func(name string) bool {
		o := validate.Options{Schema: name, Workers: 1}
		s, err := validate.Reader(ctx, bytes.NewReader(append(bytes.Clone(h.first), '\n')), "line", o, func(validate.Finding) {})
		return err == nil && s.Lines == 1 && s.OK()
	}
	if fits(validate.SchemaStrict) {
		return nil
	}
	for _, name := range schemas.Names() {
		if schemas.OfLine(name) && fits(name) {
			names = append(names, name)
		}
	}
	return names
}
