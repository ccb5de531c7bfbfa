package dataset

import (
	"cmp"
	"slices"
)

// A Stray is JSON in a column for which there is no place in its types: those were found by the first rows.
type Stray struct {
	Column string
	Row    int // of the batch
	Read   StrayRead
}

// StrayRead says what became of a [Stray].
type StrayRead int

// What becomes of a stray.
const (
	strayNot  StrayRead = iota // it is none
	StrayNull                  // null
	StrayText                  // a text, as are the others: its JSON
	StrayPart                  // what the others are, without the parts for which there is no place
)

// Strays returns what strays in row i of the batch. The slice is the batch's.
func (b *Batch) Strays(i int) []Stray {
	if len(b.strays) == 0 {
		return nil
	}
	from, _ := slices.BinarySearchFunc(b.strays, i, func(s Stray, row int) int { return cmp.Compare(s.Row, row) })
	to, _ := slices.BinarySearchFunc(b.strays, i+1, func(s Stray, row int) int { return cmp.Compare(s.Row, row) })
	return b.strays[from:to]
}

// stray notes what strays in a column. What is in no row, but between the rows of a file, is nobody's.
func (b *Batch) stray(column string, strays []Stray) {
	for _, s := range strays {
		if s.Row >= 0 && s.Row < b.NumRows() {
			s.Column = column
			b.strays = append(b.strays, s)
		}
	}
	slices.SortStableFunc(b.strays, func(a, b Stray) int { return cmp.Compare(a.Row, b.Row) })
}
