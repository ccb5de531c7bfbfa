package chunk

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/parquet-go/parquet-go/format"

	"github.com/promptmill/promptmill/convert/dataset/internal/meta"
)

// Reader reads the pages of column chunks of one column, one chunk after the other, and keeps its
// buffers between them. [NewReader] makes one, which is ready for [Reader.Reset]. It starts no goroutines and is
// for one goroutine at a time.
type Reader struct {
	col    Column
	codec  format.CompressionCodec
	window window
	left   int64 // entries that the chunk still owes
	limit  int64 // largest page that the chunk can hold, uncompressed

	shared   *Shared
	held     int64 // bytes that are accounted for in shared, for data pages
	heldDict int64 // the same for dictionaries
	heldLong int64 // and for byte arrays that are longer than their page
	dict     *Values
	header   format.PageHeader
	page     Page
	pages    int64 // how many pages are in memory at the same time
	lent     bool  // the page holds bytes of the window
	buffers  buffers
	dictBuffers
}

// NewReader returns a reader that has s in common with those of other columns.
func NewReader(s *Shared) Reader { return Reader{shared: s, pages: 1} }

// buffers hold what a page is decoded into.
type buffers struct {
	plain    []byte // the page, uncompressed
	data     []byte // values of encodings that do not keep them in the page as they are
	def, rep []uint8
	index    []uint32
	ends     []uint32
	numbers  []int64
	numbers2 []int64
}

// dictBuffers hold what a dictionary is decoded into.
type dictBuffers struct {
	dictEnds  []uint32
	dictPlain []byte
	dictData  []byte
}

// Reset begins the chunk that m describes, of a file whose pages end at limit.
func (r *Reader) Reset(src io.ReaderAt, limit int64, col Column, m *meta.ColumnMetaData) error {
	r.left = 0
	if m.NumValues == 0 { // some writers place a column of nothing anywhere
		return nil
	}
	start, end, ok := Place(m, limit)
	if !ok {
		return fmt.Errorf("the footer places %d bytes at offset %d, outside of the file", m.TotalCompressedSize, start)
	}
	if m.NumValues < 0 {
		return fmt.Errorf("the footer declares %d values", m.NumValues)
	}
	if m.Type != col.Type {
		return fmt.Errorf("the column is %s in the schema and %s in the row group", col.Type, m.Type)
	}
	r.col, r.codec, r.left, r.dict = col, m.Codec, m.NumValues, nil
	// A wrong total in the footer must not stop ordinary pages.
	r.limit = min(max(m.TotalUncompressedSize, 16<<20), maxPageBytes)
	// Old writers forgot the dictionary's header in the size of the chunk; it takes less than 100 bytes.
	r.window.reset(src, start, end, min(100, limit-end))
	return nil
}

// Place returns where the pages of the chunk that m describes lie in a file whose pages end at limit. It is false for a
// chunk that cannot be there.
func Place(m *meta.ColumnMetaData, limit int64) (start, end int64, ok bool) {
	start = m.DataPageOffset
	if d := m.DictionaryPageOffset; d > 0 && d < start {
		start = d
	}
	if start < 4 || m.TotalCompressedSize < 0 || start > limit || m.TotalCompressedSize > limit-start {
		return start, start, false
	}
	return start, start + m.TotalCompressedSize, true
}

// Next returns the next data page, and io.EOF when all entries that the chunk declares have been
// returned.
func (r *Reader) Next() (*Page, error) {
	for r.left > 0 {
		body, err := r.nextBody()
		if err != nil {
			return nil, err
		}
		switch r.header.Type {
		case format.DictionaryPage:
			err = r.readDictionary(body)
		case format.DataPage:
			err = r.readV1(body)
		case format.DataPageV2:
			err = r.readV2(body)
		default: // index pages, and kinds that do not exist yet, hold no values
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pageName(r.header.Type), err)
		}
		if r.header.Type != format.DictionaryPage && r.page.Entries > 0 {
			r.left -= int64(r.page.Entries)
			return &r.page, nil
		}
	}
	return nil, io.EOF
}

