package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go/format"

	"github.com/promptmill/promptmill/convert/dataset/internal/meta"
)

// Info is what the footer of a file says besides its schema. All of it is the writer's word: only reading shows whether it
// is true.
type Info struct {
	Size      int64      // bytes of the file
	Footer    int64      // bytes of its metadata
	Creator   string     // the program that wrote it, "" when it does not say
	Keys      []string   // names of the key-value metadata, in file order
	RowGroups []RowGroup // in file order
}

// RowGroup is some consecutive rows of a file.
type RowGroup struct {
	Rows    int64
	Columns []ColumnChunk // as many as [Schema.Fields], in that order
}

// ColumnChunk is one column of a row group, with all that is nested in it.
type ColumnChunk struct {
	Compressed   int64    // bytes in the file
	Uncompressed int64    // bytes before compression
	Codecs       []string // of its pages, in lower case as in "snappy"; usually one
	Encodings    []string // of its values and levels, as in "plain"
	Nulls        int64    // rows without a value; -1 when the file does not say, or the column is nested
}

// Info describes the file without reading more of it than [Open] has.
func (f *File) Info() Info {
	info := Info{Size: f.size, Footer: f.size - f.limit - 8, Creator: f.creator, Keys: slices.Clone(f.keys)}
	for i := range f.groups {
		g := RowGroup{Rows: f.groups[i].NumRows}
		for _, n := range f.columns {
			g.Columns = append(g.Columns, describe(&f.groups[i], n))
		}
		info.RowGroups = append(info.RowGroups, g)
	}
	return info
}

// maxClaim bounds the sizes that a footer may state, so that sums of them mean something.
const maxClaim = 1 << 44

// describe adds up the leaves of a column.
func describe(g *meta.RowGroup, n *node) ColumnChunk {
	c := ColumnChunk{Nulls: -1}
	leaves := n.leaves(nil)
	for _, l := range leaves {
		m := &g.Columns[l.index].Chunk
		c.Compressed += min(max(m.TotalCompressedSize, 0), maxClaim)
		c.Uncompressed += min(max(m.TotalUncompressedSize, 0), maxClaim)
		c.Codecs = with(c.Codecs, codecName(m.Codec))
		for _, e := range m.Encodings {
			c.Encodings = with(c.Encodings, encodingName(e))
		}
	}
	if n.leaf == nil {
		return c
	}
	switch m := &g.Columns[n.leaf.index].Chunk; {
	case n.field.Kind == Null:
		c.Nulls = g.NumRows
	case n.leaf.col.MaxDef == 0:
		c.Nulls = 0 // the schema rules them out
	case m.Statistics.NullCount.Valid && m.Statistics.NullCount.V >= 0 && m.Statistics.NullCount.V <= g.NumRows:
		c.Nulls = m.Statistics.NullCount.V
	}
	return c
}

// with returns list with s in it once.
func with(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

var codecNames = map[format.CompressionCodec]string{
	format.Uncompressed: "none", format.Snappy: "snappy", format.Gzip: "gzip", format.LZO: "lzo",
	format.Brotli: "brotli", format.Lz4: "lz4", format.Zstd: "zstd", format.Lz4Raw: "lz4_raw",
}

func codecName(c format.CompressionCodec) string {
	if name, ok := codecNames[c]; ok {
		return name
	}
	return "unknown"
}

var encodingNames = map[format.Encoding]string{
	format.Plain: "plain", format.PlainDictionary: "plain_dictionary", format.RLE: "rle", format.BitPacked: "bit_packed",
	format.DeltaBinaryPacked: "delta_binary_packed", format.DeltaLengthByteArray: "delta_length_byte_array",
	format.DeltaByteArray: "delta_byte_array", format.RLEDictionary: "rle_dictionary", format.ByteStreamSplit: "byte_stream_split",
}

func encodingName(e format.Encoding) string {
	if name, ok := encodingNames[e]; ok {
		return name
	}
	return "unknown"
}

// SHA256 reads the whole file and returns its hash, in hex.
func (f *File) SHA256(ctx context.Context) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, contextReader{ctx, io.NewSectionReader(f.src, 0, f.size)}); err != nil {
		return "", unreadable(f.name, "%w", withoutPath(err))
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// contextReader stops reading when the context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (r contextReader) Read(b []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(b)
}
