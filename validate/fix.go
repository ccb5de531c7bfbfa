package validate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// ErrTooLong is what the error of [Checker.Fix] for a line beyond Options.MaxLineBytes
// is: what is not held cannot be written.
var ErrTooLong = errors.New("line too long")

// FixOptions say what [Checker.Fix] may change beyond byte order marks, line ends,
// blank lines and characters of JSON strings that must be escaped.
type FixOptions struct {
	DropUnknown bool // remove the keys that the schema does not allow

	// Clean returns what a text should be, and the names of what it changed; nil changes
	// nothing. It gets the lines of text files and the strings of JSON lines, in any order,
	// from one goroutine at a time. It must be idempotent.
	Clean func(text string) (cleaned string, kinds []string)
}

// Fixed is what [Checker.Fix] wrote.
type Fixed struct {
	Lines   int64            `json:"lines"`
	Changed int64            `json:"changed"` // lines that are not as they were, those left out among them
	Repairs map[string]int64 `json:"repairs"` // how often what was repaired, by kind
}

// The kinds of repairs. Those of FixOptions.Clean join them.
const (
	repairBOM        = "byte order marks"
	repairCR         = "carriage returns"
	repairBlank      = "blank lines"
	repairFinalLF    = "final line feed"
	repairControls   = "control characters escaped"
	repairSeparators = "line separators escaped"
	repairUnknown    = "unknown keys dropped"
)

// Fix writes to w what r holds, unpacked (see [Unpack]), with what can be repaired
// without a doubt repaired. A line that stays bad keeps its text but for byte order
// marks and line ends around it, and its errors are reported, at their places in r; the
// Summary counts those, and the warnings of what is written. What is written has no
// other errors, and fixing it again changes nothing. It does not depend on
// Options.Workers.
//
// The error is r's, w's, the cause of the context's end, [ErrNotText] or [ErrTooLong]:
// then what was written is not whole. When the context ends, Fix is as [Checker.Check].
func (c *Checker) Fix(ctx context.Context, r io.Reader, w io.Writer, name string, o FixOptions, report func(Finding)) (Summary, Fixed, error) {
	f := &fixing{
		checker: c, name: name, report: report, opts: o,
		out:   bufio.NewWriterSize(w, 1<<16),
		fixed: Fixed{Repairs: make(map[string]int64)},
	}
	if err := f.run(ctx, r); err != nil {
		return f.sum, f.fixed, fmt.Errorf("%s: %w", escape(name), err)
	}
	return f.sum, f.fixed, f.out.Flush()
}

// fixing is a file under repair. It belongs to the one who tells.
type fixing struct {
	checker *Checker
	name    string
	report  func(Finding)
	opts    FixOptions
	out     *bufio.Writer
	probs   problems
	told    int // errors
	seen    seen
	stop    context.CancelCauseFunc
	err     error // why nothing more is written

	sum   Summary
	fixed Fixed
}

func (f *fixing) run(ctx context.Context, r io.Reader) error {
	r, compression, err := Unpack(r)
	f.sum.Compression = compression
	if err != nil {
		return err
	}
	ctx, f.stop = context.WithCancelCause(ctx)
	defer f.stop(nil)
	o := &f.checker.opts
	in := newChunks(ctx, r, o.MaxLineBytes, o.Workers+2) // one is read, one is told
	if err := f.open(in.peek(512)); err != nil {
		return err
	}
	c := newCrew(ctx, in, o)
	c.mender = &mender{checker: f.checker, opts: f.opts, format: f.sum.Format}
	c.told = f.tellBatch
	if err = c.run(ctx); err == nil {
		err = f.err
	}
	switch {
	case f.err != nil:
		return fmt.Errorf("line %d: %w", f.sum.Lines, f.err)
	case err != nil:
		return fmt.Errorf("line %d: %w", f.sum.Lines+1, err)
	case f.fixed.Lines == 0:
		f.probs.reset()
		f.probs.add(0, RuleEmptyFile, "", "no line is left, want at least one prompt")
		return f.tell(max(1, f.sum.Lines), nil)
	}
	return nil
}

// open decides what the file with this head is.
func (f *fixing) open(head []byte) error {
	if err := refuseOther(head); err != nil {
		return err
	}
	f.sum.Format = f.checker.formatOf(f.name, head)
	if f.sum.Format == FormatJSONL {
		f.sum.Schema = f.checker.schema.name
	}
	return nil
}

// tellBatch writes some lines of a chunk, and counts and reports what was found in them.
func (f *fixing) tellBatch(ch *chunk, b *batch) {
	told, made := 0, 0
	for i, l := range b.lines {
		if f.err != nil {
			f.stop(f.err)
			return
		}
		if i%warmLines == 0 {
			f.seen.warm(b.lines[i:min(i+warmLines, len(b.lines))])
		}
		f.sum.Lines++
		f.probs.reset()
		if l.problems {
			f.probs = b.problems[told]
			told++
		}
		m := mended{text: ch.text[l.from:l.to]}
		f.err = f.tell(f.sum.Lines, m.text)
		if l.mended {
			m = b.mended[made]
			made++
		}
		if f.err == nil {
			f.err = f.write(&m, l.hash)
		}
	}
}

// write writes a line of which the problems are known, and counts what was done about it
// and what is odd about it.
func (f *fixing) write(m *mended, hash uint64) error {
	f.note(m.done)
	if m.text == nil {
		return nil
	}
	f.fixed.Lines++
	f.sum.Warnings += f.probs.warnings
	if hash != 0 && f.seen.first(hash, f.fixed.Lines) > 0 {
		f.sum.Warnings++
	}
	if _, err := f.out.Write(m.text); err != nil {
		return err
	}
	return f.out.WriteByte('\n')
}

// note counts the repairs of one line.
func (f *fixing) note(done []repair) {
	if len(done) > 0 {
		f.fixed.Changed++
	}
	for _, d := range done {
		f.fixed.Repairs[d.kind] += d.count
	}
}

// tell counts and reports the errors of line n. A line that was not looked at is an error
// of its own.
func (f *fixing) tell(n int64, text []byte) error {
	p := &f.probs
	if p.errors == 0 {
		return nil
	}
	if p.list[0].rule == RuleLineLength {
		return fmt.Errorf("%w: more than %d bytes; raise the limit", ErrTooLong, f.checker.opts.MaxLineBytes)
	}
	f.sum.Errors += p.errors
	f.sum.BadLines++
	slices.SortStableFunc(p.list, func(a, b problem) int { return a.at - b.at })
	for _, q := range p.list {
		if most := f.checker.opts.MaxErrors; q.severity == Error && (most == 0 || f.told < most) {
			f.told++
			f.report(q.finding(f.name, n, text))
		}
	}
	return nil
}
