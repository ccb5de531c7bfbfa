package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"text/template"
)

// A Template makes bodies by a Go template. Safe for concurrent use.
type Template struct {
	text   *template.Template
	source string
}

// String is the text that the template was read from; "" of nil.
func (t *Template) String() string {
	if t == nil {
		return ""
	}
	return t.source
}

// ParseTemplate reads a template. Its fields are Prompt (the text of all messages), Messages (of which each has Role and
// Content), Documents, Tools, Model, MaxTokens, Expected and those of [Input.Fields], of which a missing one is an error;
// its function json writes any of them as JSON.
func ParseTemplate(text string) (*Template, error) {
	t, err := parseTemplate("body", text)
	if err != nil {
		return nil, err
	}
	return &Template{t, text}, nil
}

// parseTemplate reads what is executed with templateData.
func parseTemplate(name, text string) (*template.Template, error) {
	return template.New(name).Option("missingkey=error").Funcs(template.FuncMap{"json": templateJSON}).Parse(text)
}

func templateJSON(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte{'\n'})), nil
}

// templateData is what a template has of in. A field of the line does not take the place of one that every line has.
func templateData(o *BodyOptions, in *Input) map[string]any {
	data := map[string]any{
		"Prompt": in.text(), "Messages": in.Messages, "Documents": in.Documents, "Tools": o.tools(in),
		"Model": o.model(in), "MaxTokens": o.maxTokens(in), "Expected": "",
	}
	if in.Expected != nil {
		data["Expected"] = *in.Expected
	}
	for name, value := range in.Fields {
		if _, taken := data[name]; !taken {
			data[name] = value
		}
	}
	return data
}

// Check says what is wrong with the body for in, if anything is: the template fails, or what it makes is not a JSON
// object.
func (t *Template) Check(o *BodyOptions, in *Input) error {
	var b bytes.Buffer
	if err := t.execute(&b, o, in); err != nil {
		return err
	}
	var object map[string]json.RawMessage
	err := json.Unmarshal(b.Bytes(), &object)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at := int(syntax.Offset)
		return fmt.Errorf("it makes what is no JSON: %w at byte %d, after %.60q", err, at, b.Bytes()[max(0, at-61):max(0, at-1)])
	}
	if err != nil {
		return errors.New("it makes JSON that is no object")
	}
	return nil
}

func (t *Template) execute(b *bytes.Buffer, o *BodyOptions, in *Input) error {
	return t.text.Execute(b, templateData(o, in))
}

// append appends the body. Where the template fails, which [Template.Check] tells before, it is what there was until then:
// the server will refuse it.
func (t *Template) append(dst []byte, o *BodyOptions, in *Input) []byte {
	b := bytes.NewBuffer(dst)
	_ = t.execute(b, o, in)
	return b.Bytes()
}
