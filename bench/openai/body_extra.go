package openai

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Members are those of a JSON object, in order, each name once.
type Members []Member

// A Member of a JSON object.
type Member struct {
	Name  string
	Value json.RawMessage // compact
}

var errNotObject = errors.New(`expected a JSON object, such as {"top_k": 40}`)

// ParseMembers reads a JSON object.
func ParseMembers(data []byte) (Members, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errNotObject
	}
	var all Members
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := Member{Name: name.(string)} // a decoder that does not fail gives a name here
		if all.has(m.Name) {
			return nil, fmt.Errorf("%q is given twice", m.Name)
		}
		if m.Value, err = compactValue(d); err != nil {
			return nil, fmt.Errorf("%q: %w", m.Name, err)
		}
		all = append(all, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	return all, nil
}

func compactValue(d *json.Decoder) (json.RawMessage, error) {
	var value json.RawMessage
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err := json.Compact(&b, value)
	return b.Bytes(), err
}

// String is the members as a JSON object; "" where there are none.
func (m Members) String() string {
	if len(m) == 0 {
		return ""
	}
	b := body{dst: []byte{'{'}, empty: true}
	for _, member := range m {
		b.add(member.Name)
		b.dst = append(b.dst, member.Value...)
	}
	return string(append(b.dst, '}'))
}

func (m Members) has(name string) bool {
	return slices.ContainsFunc(m, func(member Member) bool { return member.Name == name })
}

// takesAway says whether the member of the name is null.
func (m Members) takesAway(name string) bool {
	return slices.ContainsFunc(m, func(member Member) bool { return member.Name == name && string(member.Value) == "null" })
}

// Overridden lists the members of the body for in that Extra replaces or takes away.
func (o *BodyOptions) Overridden(in *Input) []string {
	without := *o
	without.Extra = nil
	without.Model = cmp.Or(o.Model, "that the server lists")
	own, err := ParseMembers(without.Append(nil, in))
	if err != nil {
		return nil // a template's
	}
	var names []string
	for _, m := range o.Extra {
		if own.has(m.Name) {
			names = append(names, m.Name)
		}
	}
	return names
}
