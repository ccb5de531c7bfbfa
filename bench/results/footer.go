package results

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/parquet-go/parquet-go"
)

// findFooter opens the parquet file in the first size bytes of f: by its last footer, or where that is torn
// or damaged by the last one before it that is whole.
func (f *File) findFooter(size int64) (torn bool, err error) {
	head := make([]byte, len(magic))
	if _, err := f.f.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	if string(head) != magic {
		if size == 0 {
			return false, fmt.Errorf("%w: empty", ErrNotResults)
		}
		return false, fmt.Errorf("%w: no parquet file", ErrNotResults)
	}
	var broken error
	f.pf, _, broken = openAt(f.f, size)
	if broken == nil || errors.Is(broken, ErrNotResults) || errors.Is(broken, ErrNewer) {
		return false, broken
	}
	for end := range footerEnds(f.f, size-1) {
		if pf, start, err := openAt(f.f, end); err == nil && stamped(pf, start) {
			f.pf = pf
			return true, nil
		}
	}
	return false, fmt.Errorf("%w: no good footer in its %d bytes: %w", ErrCorrupt, size, broken)
}

// openAt opens the parquet file that ends at end and says where its footer starts.
func openAt(r io.ReaderAt, end int64) (pf *parquet.File, start int64, err error) {
	start, err = footerStart(r, end)
	if err != nil {
		return nil, 0, err
	}
	footer := make([]byte, end-8-start)
	if _, err := r.ReadAt(footer, start); err != nil {
		return nil, 0, err
	}
	if err := checkVersion(footer); err != nil {
		return nil, 0, err
	}
	if err := checkSeal(footer); err != nil {
		return nil, 0, err
	}
	err = guard(func() (err error) {
		pf, err = parquet.OpenFile(io.NewSectionReader(r, 0, end), end,
			parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	return pf, start, checkBounds(pf, start)
}

// checkVersion returns an error unless footer, in thrift's compact form, says that its file is one of results and
// of a version that this program reads. It looks for the bytes, as a damaged footer must not be decoded.
func checkVersion(footer []byte) error {
	_, rest, ok := bytes.Cut(footer, []byte(keyVersion+"\x18"))
	if !ok {
		return fmt.Errorf("%w: parquet, but its footer has no %q", ErrNotResults, keyVersion)
	}
	if len(rest) == 0 || int(rest[0]) > len(rest)-1 {
		return errors.New("its footer is cut short")
	}
	version := string(rest[1 : 1+rest[0]])
	n, err := strconv.Atoi(version)
	switch {
	case err != nil || n < 1:
		return fmt.Errorf("schema version %.40q", version)
	case n > SchemaVersion:
		return fmt.Errorf("%w: schema version %d, this one reads up to %d; use that version", ErrNewer, n, SchemaVersion)
	}
	return nil
}

// footerStart returns where the footer starts of the parquet file that ends at end. It does not trust the length
// that is there, as the library would, which allocates what a damaged one asks for.
func footerStart(r io.ReaderAt, end int64) (int64, error) {
	var tail [8]byte
	if end < int64(len(magic)+len(tail)) {
		return 0, errors.New("too short for a footer")
	}
	if _, err := r.ReadAt(tail[:], end-int64(len(tail))); err != nil {
		return 0, err
	}
	if string(tail[4:]) != magic {
		return 0, errors.New("does not end like a parquet file")
	}
	start := end - int64(len(tail)) - int64(binary.LittleEndian.Uint32(tail[:]))
	if start < int64(len(magic)) {
		return 0, errors.New("its footer is longer than the file")
	}
	var head [3]byte
	if _, err := r.ReadAt(head[:], start); err != nil {
		return 0, err
	}
	// Field 1, an i32; its value, one byte; field 2, a list: how every footer starts.
	if head[0] != 0x15 || head[2] != 0x19 {
		return 0, errors.New("its footer does not start like one")
	}
	return start, nil
}

// checkBounds returns an error unless every column chunk lies between the magic and the footer.
func checkBounds(pf *parquet.File, data int64) error {
	rows := int64(0)
	for i, group := range pf.Metadata().RowGroups {
		if group.NumRows < 0 {
			return fmt.Errorf("row group %d has %d rows", i, group.NumRows)
		}
		rows += group.NumRows
		for j := range group.Columns {
			m := &group.Columns[j].MetaData
			start, end := chunkBounds(m)
			if start < int64(len(magic)) || end < start || end > data || m.NumValues < 0 {
				return fmt.Errorf("row group %d, column %d: pages outside the file", i, j)
			}
		}
	}
	if rows != pf.NumRows() {
		return fmt.Errorf("its row groups have %d rows, the footer says %d", rows, pf.NumRows())
	}
	return nil
}

// footerEnds yields every offset up to limit at which the closing magic of a parquet file ends, the last first.
func footerEnds(r io.ReaderAt, limit int64) func(yield func(int64) bool) {
	const block = 1 << 20
	return func(yield func(int64) bool) {
		buf := make([]byte, block+len(magic)-1)
		for hi := limit; hi > int64(len(magic)); {
			lo := max(int64(len(magic)), hi-int64(len(buf)))
			b := buf[:hi-lo]
			if _, err := r.ReadAt(b, lo); err != nil && !errors.Is(err, io.EOF) {
				return
			}
			for end := len(b); ; {
				i := bytes.LastIndex(b[:end], []byte(magic))
				if i < 0 {
					break
				}
				if !yield(lo + int64(i+len(magic))) {
					return
				}
				end = i + len(magic) - 1
			}
			if lo == int64(len(magic)) {
				return
			}
			hi = lo + int64(len(magic)) - 1 // a magic may lie across two blocks
		}
	}
}