func pageName(t format.PageType) string {
	if t == format.DictionaryPage {
		return "dictionary page"
	}
	return "data page"
}

// nextBody reads the next page header and returns the bytes of its page as they are in the file.
func (r *Reader) nextBody() ([]byte, error) {
	r.lent = false
	n, err := r.readHeader()
	if err != nil {
		return nil, fmt.Errorf("page header: %w", err)
	}
	r.window.discard(n)
	h := &r.header
	size := int64(h.CompressedPageSize)
	if size > r.window.left() {
		r.window.extend()
	}
	if size < 0 || size > r.window.left() {
		return nil, fmt.Errorf("page header: the page has %d bytes, the column only %d more", size, r.window.left())
	}
	if large := max(h.UncompressedPageSize, h.CompressedPageSize); large > maxPageBytes {
		return nil, unsupported("a page of %d bytes (the limit is %d MiB)", large, maxPageBytes>>20)
	}
	if h.UncompressedPageSize < 0 || int64(h.UncompressedPageSize) > r.limit {
		return nil, fmt.Errorf("page header: %d bytes after decompression are more than the column can have (%d)",
			h.UncompressedPageSize, r.limit)
	}
	if err := r.charge(); err != nil {
		return nil, err
	}
	body, err := r.window.peek(int(size))
	if err != nil {
		return nil, err
	}
	r.window.discard(int(size))
	if h.CRC != 0 && crc32.ChecksumIEEE(body) != uint32(h.CRC) {
		return nil, fmt.Errorf("%s: checksum mismatch", pageName(h.Type))
	}
	return body, nil
}

// readHeader decodes the next page header into r.header and returns its length.
func (r *Reader) readHeader() (int, error) {
	for size := 1 << 10; ; size *= 8 {
		b, err := r.window.peek(size)
		if err != nil {
			return 0, err
		}
		n, err := meta.PageHeader(b, &r.header)
		short := errors.Is(err, meta.ErrShort)
		if short && len(b) < size && r.window.extend() {
			size /= 8 // the same again, with what is behind the end
			continue
		}
		if len(b) == 0 {
			return 0, fmt.Errorf("the column ends %d values early", r.left)
		}
		if !short || len(b) < size || size > maxHeaderBytes {
			return n, err
		}
	}
}

// expand returns the page as it was before compression, in buf if it had to be decompressed.
func (r *Reader) expand(buf *[]byte, body []byte, size int) ([]byte, error) {
	if r.codec == format.Uncompressed {
		r.lent = true
		return body, nil
	}
	if size == 0 {
		return nil, nil
	}
	if err := plausible(r.codec, size, len(body)); err != nil {
		return nil, err
	}
	*buf = resize(*buf, size)
	if err := r.shared.inflate(r.codec, *buf, body); err != nil {
		return nil, fmt.Errorf("%s: %w", r.codec, err)
	}
	return *buf, nil
}

func (r *Reader) readDictionary(body []byte) error {
	if !r.header.DictionaryPageHeader.Valid {
		return errNoHeader
	}
	if r.dict != nil {
		return errors.New("the column has a second one")
	}
	h := &r.header.DictionaryPageHeader.V
	n := int(h.NumValues)
	if n < 0 || n > maxPageValues {
		return fmt.Errorf("it declares %d values", n)
	}
	if h.Encoding != format.Plain && h.Encoding != format.PlainDictionary {
		return unsupported("encoding %s of a dictionary", h.Encoding)
	}
	data, err := r.expand(&r.dictPlain, body, int(r.header.UncompressedPageSize))
	if err != nil {
		return err
	}
	if r.codec == format.Uncompressed { // the window moves on, the dictionary stays
		r.dictPlain = append(r.dictPlain[:0], data...)
		data = r.dictPlain
	}
	v, err := plain(r.col, data, n, &r.dictData, &r.dictEnds)
	if err != nil {
		return err
	}
	r.dict = &v
	return nil
}

// resize returns a slice of length n that reuses b where it is large enough. What it holds is
// undefined. The next page may be a little larger.
func resize[T any](b []T, n int) []T {
	if cap(b) < n {
		return make([]T, n, n+n/16)
	}
	return b[:n]
}
