package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// place is how an error names where in a file of one column it is.
const place = `row group 0: column "prompt"`

// notParquet are files that are called parquet and are something else.
func notParquet(t *testing.T) []badInput {
	whole := oneText(t, nil)
	var gz bytes.Buffer
	w := gzip.NewWriter(&gz)
	if _, err := w.Write(whole); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	encrypted := bytes.Clone(whole)
	copy(encrypted, "PARE")
	copy(encrypted[len(encrypted)-4:], "PARE")
	return []badInput{
		{name: "empty.parquet", says: []string{"the file is empty"}},
		{name: "pointer.parquet", data: []byte("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"), says: []string{"Git LFS pointer", "git lfs pull"}},
		{name: "login.parquet", data: []byte("\n<!DOCTYPE html>\n<html><title>Sign in\x1b[2J</title>"), says: []string{"HTML page"}},
		{name: "gateway.parquet", data: []byte("<html>\r\n<head><title>502 Bad Gateway</title></head>"), says: []string{"HTML page"}},
		{name: "denied.parquet", data: []byte(`<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`), says: []string{"XML"}},
		{name: "error.parquet", data: []byte(`{"error":"Repository not found"}`), says: []string{"JSON", "Repository not found"}},
		{name: "words.parquet", data: []byte("Entry not\x20found\x07"), says: []string{"does not begin with PAR1"}},
		{name: "refused.parquet", data: []byte("Invalid username or password."), says: []string{"text", "it begins with Invalid username"}},
		{name: "zipped.parquet", data: gz.Bytes(), says: []string{"parquet inside gzip", "decompress it first"}},
		{name: "locked.parquet", data: encrypted, says: []string{"encrypted footer", "decrypt"}},
	}
}

// damagedParquet are files that were whole once.
func damagedParquet(t *testing.T) []badInput {
	sums, dictionary, values := written(t, parquet.Compression(&parquet.Snappy))
	pages := func(crc bool) []byte {
		body := packed(t, &parquet.Snappy, plainText("hello"))
		page := dataPage(9, 1, format.Plain, body)
		page.crc = crc
		file := forgery{rows: 1, codec: format.Snappy, pages: []forgedPage{page}}.bytes(t)
		return spoiled(file, int64(bytes.Index(file, body)), len(body))
	}
	body := plainText("hello")
	places := forgery{rows: 2, pages: []forgedPage{dictionaryPage(1, body), dataPage(3, 2, format.RLEDictionary, []byte{3, 2 << 1, 5})}}
	broken := forgery{rows: 1, pages: []forgedPage{dictionaryPage(7, body), dataPage(3, 1, format.RLEDictionary, []byte{1, 2, 0})}}
	whole := oneText(t, nil)
	footer := int64(binary.LittleEndian.Uint32(whole[len(whole)-8:]))
	bad := []badInput{
		{name: "footer.parquet", data: spoiled(whole, int64(len(whole))-8-footer, 8), says: []string{"corrupt: footer"}},
		{name: "footer-length.parquet", data: spoiled(whole, int64(len(whole))-5, 1), says: []string{"the footer is said to have"}},
		{name: "header.parquet", data: spoiled(sums, values, 6), says: []string{place, "page header"}},
		{name: "body-crc.parquet", data: pages(true), says: []string{place, "near row 0", "checksum mismatch"}},
		{name: "body.parquet", data: pages(false), says: []string{place, "near row 0", "data page", "SNAPPY"}},
		{name: "dictionary.parquet", data: spoiled(sums, dictionary, 6), says: []string{place}},
		{name: "dictionary-short.parquet", data: broken.bytes(t), says: []string{place, "dictionary page"}},
		{name: "dictionary-place.parquet", data: places.bytes(t), says: []string{place, "value 5 of a dictionary of 1"}},
		{name: "locked-column.parquet", data: oneText(t, func(m *format.FileMetaData) {
			m.RowGroups[0].Columns[0].CryptoMetadata.Value = new(format.EncryptionWithFooterKey)
		}), says: []string{place, "encrypted", "decrypt"}},
	}
	for _, n := range []int{1, 4, 11, 12, int(values), int(values) + 9, len(sums) / 2, len(sums) - 9, len(sums) - 8, len(sums) - 4, len(sums) - 1} {
		bad = append(bad, badInput{name: fmt.Sprintf("cut-at-%d.parquet", n), data: sums[:n]})
	}
	return bad
}

