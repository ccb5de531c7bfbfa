package dataset

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// lookBytes is how much text is looked at for the types when not all is, however few rows are enough.
const lookBytes = 4 << 20

// survey is what reading a text for the types of its columns has found so far.
//
// Several goroutines read blocks, each against a copy of the shape. Once the first rows are known most blocks add nothing to
// it, and then their rows only count. A block that does add something, or has an error in it, is read again where its turn
// comes: what is found, and in which words it is told, is as if one goroutine had read all.
type survey struct {
	table  *rowTable
	in     *blocks
	enough int64 // rows; 0 means all
	root   *shape
	left   budget
	reader rowReader // of blocks that are read again
	rows   int64
	bytes  int64
	at     position
	finds  finds
	whole  bool // all rows were read
	err    error

	mu      sync.Mutex // guards what follows
	version int
	known   *shape // a copy of root, which nobody changes
}

// A surveyor reads blocks on a goroutine of its own.
type surveyor struct {
	reader  rowReader
	root    *shape
	left    budget
	version int // of the shape; 0 when it has none
}

// surveyed is a block and what there is in it.
type surveyed struct {
	block
	again bool // it has to be read again
	rows  int64
	finds finds
}

// survey finds the types of the rows and counts them, until there are enough (0: all).
func (t *rowTable) survey(in *blocks, enough int64) (*survey, error) {
	s := &survey{table: t, in: in, enough: enough, root: &shape{kind: Struct}, left: budget{fields: maxFields}, reader: t.reader()}
	first := &surveyed{again: true}
	if err := in.next(&first.block); err != nil {
		return nil, err
	}
	if err := s.begin(first); err != nil {
		return nil, err
	}
	if s.take(first) {
		s.rest(first)
	}
	s.root.settle(0)
	return s, s.err
}

// begin reads what comes before the rows.
func (s *survey) begin(b *surveyed) (err error) {
	t := s.table
	if f := t.file.format; f == CSV || f == TSV {
		t.skip, err = t.head.begin(&b.block)
	}
	t.body = position{1, 1}.after(b.text[:t.skip])
	b.text, s.at = b.text[t.skip:], t.body
	return err
}

// rest surveys all blocks but the first, whose memory it uses.
func (s *survey) rest(first *surveyed) {
	idle := []*surveyed{first}
	n := readers()
	crew := make([]surveyor, n)
	for i := range crew {
		crew[i].reader = s.table.reader()
	}
	var failed error
	enough := false
	order[*surveyed]{
		workers: n, ahead: n + 2,
		next: func() (*surveyed, bool) {
			b := &surveyed{}
			if last := len(idle) - 1; last >= 0 {
				b, idle = idle[last], idle[:last]
			}
			failed = s.in.next(&b.block)
			return b, failed == nil
		},
		large: func(b *surveyed) bool { return len(b.text) >= largeBlock },
		work:  func(worker int, b *surveyed) { s.read(&crew[worker], b) },
		take: func(b *surveyed) bool {
			more := s.take(b)
			enough = !more
			if cap(b.text) < largeBlock {
				idle = append(idle, b)
			}
			return more
		},
	}.run()
	if !enough && !errors.Is(failed, io.EOF) {
		s.err = within(failed, s.at)
	}
}

// read counts the rows of a block, or finds that it has to be read again.
func (s *survey) read(w *surveyor, b *surveyed) {
	s.mu.Lock()
	if w.version != s.version {
		w.root, w.version = s.known.clone(), s.version
	}
	s.mu.Unlock()
	w.left = budget{fields: maxFields, row: w.left.row}
	w.reader.begin(&b.block, position{1, 1})
	b.rows, b.again = 0, false
	for {
		err := w.reader.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = w.reader.infer(w.root, &w.left)
		}
		if err != nil || w.left.changed {
			b.again = true
			if w.left.changed {
				w.version = 0
			}
			return
		}
		b.rows++
	}
	b.finds = *w.reader.found()
}

// take adds what is in a block to what was in those before it, and says whether more is needed.
func (s *survey) take(b *surveyed) (more bool) {
	if b.again {
		if s.err = s.reread(b); s.err != nil {
			return false
		}
	}
	s.rows += b.rows
	s.bytes += int64(len(b.text))
	s.finds.add(b.finds, s.at.line)
	s.at = s.at.after(b.text)
	s.whole = b.last
	return !b.last && (s.enough <= 0 || s.rows < s.enough || s.bytes < lookBytes)
}

// reread widens the shape by the rows of a block.
func (s *survey) reread(b *surveyed) error {
	s.left.changed = false
	s.reader.begin(&b.block, s.at)
	b.rows = 0
	for {
		if err := s.reader.next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		if err := s.reader.infer(s.root, &s.left); err != nil {
			return err
		}
		b.rows++
	}
	b.finds = *s.reader.found()
	b.finds.first -= s.at.line - 1
	if s.left.changed || s.version == 0 {
		known := s.root.clone()
		s.mu.Lock()
		s.known = known
		s.version++
		s.mu.Unlock()
	}
	return nil
}

// notices tells what was found, each after name.
func (s *survey) notices(name string) (list []string) {
	if s.in.marked {
		list = append(list, name+"a byte order mark at the start: left out")
	}
	for _, n := range append(s.finds.notices(), s.table.head.said...) {
		list = append(list, name+n)
	}
	if !s.whole {
		list = append(list, fmt.Sprintf("%sthe types of its columns are those of the first %d rows (%d MiB): no more were looked at", name, s.rows, s.bytes>>20))
	}
	const most = 12
	var wide []string
	for _, f := range s.root.fields {
		wide = f.widened(wide, f.name)
	}
	for _, w := range wide[:min(len(wide), most)] {
		list = append(list, oneLine(name+"column "+w))
	}
	if more := len(wide) - most; more > 0 {
		list = append(list, fmt.Sprintf("%sand %d more columns of several types", name, more))
	}
	return list
}
