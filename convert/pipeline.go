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
	line    lineFunc
	notices []string
	prompt  mapping.Prompt // reused for every row

	reshaped reshaped
}

func newPipeline(o Options, w io.Writer) *pipeline {
	return &pipeline{options: o, out: newOutput(w), prompts: clean.New(o.Clean), answers: clean.New(answerProfile(o.Clean))}
}

// answerProfile is the profile for expected answers. They are what responses are judged by, and must equal
// what the dataset's authors publish elsewhere: characters that merely cannot be seen stay (gsm8k has one).
func answerProfile(o clean.Options) clean.Options {
	o.KeepZeroWidth = true
	return o
}

// full says whether the limit is reached.
func (p *pipeline) full() bool {
	return p.options.Limit > 0 && p.out.lines >= p.options.Limit
}

// file converts one file.
func (p *pipeline) file(ctx context.Context, src SourceFile) error {
	f, err := src.open(ctx)
	if err != nil {
		return err
	}
	defer f.Close() // it was only read: closing it can lose nothing
	m, err := p.choose(ctx, f, src)
	if err != nil {
		return err
	}
	sum := src.SHA256
	if sum == "" {
		if sum, err = f.SHA256(ctx); err != nil {
			return err
		}
	}
	rows, err := p.rows(ctx, f, src, m)
	p.files = append(p.files, ManifestFile{Name: src.name(), SHA256: sum, RowsRead: rows})
	p.ledger.Read += rows
	return err
}

// choose finds the mapping for a file, which must be that of the files before it.
func (p *pipeline) choose(ctx context.Context, f *dataset.File, src SourceFile) (*mapping.Mapping, error) {
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
func (p *pipeline) rows(ctx context.Context, f *dataset.File, src SourceFile, m *mapping.Mapping) (read int64, err error) {
	for b, err := range f.Batches(ctx, m.Columns()) {
		if err != nil {
			return read, err
		}
		if b.FirstRow() != read {
			return read, fmt.Errorf("%w: %s: row %d follows row %d", ErrLedger, printable(src.name()), b.FirstRow(), read-1)
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
		}
		if p.options.Progress != nil {
			p.options.Progress(p.ledger.Read+read, p.out.lines)
		}
	}
	if read != f.NumRows() {
		return read, fmt.Errorf("%w: %s: %d of %d rows came", ErrLedger, printable(src.name()), read, f.NumRows())
	}
	return read, nil
}

// row writes one row, or counts why not.
func (p *pipeline) row(m *mapping.Mapping, b *dataset.Batch, row int) error {
	drop := m.Prompt(b, row, &p.prompt)
	if drop == "" {
		var err error
		if drop, err = p.refine(&p.prompt); err != nil {
			return err
		}
	}
	if drop == "" {
		var line []byte
		if line, drop = p.line(p.out.buf, &p.prompt); drop == "" {
			p.reshaped.count(&p.prompt, p.options)
			return p.write(line)
		}
	}
	p.ledger.drop(drop)
	return nil
}

// write ends the line that was appended to the output's buffer.
func (p *pipeline) write(buf []byte) error {
	if check := p.options.Check; check != nil {
		if err := check(buf[len(p.out.buf):]); err != nil {
			return fmt.Errorf("%w: line %d: %w", ErrLine, p.out.lines+1, err)
		}
	}
	return p.out.end(buf)
}

// finish writes what is left and checks that the books balance.
func (p *pipeline) finish() error {
	p.ledger.Written = p.out.lines
	if err := p.ledger.Check(); err != nil {
		return err
	}
	switch {
	case p.ledger.Read == 0:
		return fmt.Errorf("%w: the input has no rows", ErrNoRows)
	case p.ledger.Written == 0:
		return fmt.Errorf("%w: every one of the %d rows was dropped: %s", ErrNoRows, p.ledger.Read, p.ledger.Reasons())
	}
	p.notices = append(p.notices, p.reshaped.notices()...)
	return p.out.flush()
}
