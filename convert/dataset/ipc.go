package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync/atomic"
)

// ipcTable is a [Table] of an Arrow IPC file or stream. A file is the stream with a directory behind it, which is not used.
type ipcTable struct {
	file   *stored
	schema Schema
	root   []*node
	rows   atomic.Int64
	json   *jsonFeatures  // nil when there are none
	sum    string         // "" when not all was read
	looked int64          // rows that were read to open it; 0 means all
	memory *boundedMemory // of the scan
	body   *ipcMessages
}

var _ keeper = (*ipcTable)(nil)

// openIPC reads the file once: that everything in it can be read, and how many rows there are, is known then. Where o
// asks for some rows it reads as many.
func openIPC(ctx context.Context, s *stored, o TableOptions) (Table, error) {
	t := &ipcTable{file: s}
	hash := newHashing(o)
	defer hash.end()
	r, closer, err := s.open(ctx, hash)
	if err != nil {
		return nil, err
	}
	defer closer.Close() // only read from
	whole := true
	err = t.scan(ctx, r, nil, func(b *Batch) bool {
		rows := t.rows.Add(int64(b.NumRows()))
		t.json.learn(b)
		whole = o.Rows <= 0 || rows < o.Rows
		return whole
	})
	if err == nil && whole {
		if _, err = io.Copy(io.Discard, r); err != nil {
			err = t.fail(ctx, err)
		}
	}
	if err != nil {
		return nil, err
	}
	t.schema.Fields = t.json.learned(t.schema.Fields)
	if whole {
		t.sum = hash.sum()
	} else {
		t.looked = t.rows.Load()
	}
	return t, nil
}

// Schema implements [Table].
func (t *ipcTable) Schema() Schema { return t.schema }

// NumRows implements [Table].
func (t *ipcTable) NumRows() int64 { return t.rows.Load() }

// SHA256 implements [Table].
func (t *ipcTable) SHA256(ctx context.Context) (string, error) {
	if t.sum != "" {
		return t.sum, nil
	}
	return t.file.sha256(ctx)
}

// Facts implements [Table].
func (t *ipcTable) Facts() Facts {
	return Facts{Format: Arrow, Compression: t.file.compression, Size: t.file.size, Looked: t.looked, Notices: t.file.notices}
}

// Close implements [Table]. The file is open only while it is read.
func (t *ipcTable) Close() error { return nil }

// Batches implements [Table].
func (t *ipcTable) Batches(ctx context.Context, columns []string) iter.Seq2[*Batch, error] {
	return t.BatchesKept(ctx, columns, 1)
}

// BatchesKept is [Table.Batches] for who works on several batches at once. They are the record batches of the file, in parts
// where those are large, and stay valid: nothing of one is used again for the next.
func (t *ipcTable) BatchesKept(ctx context.Context, columns []string, _ int) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		if _, err := columnsNamed(t.root, columns, t.file.name, &t.schema); err != nil {
			yield(nil, err)
			return
		}
		r, closer, err := t.file.open(ctx, nil)
		if err != nil {
			yield(nil, err)
			return
		}
		defer closer.Close() // only read from
		rows, stopped := int64(0), false
		var failed error
		again := &ipcTable{file: t.file}
		err = again.scan(ctx, r, columns, func(b *Batch) bool {
			rows += int64(b.NumRows())
			b, failed = t.json.batch(b)
			stopped = failed != nil || !yield(b, nil)
			return !stopped
		})
		if failed != nil {
			err = t.fail(ctx, failed)
		}
		if err == nil && !stopped {
			if t.looked == 0 && rows != t.rows.Load() {
				err = t.fail(ctx, errOther)
			}
			t.rows.Store(rows)
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// fail says what is wrong with the file.
func (t *ipcTable) fail(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("the end is missing")
	}
	return corrupt(t.file.name, "arrow: %w", withoutPath(err))
}
