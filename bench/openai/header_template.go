package openai

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"text/template"
)

// HeaderTemplates make headers of single requests, as a [Template] makes their bodies: by Go templates over what the
// request is about. A nil one makes none. Safe for concurrent use.
type HeaderTemplates struct{ list []headerTemplate }

type headerTemplate struct {
	name string
	text *template.Template
}

// SplitHeader tells the headers that are the same in every request from those whose value is a template, as in
// "team-{{.tenant}}". Errors do not have values.
func SplitHeader(header map[string]string) (fixed map[string]string, templates *HeaderTemplates, err error) {
	fixed = maps.Clone(header)
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if !strings.Contains(header[name], "{{") {
			continue
		}
		t, err := newHeaderTemplate(name, header[name])
		if err != nil {
			return nil, nil, fmt.Errorf("header %s: %w", name, err)
		}
		delete(fixed, name)
		if templates == nil {
			templates = new(HeaderTemplates)
		}
		templates.list = append(templates.list, t)
	}
	return fixed, templates, nil
}

func newHeaderTemplate(name, value string) (headerTemplate, error) {
	switch {
	case !validName(name):
		return headerTemplate{}, errors.New("not a valid name")
	case !ofOneRequest(name):
		return headerTemplate{}, errors.New("it cannot differ from request to request")
	}
	t, err := parseTemplate("header", value)
	return headerTemplate{http.CanonicalHeaderKey(name), t}, err
}

// Append appends the headers of a request for in to dst; one whose value would be empty is left out. A template that fails,
// or makes what no header can have, makes a value that no request is sent with: [HeaderTemplates.Check] tells it before.
func (t *HeaderTemplates) Append(dst []HeaderField, o *BodyOptions, in *Input) []HeaderField {
	if t == nil {
		return dst
	}
	data := templateData(o, in)
	for _, h := range t.list {
		value, err := h.value(data)
		if err != nil {
			value = unsendable
		}
		if value != "" {
			dst = append(dst, HeaderField{h.name, value})
		}
	}
	return dst
}

// Check says which header of a request for in cannot be made, if there is one. The error does not have its value.
func (t *HeaderTemplates) Check(o *BodyOptions, in *Input) error {
	if t == nil {
		return nil
	}
	data := templateData(o, in)
	for _, h := range t.list {
		if _, err := h.value(data); err != nil {
			return fmt.Errorf("header %s: %w", h.name, err)
		}
	}
	return nil
}

// maxHeaderValue is less than what servers take for all headers together, in bytes.
const maxHeaderValue = 4 << 10

// unsendable is a value that engines refuse.
const unsendable = "\n"

var (
	errHeaderValue = errors.New("its value would have a character that cannot be sent in a header, maybe a line end")
	errHeaderLong  = fmt.Errorf("its value would be longer than %d bytes", maxHeaderValue)
)

func (h *headerTemplate) value(data map[string]any) (string, error) {
	var b bytes.Buffer
	if err := h.text.Execute(&b, data); err != nil {
		return "", err
	}
	value := strings.Trim(b.String(), " \t")
	switch {
	case !validValue(value):
		return "", errHeaderValue
	case len(value) > maxHeaderValue:
		return "", errHeaderLong
	}
	return value, nil
}
