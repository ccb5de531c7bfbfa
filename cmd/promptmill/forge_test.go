package main

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// forgedPage is a page whose header need not be true.
type forgedPage struct {
	header format.PageHeader
	body   []byte
	crc    bool // the header has the checksum of the body
}

// forgery is a parquet file of one row group with one required column of text, "prompt", made by hand: writers do not make
// such files.
type forgery struct {
	rows  int64
	codec format.CompressionCodec
	pages []forgedPage
	edit  func(*format.FileMetaData) // the last word
}

func (f forgery) bytes(t testing.TB) []byte {
	t.Helper()
	out := []byte("PAR1")
	for _, p := range f.pages {
		if p.header.CompressedPageSize == 0 {
			p.header.CompressedPageSize = int32(len(p.body))
		}
		if p.crc {
			p.header.CRC = int32(crc32.ChecksumIEEE(p.body))
		}
		out = append(append(out, marshalled(t, &p.header)...), p.body...)
	}
	m := &format.FileMetaData{
		Version: 1, NumRows: f.rows,
		Schema: []format.SchemaElement{{Name: "schema", NumChildren: thrift.New(int32(1))}, textElement("prompt")},
		RowGroups: []format.RowGroup{{NumRows: f.rows, TotalByteSize: 1, Columns: []format.ColumnChunk{{MetaData: format.ColumnMetaData{
			Type: format.ByteArray, Codec: f.codec, NumValues: f.rows, DataPageOffset: 4, PathInSchema: []string{"prompt"},
			TotalCompressedSize: int64(len(out) - 4), TotalUncompressedSize: 1 << 40,
		}}}}},
	}
	if f.edit != nil {
		f.edit(m)
	}
	return withFooter(out, marshalled(t, m))
}

func textElement(name string) format.SchemaElement {
	return format.SchemaElement{Name: name, Type: thrift.New(format.ByteArray), RepetitionType: thrift.New(format.Required),
		LogicalType: format.LogicalType{Value: new(format.StringType)}}
}

func withFooter(pages, footer []byte) []byte {
	out := append(bytes.Clone(pages), footer...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(footer)))
	return append(out, "PAR1"...)
}

func marshalled(t testing.TB, v any) []byte {
	t.Helper()
	b, err := thrift.Marshal(new(thrift.CompactProtocol), v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func dataPage(size, values int32, encoding format.Encoding, body []byte) forgedPage {
	return forgedPage{header: format.PageHeader{
		Type: format.DataPage, UncompressedPageSize: size,
		DataPageHeader: thrift.New(format.DataPageHeader{NumValues: values, Encoding: encoding}),
	}, body: body}
}

func dictionaryPage(values int32, body []byte) forgedPage {
	return forgedPage{header: format.PageHeader{
		Type: format.DictionaryPage, UncompressedPageSize: int32(len(body)),
		DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: values, Encoding: format.Plain}),
	}, body: body}
}

// plainText is values as a page has them.
func plainText(values ...string) (b []byte) {
	for _, v := range values {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(v))), v...)
	}
	return b
}

func packed(t testing.TB, codec compress.Codec, data []byte) []byte {
	t.Helper()
	b, err := codec.Encode(nil, data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// oneText is a sound file of one row, or one that edit spoils.
func oneText(t testing.TB, edit func(*format.FileMetaData)) []byte {
	t.Helper()
	body := plainText("hello")
	return forgery{rows: 1, pages: []forgedPage{dataPage(int32(len(body)), 1, format.Plain, body)}, edit: edit}.bytes(t)
}

// written is a file as parquet-go writes it, and where its column "prompt" has its dictionary, if any, and its values.
func written(t testing.TB, options ...parquet.WriterOption) (data []byte, dictionary, values int64) {
	t.Helper()
	type row struct {
		Prompt string `parquet:"prompt,dict"`
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b, options...)
	for i := range 1000 {
		if _, err := w.Write([]row{{string(rune('a' + i%26))}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	m := f.Metadata().RowGroups[0].Columns[0].MetaData
	return b.Bytes(), m.DictionaryPageOffset, m.DataPageOffset
}

// spoiled is data with n bytes from at on that are others.
func spoiled(data []byte, at int64, n int) []byte {
	data = bytes.Clone(data)
	for i := range n {
		data[int(at)+i] ^= 0xff
	}
	return data
}
