package chunk

import (
	"sync"

	"github.com/parquet-go/parquet-go/format"
)

// maxHeld bounds the memory that the pages of several columns take together.
const maxHeld = 1 << 30

// Shared is what the readers of the columns of one file have in common: decoders, which are as large as many pages, and a
// bound for the memory of all. A column holds one page or two, but a few bytes can stand for a large one, and a file can
// have thousands of columns. The zero value is ready. The readers that have it may be used by different goroutines.
type Shared struct {
	mu   sync.Mutex
	idle []*inflater // as many as were in use at the same time
	held int64       // bytes, in all readers
}

// inflate is [inflater.page] of an idle one.
func (s *Shared) inflate(codec format.CompressionCodec, dst, src []byte) error {
	s.mu.Lock()
	in := new(inflater)
	if n := len(s.idle); n > 0 {
		in, s.idle = s.idle[n-1], s.idle[:n-1]
	}
	s.mu.Unlock()
	err := in.page(codec, dst, src)
	s.mu.Lock()
	s.idle = append(s.idle, in)
	s.mu.Unlock()
	return err
}

// charge accounts for buffers of n bytes, of which held are accounted for. Buffers never shrink.
func (s *Shared) charge(held *int64, n int64) error {
	more := n - *held
	if more <= 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held+more > maxHeld {
		return unsupported("a page of %d MiB beside those of other columns (the limit is %d MiB for all)", n>>20, maxHeld>>20)
	}
	s.held, *held = s.held+more, n
	return nil
}

// charge accounts for the page that the header announces, before anything is made for it.
func (r *Reader) charge() error {
	h := &r.header
	stored := max(int64(h.CompressedPageSize), min(minRead, r.window.left()))
	switch {
	case h.Type == format.DictionaryPage && h.DictionaryPageHeader.Valid:
		p := &h.DictionaryPageHeader.V
		return r.shared.charge(&r.heldDict, stored+decodedBytes(h.UncompressedPageSize, p.NumValues, p.Encoding))
	case h.Type == format.DataPage && h.DataPageHeader.Valid:
		p := &h.DataPageHeader.V
		stored += decodedBytes(h.UncompressedPageSize, p.NumValues, p.Encoding)
	case h.Type == format.DataPageV2 && h.DataPageHeaderV2.Valid:
		p := &h.DataPageHeaderV2.V
		stored += decodedBytes(h.UncompressedPageSize, p.NumValues, p.Encoding)
	}
	return r.shared.charge(&r.held, stored*r.pages)
}

// decodedBytes bounds what a page of size bytes with n entries takes, but for byte arrays that are longer than the page:
// with the page go levels, and places or ends; and the values, in encodings that do not keep them as they are.
func decodedBytes(size, n int32, encoding format.Encoding) int64 {
	bytes, each := int64(size), int64(1+1+4)
	switch encoding {
	case format.DeltaBinaryPacked, format.DeltaLengthByteArray, format.DeltaByteArray:
		each += 8 + 8
	case format.ByteStreamSplit:
		bytes *= 2
	}
	return bytes + each*int64(min(max(n, 0), maxPageValues))
}
