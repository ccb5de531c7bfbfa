package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// What follows reads JSON as servers send it: values of unexpected types are passed over, as servers put much beside
// what is read here.

var errNoObject = errors.New("not a JSON object")

// unmarshalObject is unmarshal of what must be an object.
func unmarshalObject(data []byte, v any) error {
	if data = bytes.TrimSpace(data); len(data) == 0 || data[0] != '{' {
		return errNoObject
	}
	return unmarshal(data, v)
}

// unmarshal is json.Unmarshal, but values whose type does not fit stay zero and are no error.
func unmarshal(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return nil
	}
	return err
}

// wireAny is any value.
type wireAny struct{}

func (*wireAny) UnmarshalJSON([]byte) error { return nil }

// wireText is a string, or the text of a list of content parts; of anything else, nothing.
type wireText string

func (t *wireText) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*t = wireText(s)
		return nil
	}
	var parts []struct{ Text string }
	if json.Unmarshal(data, &parts) == nil {
		for _, p := range parts {
			*t += wireText(p.Text)
		}
	}
	return nil
}

func countOf(f *float64) count {
	if f == nil || *f < 0 || *f >= 1e15 {
		return count{}
	}
	return count{int64(*f), true}
}

// millisOf is a time given in units of which one is so many milliseconds.
func millisOf(f *float64, unit float64) millis {
	if f == nil {
		return millis{}
	}
	return millis{*f * unit, true}
}

// emptyJSON says whether a value is absent or has nothing in it.
func emptyJSON(v json.RawMessage) bool {
	switch string(v) {
	case "", "null", `""`, "{}", "[]", "false":
		return true
	}
	return false
}

// wireError is where the error of an event may stand.
type wireError struct {
	Error   json.RawMessage `json:"error"`
	Message json.RawMessage `json:"message"`
	Detail  json.RawMessage `json:"detail"`
}

// failure is the message of an error: an event with an error, or with a message where an answer has none.
func (w *wireError) failure(data []byte, answer bool) string {
	if emptyJSON(w.Error) && (answer || emptyJSON(w.Message) && emptyJSON(w.Detail)) {
		return ""
	}
	return messageOf(data)
}

// messageOf is the message of what is known to be an error.
func messageOf(data []byte) string {
	if m := errorMessage(data); m != "" {
		return m
	}
	return strings.ToValidUTF8(string(data), "\ufffd")
}
