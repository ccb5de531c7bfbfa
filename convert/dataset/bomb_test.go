package dataset_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/promptmill/promptmill/convert/dataset"
)

// forged is a file with one required string column, text, of one page.
type forged struct {
	rows   int64
	codec  format.CompressionCodec
	header format.PageHeader
	body   []byte
	chunk  func(*format.ColumnChunk)
}

func (f forged) bytes(t *testing.T) []byte {
	t.Helper()
	protocol := new(thrift.CompactProtocol)
	f.header.CompressedPageSize = int32(len(f.body))
	header, err := thrift.Marshal(protocol, &f.header)
	if err != nil {
		t.Fatal(err)
	}
	out := append([]byte("PAR1"), header...)
	out = append(out, f.body...)
	chunk := format.ColumnChunk{MetaData: format.ColumnMetaData{
		Type: format.ByteArray, Codec: f.codec, NumValues: f.rows, DataPageOffset: 4,
		TotalCompressedSize: int64(len(out) - 4), TotalUncompressedSize: 1 << 40, PathInSchema: []string{"text"},
	}}
	if f.chunk != nil {
		f.chunk(&chunk)
	}
	footer, err := thrift.Marshal(protocol, &format.FileMetaData{
		Version: 1, NumRows: f.rows,
		Schema: []format.SchemaElement{
			{Name: "schema", NumChildren: thrift.New(int32(1))},
			{Name: "text", Type: thrift.New(format.ByteArray), RepetitionType: thrift.New(format.Required), LogicalType: format.LogicalType{Value: new(format.StringType)}},
		},
		RowGroups: []format.RowGroup{{NumRows: f.rows, Columns: []format.ColumnChunk{chunk}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	out = append(out, footer...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(footer)))
	return append(out, "PAR1"...)
}

func dataPage(size, values int32, encoding format.Encoding) format.PageHeader {
	return format.PageHeader{
		Type: format.DataPage, UncompressedPageSize: size,
		DataPageHeader: thrift.New(format.DataPageHeader{NumValues: values, Encoding: encoding}),
	}
}

func pack(t *testing.T, codec compress.Codec, data []byte) []byte {
	t.Helper()
	b, err := codec.Encode(nil, data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Headers and footers that promise the moon cost an error, not memory.
func TestBatches_bombs(t *testing.T) {
	zeros := make([]byte, 64<<20)
	const gib = 1 << 30
	counts := []byte{128, 1, 4, 0xff, 0xff, 0xff, 0xff, 7, 0} // a stream of two billion lengths
	for name, f := range map[string]forged{
		"half a gigabyte of one byte":        {1, format.Zstd, dataPage(gib/2, 1, format.Plain), pack(t, &parquet.Zstd, []byte("x")), nil},
		"snappy that cannot be so long":      {1, format.Snappy, dataPage(gib/2, 1, format.Plain), pack(t, &parquet.Snappy, []byte("x")), nil},
		"LZ4 that cannot be so long":         {1, format.Lz4Raw, dataPage(gib/2, 1, format.Plain), pack(t, &parquet.Lz4Raw, []byte("xxxx")), nil},
		"gzip that cannot be so long":        {1, format.Gzip, dataPage(gib/2, 1, format.Plain), pack(t, &parquet.Gzip, []byte("x")), nil},
		"zstd that is longer than it says":   {1, format.Zstd, dataPage(100, 1, format.Plain), pack(t, &parquet.Zstd, zeros), nil},
		"gzip that is longer than it says":   {1, format.Gzip, dataPage(100, 1, format.Plain), pack(t, &parquet.Gzip, zeros), nil},
		"brotli that is longer than it says": {1, format.Brotli, dataPage(100, 1, format.Plain), pack(t, &parquet.Brotli, zeros), nil},
		"a value of four gigabytes":          {1, format.Uncompressed, dataPage(5, 1, format.Plain), []byte("\xff\xff\xff\xffx"), nil},
		"two billion values":                 {1<<31 - 1, format.Uncompressed, dataPage(5, 1<<31-1, format.Plain), []byte("12345"), nil},
		"two billion lengths":                {1, format.Uncompressed, dataPage(9, 1, format.DeltaLengthByteArray), counts, nil},
		"places in no dictionary":            {1, format.Uncompressed, dataPage(3, 1, format.RLEDictionary), []byte{1, 2, 0}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			data := f.bytes(t)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := readForged(t, data)
			runtime.ReadMemStats(&after)
			checkError(t, err, "x.parquet", dataset.ErrCorrupt, `column "text"`)
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 24 {
				t.Errorf("%d MiB allocated for %d bytes: %v", used, len(data), err)
			}
		})
	}
}

func readForged(t *testing.T, data []byte) (int64, error) {
	t.Helper()
	f, err := dataset.New("x.parquet", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return 0, err
	}
	return drainFile(t, f)
}

// Sound files that use what this package cannot read are unreadable, not corrupt.
func TestBatches_unsupported(t *testing.T) {
	page := dataPage(5, 1, format.Plain)
	body := []byte("\x01\x00\x00\x00x")
	for name, tt := range map[string]struct {
		file forged
		text string
	}{
		"a page beyond the limit": {forged{1, format.Zstd, dataPage(1<<31-1, 1, format.Plain), body, nil}, "the limit is 512 MiB"},
		"LZO":                     {forged{1, format.LZO, page, body, nil}, "compression LZO"},
		"unknown encoding":        {forged{1, format.Uncompressed, dataPage(5, 1, 77), body, nil}, "encoding Encoding(?) (77)"},
		"elsewhere": {forged{1, format.Uncompressed, page, body, func(c *format.ColumnChunk) {
			c.FilePath = "part-0\n.parquet"
		}}, "in another file"},
		"encrypted": {forged{1, format.Uncompressed, page, body, func(c *format.ColumnChunk) {
			c.CryptoMetadata.Value = new(format.EncryptionWithFooterKey)
		}}, "encrypted"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readForged(t, tt.file.bytes(t))
			checkError(t, err, "x.parquet", dataset.ErrUnreadable, tt.text)
		})
	}
}

// The number of rows that comes out is the footer's, or there is an error.
func TestBatches_rowsThatAreNotThere(t *testing.T) {
	page, body := dataPage(5, 1, format.Plain), []byte("\x01\x00\x00\x00x")
	if rows, err := readForged(t, forged{1, format.Uncompressed, page, body, nil}.bytes(t)); rows != 1 || err != nil {
		t.Fatalf("the sound file has %d rows, error %v", rows, err)
	}
	for name, values := range map[string]int64{"fewer": 0, "more": 2} {
		_, err := readForged(t, forged{1, format.Uncompressed, page, body, func(c *format.ColumnChunk) {
			c.MetaData.NumValues = values
		}}.bytes(t))
		if !errors.Is(err, dataset.ErrCorrupt) || strings.Count(err.Error(), "\n") > 0 {
			t.Errorf("%s: error %v", name, err)
		}
	}
	_, err := readForged(t, forged{3, format.Uncompressed, page, body, func(c *format.ColumnChunk) {
		c.MetaData.NumValues = 1
	}}.bytes(t))
	checkError(t, err, "x.parquet", dataset.ErrCorrupt, "fewer rows than the row group")
}