// lyingParquet are files whose footers or headers say what is not so.
func lyingParquet(t *testing.T) []badInput {
	lie := func(edit func(*format.FileMetaData)) []byte { return oneText(t, edit) }
	chunk := func(edit func(*format.ColumnMetaData)) []byte {
		return oneText(t, func(m *format.FileMetaData) { edit(&m.RowGroups[0].Columns[0].MetaData) })
	}
	page := func(edit func(*format.PageHeader)) []byte {
		p := dataPage(9, 1, format.Plain, plainText("hello"))
		edit(&p.header)
		return forgery{rows: 1, pages: []forgedPage{p}}.bytes(t)
	}
	return []badInput{
		{name: "no-rows.parquet", data: forgery{}.bytes(t), says: []string{"no rows"}},
		{name: "no-columns.parquet", data: lie(func(m *format.FileMetaData) {
			m.Schema, m.RowGroups[0].Columns = []format.SchemaElement{{Name: "schema", NumChildren: thrift.New(int32(0))}}, nil
		}), says: []string{"no rule matches the columns"}},
		{name: "fewer-rows.parquet", data: lie(func(m *format.FileMetaData) { m.NumRows, m.RowGroups[0].NumRows = 3, 3 }), says: []string{place, "fewer rows"}},
		{name: "more-rows.parquet", data: forgery{rows: 2, pages: []forgedPage{dataPage(18, 2, format.Plain, plainText("hello", "world"))},
			edit: func(m *format.FileMetaData) { m.NumRows, m.RowGroups[0].NumRows = 1, 1 }}.bytes(t), says: []string{place, "more rows"}},
		{name: "other-rows.parquet", data: lie(func(m *format.FileMetaData) { m.NumRows = 5 }), says: []string{"the footer says 5"}},
		{name: "negative-rows.parquet", data: lie(func(m *format.FileMetaData) { m.NumRows, m.RowGroups[0].NumRows = -1, -1 }), says: []string{"corrupt"}},
		{name: "negative-values.parquet", data: chunk(func(c *format.ColumnMetaData) { c.NumValues = -1 }), says: []string{place, "-1 values"}},
		{name: "negative-size.parquet", data: chunk(func(c *format.ColumnMetaData) { c.TotalCompressedSize = -5 }), says: []string{place, "outside of the file"}},
		{name: "negative-offset.parquet", data: chunk(func(c *format.ColumnMetaData) { c.DataPageOffset = -4 }), says: []string{place, "outside of the file"}},
		{name: "large-offset.parquet", data: chunk(func(c *format.ColumnMetaData) { c.DataPageOffset = math.MaxInt64 }), says: []string{place, "outside of the file"}},
		{name: "large-size.parquet", data: chunk(func(c *format.ColumnMetaData) { c.TotalCompressedSize = math.MaxInt64 }), says: []string{place, "outside of the file"}},
		{name: "negative-page.parquet", data: page(func(h *format.PageHeader) { h.CompressedPageSize = -1 }), says: []string{place, "page header"}},
		{name: "large-page.parquet", data: page(func(h *format.PageHeader) { h.CompressedPageSize = math.MaxInt32 }), says: []string{place, "page header"}},
		{name: "negative-decompressed.parquet", data: page(func(h *format.PageHeader) { h.UncompressedPageSize = -1 }), says: []string{place, "page header"}},
		{name: "elsewhere.parquet", data: lie(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].FilePath = "part\x1b[2J" }), says: []string{place, `another file, "part\x1b[2J"`}},
		{name: "escapes.parquet", data: lie(func(m *format.FileMetaData) {
			m.Schema[1].Name = "prom\x1b[31m\u202ept\n"
			m.RowGroups[0].Columns[0].MetaData.Codec = format.LZO
		}), says: []string{`column "prom\x1b[31m\u202ept\n"`, "compression LZO"}},
		{name: "columns.parquet", data: lie(manyColumns(100_000)), most: 128, says: []string{"100000 columns"}},
		{name: "nesting.parquet", data: lie(deepSchema(1000)), says: []string{"corrupt: footer: the schema nests deeper"}},
		{name: "children.parquet", data: lie(func(m *format.FileMetaData) { m.Schema[0].NumChildren = thrift.New(int32(math.MaxInt32)) }), says: []string{"corrupt: footer"}},
		{name: "row-groups.parquet", data: manyGroups(t, 1_000_000), most: 200, says: []string{"footer", "more than fits"}},
	}
}

func manyColumns(n int) func(*format.FileMetaData) {
	return func(m *format.FileMetaData) {
		m.Schema = m.Schema[:1]
		m.Schema[0].NumChildren = thrift.New(int32(n))
		for i := range n {
			m.Schema = append(m.Schema, textElement(fmt.Sprintf("c%d", i)))
		}
		one := m.RowGroups[0].Columns[0]
		m.RowGroups[0].Columns = nil
		for range n {
			m.RowGroups[0].Columns = append(m.RowGroups[0].Columns, one)
		}
	}
}

func deepSchema(depth int) func(*format.FileMetaData) {
	return func(m *format.FileMetaData) {
		leaf := m.Schema[1]
		m.Schema = m.Schema[:1]
		for range depth {
			m.Schema = append(m.Schema, format.SchemaElement{Name: "g", NumChildren: thrift.New(int32(1)), RepetitionType: thrift.New(format.Optional)})
		}
		m.Schema = append(m.Schema, leaf)
	}
}

// manyGroups repeats the row group of a file, all of them the same bytes.
func manyGroups(t *testing.T, n int) []byte {
	var group []byte
	data := oneText(t, func(m *format.FileMetaData) {
		m.NumRows = int64(n)
		group = marshalled(t, &m.RowGroups[0])
	})
	size := int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	pages, footer := data[:len(data)-8-size], data[len(data)-8-size:len(data)-8]
	before, after, ok := bytes.Cut(footer, append([]byte{0x1c}, group...)) // a list of one struct
	if !ok {
		t.Fatal("the footer has no such row group")
	}
	list := binary.AppendUvarint(append(bytes.Clone(before), 0xfc), uint64(n))
	return withFooter(pages, append(append(list, strings.Repeat(string(group), n)...), after...))
}
