package convert

import (
	"fmt"

	"github.com/promptmill/promptmill/convert/dataset"
)

// strays counts the values that the types of their columns, found by the first rows of a file, did not foretell.
type strays struct {
	file string // that is read
	list []strayCount
}

// strayCount is how often something strayed in a column, and where it first did.
type strayCount struct {
	column string
	read   dataset.StrayRead
	n      int64
	file   string
	row    int64 // of the file
}

// count counts what strays in a row of a batch.
func (s *strays) count(b *dataset.Batch, row int) {
	for _, v := range b.Strays(row) {
		s.add(strayCount{v.Column, v.Read, 1, s.file, b.FirstRow() + int64(row)})
	}
}

func (s *strays) add(c strayCount) {
	for i := range s.list {
		if was := &s.list[i]; was.column == c.column && was.read == c.read {
			was.n += c.n
			return
		}
	}
	s.list = append(s.list, c)
}

// take moves what more has counted, after what s has, to s.
func (s *strays) take(more *strays) {
	for _, c := range more.list {
		s.add(c)
	}
	more.list = nil
}

// notices tells what was counted.
func (s *strays) notices() (list []string) {
	for _, c := range s.list {
		what := "of another type than in the first rows, and read as null"
		switch c.read {
		case dataset.StrayText:
			what = "of another type than in the first rows, which are texts, and read as the text of their JSON"
		case dataset.StrayPart:
			what = "with parts that the first rows do not have, and that were left out"
		}
		list = append(list, fmt.Sprintf("column %s, which is JSON: values %s: %d; the first is in row %d of %s", short(c.column), what, c.n, c.row, printable(c.file)))
	}
	return list
}
