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

// divide finds which rows are the shard's.
func (p *pipeline) divide() error {
	if p.own.end > 0 {
		return nil
	}
	if p.options.Shard.Count > 0 && p.unified.opened < p.sources {
		return fmt.Errorf("%w: --shard %s: %d of %d files could not be opened, so that nobody knows where it begins",
			ErrLedger, p.options.Shard, p.sources-p.unified.opened, p.sources)
	}
	p.own = p.options.Shard.of(p.unified.rows)
	return nil
}

// pass goes by rows of other shards without reading them.
func (p *pipeline) pass(rows int64) {
	p.seen += rows
	if rows > 0 {
		p.ledger.add(dropShard, rows)
	}
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

// row writes the prompts of one row, or counts why not.
func (p *pipeline) row(m *mapping.Mapping, b *dataset.Batch, row int) error {
	at := p.seen
	p.seen++
	if !p.own.has(at) {
		p.ledger.drop(dropShard)
		return nil
	}
	p.descent.read(m, b, row)
	for turn := range m.Prompts(b, row) {
		if turn > 0 && p.full() {
			break
		}
		p.ledger.Added += int64(min(turn, 1))
		drop := m.Turn(b, row, turn, &p.prompt)
		if err := p.turn(drop, at, turn); err != nil {
			return err
		}
	}
	return nil
}

// turn writes the prompt that was read as a turn of row at, unless that says why to drop it.
func (p *pipeline) turn(drop string, at int64, turn int) error {
	if drop == "" {
		var err error
		if drop, err = p.refine(&p.prompt); err != nil {
			return err
		}
	}
	if drop == "" {
		if drop = p.judged(); drop == "" {
			return p.write(&p.object, at, turn)
		}
	}
	p.ledger.drop(drop)
	return nil
}

// judged appends the prompt, at the size that is asked for, as a line to the output's buffer, unless there is a reason to drop it.
func (p *pipeline) judged() (drop string) {
	sized, drop := p.sizer.size(&p.prompt)
	if drop != "" {
		return drop
	}
	p.object.text, p.object.strings = p.out.buf, p.object.strings[:0]
	if drop = p.line(&p.object, sized); drop == "" {
		drop = p.sieve.drop(&p.prompt)
	}
	if drop == "" {
		p.sizer.count(sized)
	}
	return drop
}

// write takes the line that was appended to the output's buffer, which is of a turn of row at.
func (p *pipeline) write(o *object, at int64, turn int) error {
	buf := o.text
	if check := p.options.Check; check != nil {
		if err := check(buf, len(p.out.buf), o.strings); err != nil {
			return &lineError{p.taken + 1, err}
		}
	}
	p.taken++
	kind := reshapeOf(&p.prompt, p.options)
	if p.shape == nil {
		p.reshaped.count(kind)
		return p.out.end(buf)
	}
	return p.shape.add(&item{key: draw(p.options.Seed, at, turn), n: p.taken, row: at, kind: kind, body: p.descent.pack(buf[len(p.out.buf):])})
}

// deliver writes what has passed the shape.
func (p *pipeline) deliver(it *item) error {
	p.reshaped.count(it.kind)
	sum, line := p.descent.unpack(it.body)
	if err := p.out.end(append(p.out.buf, line...)); err != nil {
		return err
	}
	part, number := p.out.place()
	return p.descent.write(it, sum, part, number)
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
	p.notices = append(p.notices, p.reshaped.notices()...)
	p.notices = append(p.notices, p.reordered()...)
	if t := p.sizer.manifest(); t != nil {
		p.notices = append(p.notices, t.String())
	}
	return p.out.close()
}
