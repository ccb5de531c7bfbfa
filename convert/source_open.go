package convert

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

const (
	openAtOnce = 8  // files far away, to learn what columns they have
	keptOpen   = 32 // files far away that stay open until their turn: what they say of themselves takes memory
)

// looking says how files are opened.
type looking struct {
	rows   int64 // that will be needed, about; 0 means all
	noSums bool
}

func lookingFor(o Options) looking {
	if o.Shard.Count > 0 { // where it begins depends on how many rows there are
		return looking{0, o.NoSums}
	}
	return looking{o.Limit, o.NoSums}
}

// open opens the file. The caller closes it.
func (f SourceFile) open(ctx context.Context, l looking) (dataset.Table, error) {
	if f.Open != nil {
		return f.Open(ctx)
	}
	return dataset.OpenTable(ctx, f.Path, dataset.TableOptions{
		Name: f.name(), Format: f.Format, Rows: l.rows, NoSum: l.noSums || f.SHA256 != "",
	})
}

// key tells files apart.
func (f SourceFile) key() string { return f.Path + "\x00" + f.Name }

// remote reports a file that is not on this machine, for which every look costs a request.
func (f SourceFile) remote() bool { return f.Path == "" && f.Open != nil }

// look opens files, as many as say what columns the rows that are needed have: all where all are. Those that cannot be
// opened are nil, and so are those that are far away and come after one of them.
func look(ctx context.Context, files []SourceFile, l looking) []dataset.Table {
	tables := make([]dataset.Table, len(files))
	var rows int64
	var far []int
	for i, f := range files {
		switch {
		case ctx.Err() != nil:
			return tables
		case f.remote() && l.rows <= 0:
			far = append(far, i)
			continue
		case f.remote() && rows >= l.rows:
			continue
		}
		t, err := f.open(ctx, l)
		switch {
		case err == nil:
			tables[i] = t
			rows += t.NumRows()
		case f.remote():
			return tables // as it probably is with the others
		}
	}
	lookFar(ctx, files, far, tables)
	return tables
}

// lookFar opens the files that far names, several at once.
func lookFar(ctx context.Context, files []SourceFile, far []int, tables []dataset.Table) {
	var all sync.WaitGroup
	var mu sync.Mutex
	failed, next := false, 0
	for range min(openAtOnce, len(far)) {
		all.Go(func() {
			for {
				mu.Lock()
				at := next
				next++
				stop := failed
				mu.Unlock()
				if stop || at >= len(far) || ctx.Err() != nil {
					return
				}
				t, err := files[far[at]].Open(ctx)
				mu.Lock()
				if failed = failed || err != nil; err == nil {
					tables[far[at]] = t
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
}

// further reports that err may come of having looked at the start of the files only.
func (u *unified) further(err error) bool {
	_, none := errors.AsType[*mapping.NoMappingError](err)
	return u.short && (none || errors.Is(err, ErrNoExpected) || errors.Is(err, ErrDrift))
}

// empty returns err, but that files without rows have none, where err comes of that: a text without rows has no columns.
func (u *unified) empty(err error, src Source) error {
	_, none := errors.AsType[*mapping.NoMappingError](err)
	if (none || errors.Is(err, ErrNoExpected)) && u.rows == 0 && u.opened >= len(src.Files) {
		names := make([]string, len(src.Files))
		for i, f := range src.Files {
			names[i] = printable(f.name())
		}
		return fmt.Errorf("%w: the input has no rows: %s", ErrNoRows, strings.Join(names, ", "))
	}
	return err
}

// all converts the files of src. Where the start of the first has no columns to make prompts of, all rows are looked at.
func (p *pipeline) all(ctx context.Context, src Source, l looking) (err error) {
	if p.unified, p.notices, err = unify(ctx, src, l); err != nil {
		return err
	}
	defer func() { p.unified.close() }()
	p.sources = len(src.Files)
	for i, f := range src.Files {
		if p.full() {
			break
		}
		err := p.file(ctx, f)
		if i == 0 && p.unified.further(err) {
			p.unified.close()
			return p.all(ctx, src, looking{noSums: l.noSums})
		}
		if err != nil {
			return p.unified.empty(err, src)
		}
	}
	return nil
}
