package dataset

import (
	"errors"
	"fmt"
	"io"

	"github.com/promptmill/promptmill/convert/dataset/internal/chunk"
)

const (
	// maxLeafBytes bounds what one leaf holds of a batch: a row of the largest size behind others. Only such a row can
	// come near.
	maxLeafBytes = maxScanRow + batchBytes
	// maxLeafEntries bounds the entries of one leaf in a batch, for rows of endless empty lists.
	maxLeafEntries = maxLeafBytes / entryCost
	// maxKept bounds the memory of a leaf that is reused where several batches are kept.
	maxKept = 4 * batchBytes
	// entryCost is what an entry takes besides its value: levels, an offset, a bit.
	entryCost = 8
)

// leaf streams the values of one leaf column into a batch. It holds one page at a time.
type leaf struct {
	*leafInfo
	reader chunk.Ahead
	page   *chunk.Page
	entry  int // next entry of the page
	value  int // next value of the page

	vector
	earlier  []vector // of the batches that are kept, the oldest first
	levels   bool     // keep the levels, because lists or structs are made from them
	def, rep []uint8
}

// open begins a row group of f, whose pages are read from src.
func (l *leaf) open(f *File, src io.ReaderAt, group int) error {
	c := &f.groups[group].Columns[l.index]
	switch {
	case c.IsEncrypted():
		return fmt.Errorf("%w: the column is encrypted; decrypt the file first", ErrUnreadable)
	case c.FilePath != "":
		return fmt.Errorf("%w: the data of the column is in another file, %q", ErrUnreadable, c.FilePath)
	}
	l.page = nil
	return l.reader.Reset(src, f.limit, l.col, &c.Chunk)
}

// ensure makes sure that there is a page with an entry left, and returns io.EOF at the end of the
// row group.
func (l *leaf) ensure() (err error) {
	if l.page != nil && l.entry < l.page.Entries {
		return nil
	}
	first := l.page == nil
	l.page, err = l.reader.Next()
	l.entry, l.value = 0, 0
	if err != nil {
		return err
	}
	if first && l.page.Rep != nil && l.page.Rep[0] != 0 {
		return errors.New("the first value belongs to a row before the first")
	}
	return nil
}

// pageRows returns a bound on the rows that lie in the current page, reading the next if need be.
func (l *leaf) pageRows() (int, error) {
	err := l.ensure()
	if errors.Is(err, io.EOF) {
		return 0, errors.New("it has fewer rows than the row group")
	}
	if err != nil {
		return 0, err
	}
	return l.page.Entries - l.entry, nil
}

// fit returns how many of the next rows, at most limit, lie in the current page and take at most
// budget bytes; at least one. There is a current page: pageRows has been called.
func (l *leaf) fit(limit int, budget int64) int {
	p, rows, k := l.page, 0, l.value
	if p.Rep == nil && p.Values.Width > 0 {
		return min(limit, int(max(budget/int64(p.Values.Width+entryCost), 1)))
	}
	for e := l.entry; e < p.Entries; e++ {
		if p.Rep == nil || p.Rep[e] == 0 {
			if rows == limit || rows > 0 && budget < 0 {
				return rows
			}
			rows++
		}
		budget -= entryCost
		if p.Def == nil || p.Def[e] == l.col.MaxDef {
			budget -= int64(p.Values.Size(k))
			k++
		} else {
			budget -= int64(l.width)
		}
	}
	return max(rows, 1)
}

// read appends the next n rows, as many as fit has allowed.
func (l *leaf) read(n int) error {
	if l.col.MaxRep == 0 {
		return l.take(n)
	}
	for started := 0; ; {
		err := l.ensure()
		if errors.Is(err, io.EOF) && started == n {
			return nil
		}
		if err != nil {
			return err
		}
		e := l.entry
		for ; e < l.page.Entries; e++ {
			if l.page.Rep[e] == 0 {
				if started == n {
					break
				}
				started++
			}
		}
		whole := e < l.page.Entries
		if err := l.take(e - l.entry); err != nil || whole {
			return err
		}
	}
}

// take appends the next n entries, all of which are in the current page.
func (l *leaf) take(n int) error {
	p, from, to := l.page, l.entry, l.entry+n
	if l.levels {
		if len(l.def)+n > maxLeafEntries {
			return errLarge
		}
		if p.Def != nil {
			l.def = append(l.def, p.Def[from:to]...)
		}
		if p.Rep != nil {
			l.rep = append(l.rep, p.Rep[from:to]...)
		}
	}
	l.entry = to
	if p.Def == nil {
		l.value += n
		return l.values(&p.Values, l.value-n, n)
	}
	return l.present(p.Def[from:to])
}

// present appends an entry per level: runs of values in one go, nulls in between.
func (l *leaf) present(def []uint8) error {
	for i := 0; i < len(def); {
		run := i
		for i < len(def) && def[i] == l.col.MaxDef {
			i++
		}
		if n := i - run; n > 0 {
			if err := l.values(&l.page.Values, l.value, n); err != nil {
				return err
			}
			l.value += n
			continue
		}
		for i < len(def) && def[i] < l.col.MaxDef {
			if def[i] >= l.slot {
				if err := l.room(1, int64(l.width)); err != nil {
					return err
				}
				l.null()
			}
			i++
		}
	}
	return nil
}

// finish checks that the row group holds nothing more.
func (l *leaf) finish() error {
	switch err := l.ensure(); {
	case err == nil:
		return errors.New("it has more rows than the row group")
	case !errors.Is(err, io.EOF):
		return err
	}
	l.page = nil
	return nil
}

// keep makes room for the values of n batches.
func (l *leaf) keep(n int) {
	for range n - 1 {
		l.earlier = append(l.earlier, newVector(l.scalar))
	}
}

// reset forgets the rows of the oldest batch that is kept, and reuses their memory.
func (l *leaf) reset() {
	if n := len(l.earlier); n > 0 {
		last := l.vector
		l.vector = l.earlier[0]
		copy(l.earlier, l.earlier[1:])
		l.earlier[n-1] = last
		if cap(l.data) > maxKept {
			l.data = nil // a row like that is rare: it is not worth so much memory for each batch
		}
	}
	l.vector.reset()
	l.def, l.rep = l.def[:0], l.rep[:0]
}
