package meta

import (
	"encoding/binary"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := thrift.Marshal(new(thrift.CompactProtocol), v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func wholeFooter(t testing.TB) []byte {
	return marshal(t, &format.FileMetaData{
		Version: 1, NumRows: 3, CreatedBy: "test",
		Schema: []format.SchemaElement{{Name: "schema"}, {Name: "x", LogicalType: format.LogicalType{Value: new(format.StringType)}}},
		RowGroups: []format.RowGroup{{NumRows: 3, Columns: []format.ColumnChunk{{
			MetaData: format.ColumnMetaData{NumValues: 3, DataPageOffset: 4, Statistics: format.Statistics{MinValue: []byte("a")}},
		}}}},
		KeyValueMetadata: []format.KeyValue{{Key: "k", Value: "v"}},
	})
}

func TestFooter(t *testing.T) {
	b := wholeFooter(t)
	m, err := Footer(b)
	if err != nil {
		t.Fatal(err)
	}
	want := &FileMetaData{
		NumRows: 3, Schema: m.Schema,
		RowGroups: []RowGroup{{NumRows: 3, Columns: []ColumnChunk{{Chunk: ColumnMetaData{
			NumValues: 3, DataPageOffset: 4, Encodings: []format.Encoding{},
			Statistics: Statistics{thrift.Null[int64]{Valid: true}},
		}}}}},
		KeyValueMetadata: []KeyValue{{"k", "v"}}, CreatedBy: "test",
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := Footer(append(b, make([]byte, signature)...)); err != nil {
		t.Errorf("signed footer: %v", err)
	}
	if _, err := Footer(append(b, 0)); err == nil {
		t.Error("a stray byte was not noticed")
	}
	for n := range b {
		if _, err := Footer(b[:n]); err == nil {
			t.Errorf("the first %d of %d bytes are a footer", n, len(b))
		}
	}
}

// Lengths that no bytes back are refused before anything is allocated for them.
func TestFooter_hostile(t *testing.T) {
	huge := binary.AppendUvarint(nil, 1<<31-1)
	nested := make([]byte, 0, 1<<20)
	for range 1 << 19 {
		nested = append(nested, 0x1c) // a struct, in a struct, in a struct
	}
	empty := append([]byte{0x49, 0xfc}, binary.AppendUvarint(nil, 1<<20)...)
	for name, b := range map[string][]byte{
		"list of two billion row groups": append([]byte{0x49, 0xfc}, huge...),
		"string of two gigabytes":        append([]byte{0x68}, huge...),
		"map of two billion entries":     append([]byte{0xfb}, append(huge, 0x88)...),
		"half a million structs deep":    nested,
		"a million empty structs":        append(empty, make([]byte, 1<<20)...),
		"endless number":                 {0x16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"unknown type":                   {0x1f},
	} {
		allocs := testing.AllocsPerRun(1, func() {
			if _, err := Footer(b); err == nil {
				t.Errorf("%s: no error", name)
			}
		})
		if allocs > 50 {
			t.Errorf("%s: %v allocations", name, allocs)
		}
	}
}

func TestPageHeader_tellsShortFromBroken(t *testing.T) {
	b := marshal(t, &format.PageHeader{Type: format.DataPage, CompressedPageSize: 7, UncompressedPageSize: 9})
	var h format.PageHeader
	n, err := PageHeader(append(b, "the page"...), &h)
	if err != nil || n != len(b) || h.CompressedPageSize != 7 {
		t.Errorf("length %d of %d, size %d, error %v", n, len(b), h.CompressedPageSize, err)
	}
	for n := range b {
		if _, err := PageHeader(b[:n], &h); !errors.Is(err, ErrShort) {
			t.Errorf("%d bytes: error %v, want %v", n, err, ErrShort)
		}
	}
}

// Whatever the bytes: no panic, and what decodes has the length that was measured.
func FuzzFooter(f *testing.F) {
	f.Add(wholeFooter(f))
	f.Add([]byte{0x49, 0xfc, 0xff, 0xff, 0xff, 0xff, 7})
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := Footer(b); (m == nil) == (err == nil) {
			t.Errorf("metadata %v and error %v", m, err)
		}
		var h format.PageHeader
		if n, err := PageHeader(b, &h); err == nil && (n < 1 || n > len(b)) {
			t.Errorf("header of %d bytes in %d", n, len(b))
		}
	})
}
