package dataset

import "slices"

// batch returns b with what the JSON says in the place of its text.
func (j *jsonFeatures) batch(b *Batch) (*Batch, error) {
	if j == nil {
		return b, nil
	}
	out := *b
	out.columns = slices.Clone(b.columns)
	for i, v := range out.columns {
		var err error
		if out.columns[i], err = j.named[v.field.Name].view(v); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

func (j *jsonFeatures) view(v *view) (*view, error) {
	if j == nil {
		return v, nil
	}
	if j.types != nil {
		return j.decode(v)
	}
	out := v.with(j.field(v.field), slices.Clone(v.children))
	for i, c := range out.children {
		in := j.elem
		if v.field.Kind != List {
			in = j.named[c.field.Name]
		}
		var err error
		if out.children[i], err = in.view(c); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// decode returns the values in the JSON of v.
func (j *jsonFeatures) decode(v *view) (*view, error) {
	to := newCell(j.types, true)
	for i := range v.length() {
		x := v.at(i)
		if x.IsNull() {
			to.null()
			continue
		}
		if err := to.fillText(x.Str()); err != nil {
			return nil, err
		}
	}
	arr, err := to.array()
	if err != nil {
		return nil, err
	}
	out := newView(arr, j.types)
	out.field = j.field(v.field)
	return out, nil
}

// fillText appends the value that a text is as JSON. A text that is none is one as it is, and so is, where texts are
// expected, JSON of another type; elsewhere what is of another type is a null.
func (c *cell) fillText(text string) error {
	n := c.rows()
	check := cursor{b: []byte(text)}
	if check.skip(0) != nil || check.next() != 0 {
		text = string(appendQuoted(nil, text))
	}
	err := c.fill(&cursor{b: []byte(text)})
	if err == nil || c.rows() > n && c.node.field.Kind == String {
		return err
	}
	c.truncate(n)
	if c.node.field.Kind == String {
		return c.fillJSON(&cursor{b: []byte(text)})
	}
	c.null()
	return nil
}
