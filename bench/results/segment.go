package results

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const magic = "PAR1"

// A segment is the pages of one row group, taken out of a parquet file in memory, to be appended to another file.
type segment struct {
	pages []byte
	group format.RowGroup // its offsets are those for pages behind the magic of a file
}

// cutSegment takes the only row group out of file, a whole parquet file. Its pages share file's memory.
func cutSegment(file []byte) (segment, error) {
	var meta format.FileMetaData
	if err := decodeFooter(footerOf(file), &meta); err != nil {
		return segment{}, err
	}
	if len(meta.RowGroups) != 1 {
		return segment{}, fmt.Errorf("results: internal error: segment of %d row groups", len(meta.RowGroups))
	}
	group := meta.RowGroups[0]
	start, end := groupBounds(&group)
	if start != int64(len(magic)) {
		return segment{}, fmt.Errorf("results: internal error: segment starts at %d", start)
	}
	return segment{pages: file[start:end], group: group}, nil
}

// footerOf returns the thrift bytes of the footer of file, a whole parquet file.
func footerOf(file []byte) []byte {
	end := len(file) - 8
	return file[end-int(binary.LittleEndian.Uint32(file[end:])) : end]
}

// decodeFooter decodes a copy of b, because the strings of meta will share its memory.
func decodeFooter(b []byte, meta *format.FileMetaData) error {
	return thrift.Unmarshal(new(thrift.CompactProtocol), bytes.Clone(b), meta)
}

// appendFooter appends the footer that makes the bytes before it a parquet file. The pairs of meta have been through
// withChecksums.
func appendFooter(dst []byte, meta *format.FileMetaData) ([]byte, error) {
	b, err := thrift.Marshal(new(thrift.CompactProtocol), meta)
	if err != nil {
		return dst, fmt.Errorf("parquet footer: %w", err)
	}
	if err := seal(b); err != nil {
		return dst, err
	}
	dst = append(dst, b...)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(b)))
	return append(dst, magic...), nil
}

// moveTo returns the description of s for when its pages start at offset at.
func (s segment) moveTo(at int64) format.RowGroup {
	shift(&s.group, at-int64(len(magic)))
	return s.group
}

// shift moves the offsets of g by d bytes and takes out what a provisional footer does without: the page index,
// whose own offsets are absolute, and the bounds of values, which would be written again with every checkpoint.
// The count of nulls stays: the library writes it always, and readers skip row groups by it.
func shift(g *format.RowGroup, d int64) {
	g.FileOffset += d
	for i := range g.Columns {
		c := &g.Columns[i]
		c.OffsetIndexOffset, c.OffsetIndexLength = 0, 0
		c.ColumnIndexOffset, c.ColumnIndexLength = 0, 0
		m := &c.MetaData
		m.DataPageOffset += d
		if m.DictionaryPageOffset > 0 {
			m.DictionaryPageOffset += d
		}
		m.Statistics = format.Statistics{NullCount: m.Statistics.NullCount}
		m.SizeStatistics = format.SizeStatistics{}
		m.EncodingStats = nil
	}
}

// chunkBounds returns where the pages of a column chunk start and end.
func chunkBounds(m *format.ColumnMetaData) (start, end int64) {
	start = m.DataPageOffset
	if m.DictionaryPageOffset > 0 {
		start = min(start, m.DictionaryPageOffset)
	}
	return start, start + m.TotalCompressedSize
}
