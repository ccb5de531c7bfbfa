package validate

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
)

const byteOrderMark = "\uFEFF"

// A file is one file under check.
type file struct {
	checker  *Checker
	name     string
	report   func(Finding)
	chunks   *chunks
	sum      Summary
	next     func(text []byte, p *problems) int // checks the line that text begins with and returns its length
	probs    problems
	reported [2]int // errors and warnings

	seen seen
	hash hash.Hash // of what has been read; nil when nobody wants it
}

// otherKinds are beginnings of files that are no text, but that people have.
var otherKinds = []struct{ magic, is string }{
	{"PAR1", "a parquet file: convert it to prompts first"},
	{"ARROW1", "an Arrow file: convert it to prompts first"},
	{"\x1f\x8b", "compressed with gzip: unpack it first"},
	{"\x28\xb5\x2f\xfd", "compressed with zstd: unpack it first"},
	{"PK\x03\x04", "a zip archive: unpack it first"},
}

// refuseOther returns the error of a file that begins as one of another kind.
func refuseOther(head []byte) error {
	for _, k := range otherKinds {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return fmt.Errorf("%w: %s", ErrNotText, k.is)
		}
	}
	return nil
}

// open looks at how the file begins and decides what it is.
func (f *file) open() error {
	head := f.chunks.peek(512)
	if err := refuseOther(head); err != nil {
		return err
	}
	f.sum.Format = f.checker.formatOf(f.name, head)
	f.next = f.checker.nextText
	if f.sum.Format == FormatJSONL {
		f.next = f.checker.nextJSON
		f.sum.Schema = f.checker.schema.name
	}
	return nil
}

// read checks the file.
func (f *file) read(ctx context.Context) error {
	c := newCrew(ctx, f.chunks, &f.checker.opts)
	c.check, c.told = f.next, f.tellBatch
	err := c.run(ctx)
	if f.sum.Lines == 0 && err == nil {
		f.probs.reset()
		f.probs.add(0, RuleEmptyFile, "", "the file is empty, want at least one prompt")
		f.tell(1, nil)
	}
	return err
}

// tell counts and reports the problems of line n.
func (f *file) tell(n int64, text []byte) {
	p := &f.probs
	if p.errors+p.warnings == 0 {
		return
	}
	slices.SortStableFunc(p.list, func(a, b problem) int { return a.at - b.at })
	for _, q := range p.list {
		f.put(q, n, text)
	}
	if more := p.more(); more > 0 {
		f.put(problem{at: len(text), severity: Error, rule: RuleMore, message: fmt.Sprintf("and %d more problems in this line", more)}, n, text)
	}
	f.sum.Errors += p.errors
	f.sum.Warnings += p.warnings
	if p.errors > 0 {
		f.sum.BadLines++
	}
}

// put reports a problem of line n unless it is one too many of its kind.
func (f *file) put(q problem, n int64, text []byte) {
	reported := &f.reported[0]
	if q.severity == Warning {
		reported = &f.reported[1]
	}
	if limit := f.checker.opts.MaxErrors; limit == 0 || *reported < limit {
		*reported++
		f.report(q.finding(f.name, n, text))
	}
}

// tellBatch counts and reports what has been found in some lines of a chunk.
func (f *file) tellBatch(ch *chunk, b *batch) {
	told := 0
	for i, l := range b.lines {
		if i%warmLines == 0 {
			f.seen.warm(b.lines[i:min(i+warmLines, len(b.lines))])
		}
		f.sum.Lines++
		f.probs.reset()
		if l.problems {
			f.probs = b.problems[told]
			told++
		}
		if l.hash != 0 {
			f.duplicate(l.hash)
		}
		if len(f.probs.list) > 0 {
			f.tell(f.sum.Lines, ch.text[l.from:l.to])
		}
	}
}

// duplicate warns of a line that was there before. Two lines whose hashes collide are
// taken for equal: with so many bits that is not to be expected.
func (f *file) duplicate(hash uint64) {
	if first := f.seen.first(hash, f.sum.Lines); first > 0 {
		f.probs.warnings++
		f.probs.put(problem{
			severity: Warning, rule: RuleDuplicate, earlier: first,
			message: "the line repeats line %d: a server may answer it from its cache",
		})
	}
}

func (f *file) done() Summary {
	if f.hash != nil {
		f.sum.SHA256 = hex.EncodeToString(f.hash.Sum(nil))
	}
	return f.sum
}
