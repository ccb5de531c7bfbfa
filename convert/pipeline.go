package convert

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/promptmill/promptmill/convert/clean"
	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

// Reasons for dropping a row, beside those of package mapping and of txt.go.
const (
	dropBlank     = "prompt is blank"
	dropBlankTurn = "a turn of the user is blank"
	dropMissing   = "expected is missing"
	dropEmpty     = "expected is empty"
	dropExtract   = "expected does not match --expected-extract"
	dropEncoding  = "invalid UTF-8"
)

// pipeline is the state of one run.
type pipeline struct {
	options Options
	out     *output
	prompts *clean.Cleaner
	answers *clean.Cleaner
	ledger  Ledger
	files   []ManifestFile // those that were read
	mapping *mapping.Mapping
	line    func(*object, *mapping.Prompt) (drop string)
	object  object // reused for every line
	notices []string
	prompt  mapping.Prompt // reused for every row

	sources int  // files to read
	own     span // rows that are the shard's; known once all files have been looked at

	seen  int64 // rows, over all files
	taken int64 // lines that were made, written or not
	shape sink  // nil when lines go straight to the output

	descent *descent // nil unless a lineage is written

	reshaped reshaped
	strays   strays
	unified  *unified
	sieve    *sieve
	sizer    *sizer // nil unless tokens are counted
}

func newPipeline(o Options, w io.Writer) (*pipeline, error) {
	out, err := newOutput(w, o)
	if err != nil {
		return nil, err
	}
	p := &pipeline{options: o, out: out, prompts: clean.New(o.Clean), answers: clean.New(answerProfile(o.Clean)), sieve: newSieve(o), sizer: newSizer(o)}
	p.descent = newDescent(o.Lineage)
	p.shape = newShape(o, p.ledger.drop, p.deliver)
	return p, nil
}

// answerProfile is the profile for expected answers. They are what responses are judged by, and must equal
// what the dataset's authors publish elsewhere: characters that merely cannot be seen stay (gsm8k has one).
func answerProfile(o clean.Options) clean.Options {
	o.KeepZeroWidth = true
	return o
}

// full says whether the limit is reached.
func (p *pipeline) full() bool {
	return p.options.Limit > 0 && p.taken >= p.options.Limit
}

// file converts one file.
func (p *pipeline) file(ctx context.Context, src SourceFile) error {
	f, err := p.unified.table(ctx, src)
	if err != nil {
		return err
	}
	defer f.Close() // it was only read: closing it can lose nothing
	if err := p.divide(); err != nil {
		return err
	}
	p.notices = append(p.notices, f.Facts().Notices...)
	m, err := p.choose(ctx, f, src)
	if err != nil {
		return err
	}
	if err := p.sizer.gather(ctx, f, m, p.options.Clean); err != nil {
		return err
	}
	hash := p.hash(ctx, f, src)
	defer hash.end()
	p.descent.begin(src.name(), p.seen)
	p.strays.file = src.name()
	rows, err := p.rows(ctx, f, src, m)
	if err != nil {
		return err
	}
	sum, err := hash.wait()
	if err != nil {
		return err
	}
	p.files = append(p.files, ManifestFile{Name: src.name(), SHA256: sum, RowsRead: rows})
	p.ledger.Read += rows
	return nil
}

