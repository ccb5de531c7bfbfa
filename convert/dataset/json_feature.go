package dataset

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/promptmill/promptmill/convert/dataset/internal/meta"
)

// jsonFeatures are the texts of a column, or of what is nested in one, that are JSON by the features which `datasets` keeps in
// the file: what is written there is what its users see. The types in them are those of the first rows.
type jsonFeatures struct {
	shape *shape // of a text that is JSON, while it is looked at
	types *node  // of the same, afterwards
	elem  *jsonFeatures
	named map[string]*jsonFeatures
}

// jsonLook is how much of a file with texts that are JSON is read for their types.
const jsonLook = 4 << 20

// jsonFeaturesOf returns those of the fields, by the name of the column; nil when there are none.
func jsonFeaturesOf(pairs []meta.KeyValue, fields []Field) *jsonFeatures {
	root := &jsonFeatures{named: map[string]*jsonFeatures{}}
	features := featuresOf(pairs)
	for _, f := range fields {
		if in := jsonFeatureOf(features[f.Name], f, 1); in != nil {
			root.named[f.Name] = in
		}
	}
	if len(root.named) == 0 {
		return nil
	}
	return root
}

// jsonFeatureOf returns what is JSON in f; nil when nothing is.
func jsonFeatureOf(raw json.RawMessage, f Field, depth int) *jsonFeatures {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && len(list) == 1 {
		return jsonElement(list[0], f, depth)
	}
	var feature struct {
		Type    string          `json:"_type"`
		Feature json.RawMessage `json:"feature"`
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &feature) == nil {
		switch feature.Type {
		case "Json":
			if f.Kind == String {
				return &jsonFeatures{shape: &shape{name: f.Name}}
			}
			return nil
		case "List", "LargeList", "Sequence":
			return jsonElement(feature.Feature, f, depth)
		}
	}
	if f.Kind != Struct || json.Unmarshal(raw, &fields) != nil {
		return nil
	}
	return jsonFields(f, func(c Field) *jsonFeatures { return jsonFeatureOf(fields[c.Name], c, depth+1) })
}

// jsonElement returns what is JSON in the elements of f, which is a list, or a struct of lists as a sequence of dicts is.
func jsonElement(raw json.RawMessage, f Field, depth int) *jsonFeatures {
	if f.Kind == List {
		if in := jsonFeatureOf(raw, f.Elem(), depth+1); in != nil {
			return &jsonFeatures{elem: in}
		}
	}
	var fields map[string]json.RawMessage
	if f.Kind != Struct || json.Unmarshal(raw, &fields) != nil {
		return nil
	}
	return jsonFields(f, func(c Field) *jsonFeatures { return jsonElement(fields[c.Name], c, depth+1) })
}

func jsonFields(f Field, in func(Field) *jsonFeatures) *jsonFeatures {
	named := map[string]*jsonFeatures{}
	for _, c := range f.Children {
		if j := in(c); j != nil {
			named[c.Name] = j
		}
	}
	if len(named) == 0 {
		return nil
	}
	return &jsonFeatures{named: named}
}

// learn looks at a batch.
func (j *jsonFeatures) learn(b *Batch) {
	if j == nil {
		return
	}
	for _, v := range b.columns {
		if in := j.named[v.field.Name]; in != nil {
			in.look(v, &budget{fields: maxFields})
		}
	}
}

func (j *jsonFeatures) look(v *view, left *budget) {
	switch {
	case j.shape != nil:
		for i := range v.length() {
			if x := v.at(i); !x.IsNull() {
				j.shape.inferText(x.Str(), left)
			}
		}
	case v.field.Kind == List:
		j.elem.look(v.children[0], left)
	default:
		for _, c := range v.children {
			if in := j.named[c.field.Name]; in != nil {
				in.look(c, left)
			}
		}
	}
}

// inferText widens s by a text that is JSON. One that is not is a text.
func (s *shape) inferText(text string, left *budget) {
	c := cursor{b: []byte(text)}
	if c.skip(0) != nil || !c.ended() {
		s.see(String, 0, left)
		return
	}
	c.i = 0
	if err := s.infer(&c, 0, 1, left); err != nil { // more fields than there may be
		s.mix("", left)
	}
}

// settle ends learning. Where nothing was seen, what comes is text.
func (j *jsonFeatures) settle(depth int) {
	if j.shape != nil {
		j.shape.settle(depth)
		if j.shape.kind == Null {
			j.shape.kind = String
		}
		j.types = j.shape.node()
		return
	}
	if j.elem != nil {
		j.elem.settle(depth + 1)
	}
	for _, in := range j.named {
		in.settle(depth + 1)
	}
}

// field returns f with the types of what is JSON in it.
func (j *jsonFeatures) field(f Field) Field {
	if j == nil {
		return f
	}
	if j.types != nil {
		as := j.types.field
		as.Name, as.Renamed, as.Original = f.Name, f.Renamed, f.Original
		return as
	}
	f.Children = slices.Clone(f.Children)
	for i, c := range f.Children {
		if f.Kind == List {
			f.Children[i] = j.elem.field(c)
		} else {
			f.Children[i] = j.named[c.Name].field(c)
		}
	}
	f.Type = typeOf(f)
	return f
}

// learned ends learning, and returns the fields of a schema with the types of what is JSON in them.
func (j *jsonFeatures) learned(fields []Field) []Field {
	if j == nil {
		return fields
	}
	for _, in := range j.named {
		in.settle(1)
	}
	return j.fields(fields)
}

// fields are the fields of a schema, with the types of what is JSON in them.
func (j *jsonFeatures) fields(fields []Field) []Field {
	out := slices.Clone(fields)
	for i, f := range out {
		out[i] = j.named[f.Name].field(f)
	}
	return out
}

// lookAtJSON finds the types of what is JSON in the first rows. Pages that cannot be read are told of where rows are.
func (f *File) lookAtJSON(j *jsonFeatures) {
	var names []string
	for name := range j.named {
		names = append(names, name)
	}
	var size int64
	for b, err := range f.Batches(context.Background(), names) {
		if err != nil {
			break
		}
		j.learn(b)
		if size += b.Size(); size >= jsonLook {
			break
		}
	}
	f.schema.Fields = j.learned(f.schema.Fields)
	f.json = j
}
