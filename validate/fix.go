package validate

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
)

// ErrTooLong is what the error of [Checker.Fix] for a line beyond Options.MaxLineBytes
// is: what is not held cannot be written.
var ErrTooLong = errors.New("line too long")

// FixOptions say what [Checker.Fix] may change beyond byte order marks, line ends,
// blank lines and characters of JSON strings that must be escaped.
type FixOptions struct {
	DropUnknown bool // remove the keys that the schema does not allow

	// Clean returns what a text should be, and the names of what it changed; nil changes
	// nothing. It gets the lines of text files and the strings of JSON lines. It must be
	// idempotent.
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
// other errors, and fixing it again changes nothing.
//
// The error is r's, w's, the cause of the context's end, [ErrNotText] or [ErrTooLong]:
// then what was written is not whole.
func (c *Checker) Fix(ctx context.Context, r io.Reader, w io.Writer, name string, o FixOptions, report func(Finding)) (Summary, Fixed, error) {
	f := &fixing{
		ctx: ctx, checker: c, name: name, report: report, opts: o,
		out:   bufio.NewWriterSize(w, 1<<16),
		fixed: Fixed{Repairs: make(map[string]int64)}, seed: rand.Uint64(),
	}
	if err := f.run(r); err != nil {
		return f.sum, f.fixed, fmt.Errorf("%s: %w", escape(name), err)
	}
	return f.sum, f.fixed, f.out.Flush()
}

// fixing is a file under repair.
type fixing struct {
	checker *Checker
	name    string
	report  func(Finding)
	opts    FixOptions
	out     *bufio.Writer
	ctx     context.Context
	probs   problems
	told    int // errors
	seen    seen
	seed    uint64 // of the hashes in seen

	sum   Summary
	fixed Fixed
}

func (f *fixing) run(r io.Reader) error {
	r, compression, err := Unpack(r)
	f.sum.Compression = compression
	if err != nil {
		return err
	}
	in := bufio.NewReaderSize(r, 1<<18)
	if err := f.open(in); err != nil {
		return err
	}
	var ln readText
	for {
		ln, err = readLine(in, ln.text[:0], f.checker.opts.MaxLineBytes)
		if errors.Is(err, io.EOF) {
			break
		}
		f.sum.Lines++
		if err == nil {
			err = f.line(ln)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", f.sum.Lines, err)
		}
	}
	if f.fixed.Lines == 0 {
		f.probs.reset()
		f.probs.add(0, RuleEmptyFile, "", "no line is left, want at least one prompt")
		f.tell(max(1, f.sum.Lines), nil)
	}
	return nil
}

// open decides what the file is.
func (f *fixing) open(in *bufio.Reader) error {
	head, _ := in.Peek(512) // a read error comes again
	if err := refuseOther(head); err != nil {
		return err
	}
	f.sum.Format = f.checker.formatOf(f.name, head)
	if f.sum.Format == FormatJSONL {
		f.sum.Schema = f.checker.schema.name
	}
	return nil
}

// find finds the problems of a line; it is false when the context ends before.
func (f *fixing) find(text []byte) bool {
	f.probs.reset()
	if f.sum.Format == FormatTXT {
		checkText(text, &f.probs)
		return true
	}
	n, odd := f.checker.shape.accept(text)
	switch {
	case n < 0:
		return f.apart(func(p *problems) { f.checker.doubt(text, p) })
	case odd:
		suspectJSON(text, &f.probs)
	}
	return true
}

// apart finds problems on a goroutine that is left to itself when the context ends: with
// a schema that has many ways through it, one line may take very long. It is false then,
// and nothing of the line may be written.
func (f *fixing) apart(check func(p *problems)) bool {
	f.probs.reset()
	var p problems
	done := make(chan any, 1) // what check panics with
	go func() {
		defer func() { done <- recover() }()
		check(&p)
	}()
	select {
	case panicked := <-done:
		if panicked != nil {
			panic(panicked)
		}
		f.probs = p
		return true
	case <-f.ctx.Done():
		return false
	}
}

// A readText is a line as it was read.
type readText struct {
	text  []byte // without its line feed
	ended bool   // a line feed follows
}

// readLine returns the next line, in the room of buf where that is enough, or io.EOF after
// the last.
func readLine(in *bufio.Reader, buf []byte, most int) (readText, error) {
	ln := readText{text: buf}
	for {
		part, err := in.ReadSlice('\n')
		text, ended := bytes.CutSuffix(part, []byte("\n"))
		if len(ln.text)+len(text) > most {
			return ln, fmt.Errorf("%w: more than %d bytes; raise the limit", ErrTooLong, most)
		}
		ln.text, ln.ended = append(ln.text, text...), ended
		switch {
		case ended:
			return ln, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(ln.text) > 0:
			return ln, nil
		default:
			return ln, err
		}
	}
}
