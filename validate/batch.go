package validate

import "slices"

// A batch is what has been found in some lines of a chunk.
type batch struct {
	lines    []lineFound
	problems []problems // of the lines that have some, in their order
	mended   []mended   // of the lines that are not written as they are, in their order
}

// lineFound is what has been found in one line.
type lineFound struct {
	from, to int32  // where it stands in the text of the chunk
	hash     uint64 // of a line without errors; 0 for one that has some
	problems bool
	mended   bool
}

// add adds the line that stands between two offsets, for the rest to be filled in where it is: copying one costs more
// than finding out about a short line.
func (b *batch) add(from, to int) *lineFound {
	b.lines = append(b.lines, lineFound{})
	l := &b.lines[len(b.lines)-1]
	l.from, l.to = int32(from), int32(to)
	return l
}

// put adds a copy of the problems of the line l.
func (b *batch) put(l *lineFound, p *problems) {
	if len(p.list) > 0 {
		l.problems = true
		b.problems = append(b.problems, problems{list: slices.Clone(p.list), errors: p.errors, warnings: p.warnings})
	}
}

func (b *batch) full() bool {
	return len(b.lines) == maxBatchLines || len(b.problems) == maxBatchProblems
}

func (b *batch) reset() {
	clear(b.problems)
	clear(b.mended)
	b.lines, b.problems, b.mended = b.lines[:0], b.problems[:0], b.mended[:0]
}
