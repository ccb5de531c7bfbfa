package dataset

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/promptmill/promptmill/convert/dataset/internal/meta"
)

// maxRecord bounds the rows of a record batch, of which a batch of nulls can claim any number.
const maxRecord = 1 << 24

// scan reads the stream in r, sets the schema, and calls visit with the named columns (nil: all) of its batches.
func (t *ipcTable) scan(ctx context.Context, r io.Reader, columns []string, visit func(*Batch) (more bool)) error {
	records, err := t.begin(r)
	if err != nil {
		return t.fail(ctx, err)
	}
	first := int64(0)
	for ctx.Err() == nil {
		rec, err := t.next(records)
		if err != nil {
			return t.fail(ctx, err)
		}
		if rec == nil {
			return nil
		}
		for from := int64(0); from < rec.NumRows() && ctx.Err() == nil; {
			b, err := t.part(rec, from, columns)
			if err != nil {
				return t.fail(ctx, err)
			}
			b.first = first
			first += int64(b.NumRows())
			from += int64(b.NumRows())
			if !visit(b) {
				return nil
			}
		}
	}
	return context.Cause(ctx)
}

// begin reads the schema. What the library panics about is an error.
func (t *ipcTable) begin(r io.Reader) (records *ipc.Reader, err error) {
	defer caught(&err)
	var magic [8]byte
	n, err := io.ReadFull(r, magic[:])
	if err != nil {
		return nil, cutShort(err)
	}
	if bytes.HasPrefix(magic[:], []byte(arrowMagic)) {
		r, err = t.withoutDirectory(r)
	} else {
		r = io.MultiReader(bytes.NewReader(magic[:n]), r)
	}
	if err != nil {
		return nil, err
	}
	t.memory = &boundedMemory{memory.NewGoAllocator(), maxBody}
	t.body = &ipcMessages{r: r}
	if t.file.compression == "" {
		t.body.most = t.file.size
	}
	records, err = ipc.NewReaderFromMessageReader(t.body, ipc.WithAllocator(t.memory))
	if err != nil {
		return nil, err
	}
	s := records.Schema()
	t.root = nil
	for _, f := range s.Fields() {
		t.root = append(t.root, ipcNode(f.Name, f.Type))
	}
	apart(t.root)
	t.schema.Fields = nil
	for _, n := range t.root {
		t.schema.Fields = append(t.schema.Fields, n.field)
	}
	var pairs []meta.KeyValue
	for i, key := range s.Metadata().Keys() {
		pairs = append(pairs, meta.KeyValue{Key: key, Value: s.Metadata().Values()[i]})
	}
	t.schema.Labels = classLabels(pairs, t.schema.Fields)
	t.json = jsonFeaturesOf(pairs, t.schema.Fields)
	return records, nil
}

// arrowMagic begins and ends a file.
const arrowMagic = "ARROW1"

// withoutDirectory ends r, of which the first magic was read, where the directory of the file begins: not every writer puts
// a mark there. In a compressed file, of which the end is not known, there must be one.
func (t *ipcTable) withoutDirectory(r io.Reader) (io.Reader, error) {
	if t.file.compression != "" {
		return r, nil
	}
	src, err := OpenLocal(t.file.path)
	if err != nil {
		return nil, err
	}
	defer src.Close() // only read from
	var tail [10]byte
	if err := readAt(src, tail[:], src.Size()-int64(len(tail))); err != nil {
		return nil, err
	}
	if string(tail[4:]) != arrowMagic {
		return nil, io.ErrUnexpectedEOF
	}
	n := src.Size() - 8 - int64(len(tail)) - int64(binary.LittleEndian.Uint32(tail[:]))
	if n < 0 {
		return nil, errors.New("the directory is said to be larger than the file")
	}
	return io.LimitReader(r, n), nil
}

// next returns the next record batch, nil at the end.
func (t *ipcTable) next(records *ipc.Reader) (rec arrow.Record, err error) {
	defer caught(&err)
	t.memory.left = maxBody
	if !records.Next() {
		return nil, records.Err()
	}
	rec = records.Record()
	if rec.NumRows() < 0 || rec.NumRows() > maxRecord {
		return nil, fmt.Errorf("a record batch has %d rows, more than the limit of %d", rec.NumRows(), maxRecord)
	}
	rec.Retain() // the reader gives it up with the next one; nobody else does, and the collector needs no help
	return rec, nil
}

// part returns the rows of a record batch from one on as a batch.
func (t *ipcTable) part(rec arrow.Record, from int64, columns []string) (b *Batch, err error) {
	defer caught(&err)
	whole := rec.NumRows()
	if from > 0 || whole > batchRows {
		rec = rec.NewSlice(from, min(from+batchRows, whole))
	}
	b = &Batch{record: rec, size: t.body.size * rec.NumRows() / whole}
	if from+rec.NumRows() == whole {
		b.size = t.body.size // it is the last that keeps all values in memory
	}
	for i, n := range t.root {
		if columns != nil && !slices.Contains(columns, n.field.Name) {
			continue
		}
		v, err := t.column(rec, i, n)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", n.field.Name, err)
		}
		b.columns = append(b.columns, v)
	}
	return b, nil
}

func (t *ipcTable) column(rec arrow.Record, i int, n *node) (*view, error) {
	v, err := ipcView(rec.Column(i), n)
	if err == nil && int64(v.length()) != rec.NumRows() {
		err = fmt.Errorf("it has %d rows where there should be %d", v.length(), rec.NumRows())
	}
	return v, err
}

// caught makes an error of a panic of the library.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the decoder gave up: %v", p)
	}
}
