package validate

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
)

const byteOrderMark = "\uFEFF"

// A file is one file under check.
type file struct {
	checker  *Checker
	name     string
	report   func(Finding)
	lines    *lines
	sum      Summary
	check    func(text []byte, p *problems) // of one line
	probs    problems
	reported [2]int // errors and warnings

	seed maphash.Seed
	seen map[uint64]int64 // hash of a line -> its number
}

// maxSeen is how many different lines are remembered to find duplicates.
const maxSeen = 1 << 20

// otherKinds are beginnings of files that are no text, but that people have.
var otherKinds = []struct{ magic, is string }{
	{"PAR1", "a parquet file: convert it to prompts first"},
	{"ARROW1", "an Arrow file: convert it to prompts first"},
	{"\x1f\x8b", "compressed with gzip: unpack it first"},
	{"\x28\xb5\x2f\xfd", "compressed with zstd: unpack it first"},
	{"PK\x03\x04", "a zip archive: unpack it first"},
}

// open looks at how the file begins and decides what it is.
func (f *file) open() error {
	head := f.lines.peek(512)
	for _, k := range otherKinds {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return fmt.Errorf("%w: %s", ErrNotText, k.is)
		}
	}
	f.seed = maphash.MakeSeed()
	f.sum.Format = f.checker.formatOf(f.name, head)
	f.check = checkText
	if f.sum.Format == FormatJSONL {
		f.check = f.checker.checkJSON
		f.sum.Schema = f.checker.schema.name
	}
	return nil
}

func (f *file) read() error {
	for {
		ln, err := f.lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		f.sum.Lines++
		f.line(ln)
	}
	if f.sum.Lines == 0 {
		f.probs.reset()
		f.probs.add(0, RuleEmptyFile, "", "the file is empty, want at least one prompt")
		f.tell(1, nil)
	}
	return nil
}

// line checks one line and reports what is wrong with it.
func (f *file) line(ln line) {
	p := &f.probs
	p.reset()
	if ln.extra > 0 {
		size := int64(f.checker.opts.MaxLineBytes) + ln.extra
		p.add(0, RuleLineLength, "raise the limit if the line is meant",
			"the line has %d bytes, the limit is %d; it was not looked at", size, f.checker.opts.MaxLineBytes)
	} else {
		f.check(ln.text, p)
		suspect(ln.text, p)
		if p.errors == 0 {
			f.duplicate(ln.text, p)
		}
		if !ln.ended {
			p.add(len(ln.text), RuleFinalLF, "end the file with a line feed", "the last line does not end with a line feed; it may have been cut short")
		}
	}
	f.tell(f.sum.Lines, ln.text)
}

// tell counts and reports the problems of line n.
func (f *file) tell(n int64, text []byte) {
	p := &f.probs
	if p.errors+p.warnings == 0 {
		return
	}
	slices.SortStableFunc(p.list, func(a, b problem) int { return a.at - b.at })
	for _, q := range p.list {
		f.put(q.finding(f.name, n, text))
	}
	if more := p.more(); more > 0 {
		q := problem{at: len(text), severity: Error, rule: RuleMore, message: fmt.Sprintf("and %d more problems in this line", more)}
		f.put(q.finding(f.name, n, text))
	}
	f.sum.Errors += p.errors
	f.sum.Warnings += p.warnings
	if p.errors > 0 {
		f.sum.BadLines++
	}
}

// put reports a finding unless it is one too many of its kind.
func (f *file) put(d Finding) {
	n := &f.reported[0]
	if d.Severity == Warning {
		n = &f.reported[1]
	}
	if limit := f.checker.opts.MaxErrors; limit > 0 && *n == limit {
		return
	}
	*n++
	f.report(d)
}

// duplicate warns of lines that were there before. Two lines whose hashes collide
// would be taken for equal: with 64 bits that is not to be expected.
func (f *file) duplicate(text []byte, p *problems) {
	h := maphash.Bytes(f.seed, text)
	if first, ok := f.seen[h]; ok {
		p.warn(0, RuleDuplicate, "", "the line repeats line %d: a server may answer it from its cache", first)
		return
	}
	if len(f.seen) < maxSeen {
		f.seen[h] = f.sum.Lines
	}
}

func (f *file) done() Summary {
	f.sum.SHA256 = f.lines.sum()
	return f.sum
}
