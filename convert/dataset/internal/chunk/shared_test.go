package chunk

import (
	"errors"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// The pages of all columns together are bounded, and what a column has is counted once however many pages it reads.
func TestShared_charge(t *testing.T) {
	shared := new(Shared)
	one, two := NewReader(shared), NewReader(shared)
	page := func(size int32) format.PageHeader {
		return format.PageHeader{Type: format.DataPageV2, UncompressedPageSize: size, DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{})}
	}
	for range 10 {
		one.header = page(500 << 20)
		if err := one.charge(); err != nil {
			t.Fatal(err)
		}
	}
	two.header = page(500 << 20)
	if err := two.charge(); err != nil {
		t.Fatal(err)
	}
	three := NewReader(shared)
	three.header = page(50 << 20)
	if err := three.charge(); !errors.Is(err, ErrUnsupported) {
		t.Errorf("error %v, want it to be %q", err, ErrUnsupported)
	}
	two.header = page(100)
	if err := two.charge(); err != nil {
		t.Errorf("a page in the place of a larger one: %v", err)
	}
}

// A few bytes of shared beginnings can be long: they are refused before there is a buffer for them.
func TestDeltaStrings_bomb(t *testing.T) {
	const n = 1 << 16
	prefixes := make([]int64, n)
	for i := range prefixes {
		prefixes[i] = int64(i)
	}
	r := &Reader{shared: new(Shared), limit: maxPageBytes}
	_, err := r.roomFor(prefixes, make([]int64, n))
	if err == nil || cap(r.buffers.data) > 0 {
		t.Errorf("error %v, %d bytes allocated", err, cap(r.buffers.data))
	}
}
