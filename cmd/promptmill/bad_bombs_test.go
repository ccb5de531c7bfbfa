package main

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// parquetBombs are small files that stand for much: by what their headers claim, or truly.
func parquetBombs(t *testing.T) []badInput {
	zeros := make([]byte, 16<<20)
	large := plainText(strings.Repeat("a", 65<<20))
	var bad []badInput
	for name, codec := range map[string]struct {
		id format.CompressionCodec
		compress.Codec
	}{
		"snappy": {format.Snappy, &parquet.Snappy}, "gzip": {format.Gzip, &parquet.Gzip}, "zstd": {format.Zstd, &parquet.Zstd},
		"lz4": {format.Lz4Raw, &parquet.Lz4Raw}, "brotli": {format.Brotli, &parquet.Brotli},
	} {
		file := func(size int32, plain []byte) []byte {
			return forgery{rows: 1, codec: codec.id, pages: []forgedPage{dataPage(size, 1, format.Plain, packed(t, codec, plain))}}.bytes(t)
		}
		claims := badInput{name: "claims-" + name + ".parquet", data: file(400<<20, []byte("hello")), says: []string{place}}
		if name == "brotli" { // the only codec of which no size can be ruled out
			claims.most = 480
		}
		bad = append(bad, claims,
			badInput{name: "longer-" + name + ".parquet", data: file(100, zeros), says: []string{place}},
			badInput{name: "string-" + name + ".parquet", data: file(int32(len(large)), large), most: 180, says: []string{place, "near row 0", "more than 64 MiB"}})
	}
	values := int32(1 << 26)
	runs := []byte{0, 0x80, 0x80, 0x80, 0x40, 0} // 2^26 times place 0
	wide := forgery{rows: 1, pages: []forgedPage{dictionaryPage(1, make([]byte, 1<<20)), dataPage(6, values, format.RLEDictionary, runs)}, edit: func(m *format.FileMetaData) {
		m.NumRows, m.RowGroups[0].NumRows = 1, 1
		m.RowGroups[0].Columns[0].MetaData.NumValues = int64(values)
		m.RowGroups[0].Columns[0].MetaData.Type = format.FixedLenByteArray
		m.Schema[1] = format.SchemaElement{Name: "prompt", Type: thrift.New(format.FixedLenByteArray), TypeLength: thrift.New(int32(1 << 20)), RepetitionType: thrift.New(format.Repeated)}
	}}
	long := plainText("x")
	copy(long, []byte{0xff, 0xff, 0xff, 0x7f})
	return append(bad,
		badInput{name: "string-2GiB.parquet", data: forgery{rows: 1, pages: []forgedPage{dataPage(5, 1, format.Plain, long)}}.bytes(t), says: []string{place, "2147483647 bytes"}},
		badInput{name: "page-2GiB.parquet", data: forgery{rows: 1, codec: format.Zstd, pages: []forgedPage{dataPage(math.MaxInt32, 1, format.Plain, packed(t, &parquet.Zstd, zeros))}}.bytes(t), says: []string{place, "the limit is 512 MiB"}},
		badInput{name: "list-of-64TB.parquet", data: wide.bytes(t), args: []string{"--prompt-template", "{{.prompt}}"}, most: 480, says: []string{place}},
	)
}

// badText are files of text that are too long, too wide or too deep.
func badText(t *testing.T) []badInput {
	const n = 100_000
	names := make([]string, n)
	for i := range names {
		names[i] = "c" + strings.Repeat("x", 1+i%7) + string(rune('a'+i%26)) + string(rune(0x4e00+i/26))
	}
	header := strings.Join(names, ",")
	endless := func(head string) []byte { return zstdOf(t, head, 'a', 256<<20) }
	nested := gzipped(t, gzipped(t, []byte(`{"prompt":"x"}`+"\n")))
	const long = "a row has more than 64 MiB"
	return []badInput{
		{name: "columns.csv", data: []byte(header + "\n" + strings.Repeat("v,", n-1) + "v\n"), says: []string{":1:", "columns"}},
		{name: "columns.jsonl", data: []byte(`{"` + strings.Join(names, `":1,"`) + `":1}` + "\n"), says: []string{":1:", "columns"}},
		{name: "depth.jsonl", data: []byte(`{"prompt":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}\n"), says: []string{":1:", "deeper"}},
		{name: "depth.json", data: []byte(`[{"prompt":` + strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) + "}]"), says: []string{":1:", "deeper"}},
		{name: "endless.jsonl.zst", data: endless(`{"prompt":"`), most: 400, says: []string{":1: ", long}},
		{name: "endless.json.zst", data: endless(`[{"prompt":"`), most: 400, says: []string{":1:", long}},
		{name: "endless.csv.zst", data: endless("prompt\n\""), most: 400, says: []string{":2: ", long}},
		{name: "endless.txt.zst", data: endless("one\n"), most: 400, says: []string{":2: ", long}},
		{name: "zeros.txt.zst", data: zstdOf(t, "", 0, 256<<20), most: 400, says: []string{":1: ", long}},
		{name: "twice.jsonl.gz", data: nested},
		{name: "cut.jsonl.gz", data: gzipped(t, []byte(strings.Repeat(`{"prompt":"x"}`+"\n", 99)))[:30], says: []string{"gzip: the end is missing"}},
		{name: "wide.jsonl", data: []byte("\xff\xfe{\x00}\x00"), says: []string{"UTF-16"}},
		{name: "pointer.jsonl", data: []byte("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"), says: []string{"Git LFS pointer"}},
		{name: "page.jsonl", data: []byte("<!doctype html><html>"), says: []string{"HTML"}},
	}
}

func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zstdOf compresses head and n times a byte.
func zstdOf(t *testing.T, head string, b byte, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(head)); err != nil {
		t.Fatal(err)
	}
	part := bytes.Repeat([]byte{b}, 1<<20)
	for range n >> 20 {
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