// choose finds the mapping for a file, which must be that of the files before it.
func (p *pipeline) choose(ctx context.Context, f dataset.Table, src SourceFile) (*mapping.Mapping, error) {
	m, err := mapping.Choose(f.Schema(), p.options.Mapping)
	if none, ok := errors.AsType[*mapping.NoMappingError](err); ok {
		var unreadable error
		if none.Samples, unreadable = Samples(ctx, f, none.Listed()); unreadable != nil {
			return nil, unreadable
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", printable(src.name()), err)
	}
	if err := p.unified.check(m, p.options.Mapping, src); err != nil {
		return nil, err
	}
	if p.mapping == nil {
		if p.options.needsExpected() && !m.HasExpected() && !p.options.AllowEmptyExpected {
			return nil, noExpected(src, m, p.options.Layout, f.Schema())
		}
		p.mapping, p.line = m, lineFor(p.options, m)
		p.notices = append(p.notices, foretell(m, p.options)...)
		if n := Renamed(f.Schema()); n != "" {
			p.notices = append(p.notices, n)
		}
	} else if m.String() != p.mapping.String() {
		return nil, fmt.Errorf("%w: %s maps as %s, but %s as %s; name the columns with --prompt-column and --expected-column",
			ErrDrift, printable(p.files[0].Name), p.mapping, printable(src.name()), m)
	}
	return m, nil
}

// rows converts the rows of a file until the limit, and returns how many it read.
func (p *pipeline) rows(ctx context.Context, f dataset.Table, src SourceFile, m *mapping.Mapping) (read int64, err error) {
	if n := f.NumRows(); !p.own.meets(p.seen, n) {
		p.pass(n)
		return n, nil
	}
	if n := p.workers(f); n > 1 {
		read, err = p.rowsTogether(ctx, f, src, m, n)
	} else {
		read, err = p.rowsInOrder(ctx, f, src, m)
	}
	if err == nil && !p.full() && read != f.NumRows() {
		err = fmt.Errorf("%w: %s: %d of %d rows came", ErrLedger, printable(src.name()), read, f.NumRows())
	}
	return read, err
}

func notNext(src SourceFile, b *dataset.Batch, read int64) error {
	return fmt.Errorf("%w: %s: row %d follows row %d", ErrLedger, printable(src.name()), b.FirstRow(), read-1)
}

// rowsInOrder converts one batch after the other.
func (p *pipeline) rowsInOrder(ctx context.Context, f dataset.Table, src SourceFile, m *mapping.Mapping) (read int64, err error) {
	for b, err := range f.Batches(ctx, m.Columns()) {
		if err != nil {
			return read, err
		}
		if b.FirstRow() != read {
			return read, notNext(src, b, read)
		}
		for row := range b.NumRows() {
			if err := p.row(m, b, row); err != nil {
				if e, ok := errors.AsType[*RowError](err); ok {
					e.File, e.Row = src.name(), read
				}
				return read, err
			}
			read++
			if p.full() {
				return read, nil
			}
			if p.seen >= p.own.end { // what follows is of no use here
				p.pass(f.NumRows() - read)
				return f.NumRows(), nil
			}
		}
		if p.options.Progress != nil {
			p.options.Progress(p.ledger.Read+read, p.out.lines)
		}
	}
	return read, nil
}

// close gives back what the run took of the machine.
func (p *pipeline) close() {
	if p.shape != nil {
		p.shape.close()
	}
}

// finish writes what is left and checks that the books balance.
func (p *pipeline) finish(ctx context.Context) error {
	if p.shape != nil {
		if err := p.shape.end(ctx); err != nil {
			return err
		}
	}
	if err := p.descent.end(); err != nil {
		return err
	}
	p.ledger.Written = p.out.lines
	if err := p.ledger.Check(); err != nil {
		return err
	}
	switch {
	case p.ledger.Read == 0:
		return fmt.Errorf("%w: the input has no rows: %s", ErrNoRows, readNames(p.files))
	case p.ledger.Written == 0:
		return fmt.Errorf("%w: every one of the %d rows was dropped: %s", ErrNoRows, p.ledger.Read, p.ledger.Reasons())
	}
	p.notices = append(p.notices, p.strays.notices()...)
	p.notices = append(p.notices, p.reshaped.notices()...)
	p.notices = append(p.notices, p.reordered()...)
	if t := p.sizer.manifest(); t != nil {
		p.notices = append(p.notices, t.String())
	}
	return p.out.close()
}
