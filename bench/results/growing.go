package results

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// growing is a parquet file that grows by row groups and is complete after each: every append writes the new
// pages and a footer for the whole file behind the old footer, in one write. Old footers stay as dead bytes, so
// a tail torn by a crash is mended by going back to the last whole footer.
//
// A footer describes every row group, about 2.5 KB for each: with a row group per second the footers of an hour
// would come to 16 GB. Hence small row groups are merged, fanIn at a time, as a log-structured tree does; what
// they took becomes dead as well.
type growing struct {
	f      *os.File
	end    int64 // the file is complete up to here
	meta   format.FileMetaData
	level  []int    // of each row group: how many merges made it
	sums   []uint32 // of each row group: its checksum
	blocks string   // where the last block of samples is; "" is nowhere
	footer int      // bytes of the last footer
}

const (
	fanIn         = 8
	mergeMaxRows  = 64 << 10
	mergeMaxBytes = 64 << 20
)

// newGrowing writes an empty parquet file to f.
func newGrowing(f *os.File, kv []format.KeyValue) (*growing, error) {
	var empty bytes.Buffer
	if err := newEncoder(&empty).Close(); err != nil {
		return nil, err
	}
	g := &growing{f: f}
	if err := decodeFooter(footerOf(empty.Bytes()), &g.meta); err != nil {
		return nil, err
	}
	return g, g.write([]byte(magic), kv)
}

// append adds the only row group of file, a whole parquet file (nil: none), samples of servers, each as JSON on a line
// (nil: none), and a new footer. Row groups that are due become one on the way.
func (g *growing) append(file, samples []byte, kv []format.KeyValue) error {
	pages, err := g.appendMerged(nil)
	if err != nil {
		return err
	}
	if file != nil {
		at := len(g.level)
		if pages, err = g.replace(pages, at, at, file, 0); err != nil {
			return err
		}
	}
	if samples != nil {
		pages, g.blocks = appendBlock(pages, g.end, g.blocks, samples)
	}
	return g.write(pages, kv)
}

// appendMerged appends to pages those of the row group that takes the place of row groups due to become one, if any are.
func (g *growing) appendMerged(pages []byte) ([]byte, error) {
	first, end := g.mergeable()
	if first == end {
		return pages, nil
	}
	merged, err := g.merge(first, end)
	if err != nil {
		return nil, err
	}
	return g.replace(pages, first, end, merged, g.level[first]+1)
}

// replace puts the only row group of file in the place of the row groups from first up to end, and appends its pages to
// those that will be written at the end of the file.
func (g *growing) replace(pages []byte, first, end int, file []byte, level int) ([]byte, error) {
	s, err := cutSegment(file)
	if err != nil {
		return nil, err
	}
	at := g.end + int64(len(pages))
	g.meta.RowGroups = slices.Replace(g.meta.RowGroups, first, end, s.moveTo(at))
	g.level = slices.Replace(g.level, first, end, level)
	g.sums = slices.Replace(g.sums, first, end, crc32.Checksum(s.pages, castagnoli))
	return append(pages, s.pages...), nil
}

// write appends pages and the footer. When that fails the file is cut back to what was complete.
func (g *growing) write(pages []byte, kv []format.KeyValue) error {
	if len(g.meta.RowGroups) > parquet.MaxRowGroups {
		return fmt.Errorf("more than %d row groups: stop the run earlier, or split it into shards", parquet.MaxRowGroups)
	}
	if g.blocks != "" {
		kv = append(kv, format.KeyValue{Key: keyServersAt, Value: g.blocks})
	}
	g.meta.KeyValueMetadata = withChecksums(stamp(kv, g.end+int64(len(pages))), g.sums)
	g.meta.NumRows = 0
	for i := range g.meta.RowGroups {
		g.meta.RowGroups[i].Ordinal = int16(i)
		g.meta.NumRows += g.meta.RowGroups[i].NumRows
	}
	before := len(pages)
	out, err := appendFooter(pages, &g.meta)
	if err != nil {
		return err
	}
	if _, err := g.f.WriteAt(out, g.end); err != nil {
		return errors.Join(err, g.f.Truncate(g.end))
	}
	g.end += int64(len(out))
	g.footer = len(out) - before
	return nil
}

// mergeable returns the row groups that are due to become one, from first up to end: fanIn of one level, the last that
// are together no larger than a row group may be. Newer ones of a lower level may stand behind them.
func (g *growing) mergeable() (first, end int) {
	for first := len(g.level) - fanIn; first >= 0; first-- {
		if end := first + fanIn; g.level[first] == g.level[end-1] && small(g.meta.RowGroups[first:end]) {
			return first, end
		}
	}
	return 0, 0
}

// small reports whether the groups make one that is not too large to be merged in memory.
func small(groups []format.RowGroup) bool {
	rows, size := int64(0), int64(0)
	for i := range groups {
		rows += groups[i].NumRows
		size += groups[i].TotalCompressedSize
	}
	return rows <= mergeMaxRows && size <= mergeMaxBytes
}

// merge returns a parquet file in memory with the rows of the row groups from first up to end as one.
func (g *growing) merge(first, end int) ([]byte, error) {
	pf, err := g.open()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := newEncoder(&out)
	if err := writeGroups(enc, pf.RowGroups()[first:end]); err != nil {
		return nil, err
	}
	if err := enc.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// open reads the file back as far as it is complete.
func (g *growing) open() (*parquet.File, error) {
	return parquet.OpenFile(io.NewSectionReader(g.f, 0, g.end), g.end,
		parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
}

// writeGroups writes the rows of groups as one row group. It goes by rows: the library's shortcut for whole row groups
// copies columns, and lets pages end in the middle of a list.
func writeGroups(enc *parquet.GenericWriter[Record], groups []parquet.RowGroup) error {
	for _, group := range groups {
		var wrote int64
		err := guard(func() (err error) {
			rows := group.Rows()
			wrote, err = enc.ReadRowsFrom(rows)
			return errors.Join(err, rows.Close())
		})
		if err == nil && wrote != group.NumRows() {
			err = fmt.Errorf("read back %d rows of %d", wrote, group.NumRows())
		}
		if err != nil {
			return err
		}
	}
	return enc.Flush()
}
