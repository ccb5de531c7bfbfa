package dataset

import (
	"errors"
	"slices"
	"sort"
)

// batch returns b with what the JSON says in the place of its text.
func (j *jsonFeatures) batch(b *Batch) (*Batch, error) {
	if j == nil {
		return b, nil
	}
	out := *b
	out.columns = slices.Clone(b.columns)
	for i, v := range out.columns {
		d := &jsonDecoding{}
		var err error
		if out.columns[i], err = d.view(j.named[v.field.Name], v, func(i int) int { return i }); err != nil {
			return nil, err
		}
		out.stray(v.field.Name, d.strays)
	}
	return &out, nil
}

// jsonDecoding is a column of a batch whose texts are decoded.
type jsonDecoding struct{ strays []Stray }

// view returns v with what the JSON in it says. Value i of it is in the row of the batch that row returns.
func (d *jsonDecoding) view(j *jsonFeatures, v *view, row func(i int) int) (*view, error) {
	if j == nil {
		return v, nil
	}
	if j.types != nil {
		return d.decode(j, v, row)
	}
	out := v.with(j.field(v.field), slices.Clone(v.children))
	for i, c := range out.children {
		in, rowOf := j.elem, row
		if v.field.Kind == List {
			rowOf = func(i int) int { return row(v.holder(i)) }
		} else {
			in = j.named[c.field.Name]
		}
		var err error
		if out.children[i], err = d.view(in, c, rowOf); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// holder returns the value of a list that has element i; -1, or the number of values, when none has.
func (v *view) holder(i int) int {
	return sort.Search(len(v.offsets), func(n int) bool { return int(v.offsets[n]) > i }) - 1
}

// decode returns the values in the JSON of v.
func (d *jsonDecoding) decode(j *jsonFeatures, v *view, row func(i int) int) (*view, error) {
	to := newCell(j.types, true)
	lost := false
	to.watch(&lost)
	for i := range v.length() {
		x := v.at(i)
		if x.IsNull() {
			to.null()
			continue
		}
		lost = false
		read, err := to.fillText(x.Str())
		if err != nil {
			return nil, err
		}
		if read == strayNot && lost {
			read = StrayPart
		}
		if read != strayNot {
			d.strays = append(d.strays, Stray{Row: row(i), Read: read})
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

// watch has lost set when a part of a value is left out.
func (c *cell) watch(lost *bool) {
	c.lost = lost
	for _, child := range c.children {
		child.watch(lost)
	}
}

// leaveOut moves past a value that there is no place for. A null is no loss.
func (c *cell) leaveOut(j *cursor) error {
	j.next()
	from := j.i
	if err := j.skip(0); err != nil {
		return err
	}
	if n, kind := wordLength(j.b[from:j.i]); c.lost != nil && (n == 0 || kind != Null) {
		*c.lost = true
	}
	return nil
}

// fillText appends the value that a text is as JSON. A text that is none is one as it is, and so is, where texts are
// expected, JSON of another type; elsewhere what is of another type is a null. It returns whether, and how, that strays.
func (c *cell) fillText(text string) (StrayRead, error) {
	n := c.rows()
	check := cursor{b: []byte(text)}
	if check.skip(0) != nil || !check.ended() {
		text = string(appendQuoted(nil, text))
	}
	err := c.fill(&cursor{b: []byte(text)})
	if !errors.Is(err, errOther) {
		return strayNot, err
	}
	c.truncate(n)
	if c.node.field.Kind == String {
		return StrayText, c.fillJSON(&cursor{b: []byte(text)})
	}
	c.null()
	return StrayNull, nil
}
