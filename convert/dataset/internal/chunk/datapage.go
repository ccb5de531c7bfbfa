package chunk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"github.com/parquet-go/parquet-go/format"
)

var errNoHeader = errors.New("the page header has no part for its kind")

// readV1 decodes a page of version 1: everything is compressed together, and the levels say how
// many bytes they take.
func (r *Reader) readV1(body []byte) error {
	if !r.header.DataPageHeader.Valid {
		return errNoHeader
	}
	h := &r.header.DataPageHeader.V
	if err := r.begin(h.NumValues); err != nil {
		return err
	}
	data, err := r.expand(&r.buffers.plain, body, int(r.header.UncompressedPageSize))
	if err != nil {
		return err
	}
	if r.page.Entries == 0 {
		return nil
	}
	if r.col.MaxRep > 0 {
		if data, err = levelsV1(r.page.Rep, data, h.RepetitionLevelEncoding, r.col.MaxRep); err != nil {
			return fmt.Errorf("repetition levels: %w", err)
		}
	}
	if r.col.MaxDef > 0 {
		if data, err = levelsV1(r.page.Def, data, h.DefinitionLevelEncoding, r.col.MaxDef); err != nil {
			return fmt.Errorf("definition levels: %w", err)
		}
	}
	return r.decode(h.Encoding, data)
}

// readV2 decodes a page of version 2: the levels come first and are never compressed.
func (r *Reader) readV2(body []byte) error {
	if !r.header.DataPageHeaderV2.Valid {
		return errNoHeader
	}
	h := &r.header.DataPageHeaderV2.V
	if err := r.begin(h.NumValues); err != nil {
		return err
	}
	nr, nd := int(h.RepetitionLevelsByteLength), int(h.DefinitionLevelsByteLength)
	size := int(r.header.UncompressedPageSize) - nr - nd
	if nr < 0 || nd < 0 || nr > len(body) || nd > len(body)-nr || size < 0 {
		return fmt.Errorf("levels of %d and %d bytes in a page of %d", nr, nd, len(body))
	}
	// Columns outside of lists have no levels, but some writers leave bytes in their place.
	if r.col.MaxRep > 0 {
		if err := levels(r.page.Rep, body[:nr], r.col.MaxRep); err != nil {
			return fmt.Errorf("repetition levels: %w", err)
		}
	}
	if r.col.MaxDef > 0 {
		if err := levels(r.page.Def, body[nr:nr+nd], r.col.MaxDef); err != nil {
			return fmt.Errorf("definition levels: %w", err)
		}
	}
	data, err := body[nr+nd:], error(nil)
	if c := h.IsCompressed; c.Valid && !c.V {
		r.lent = true
	} else {
		if data, err = r.expand(&r.buffers.plain, data, size); err != nil {
			return err
		}
	}
	return r.decode(h.Encoding, data)
}

// begin makes room for the levels of a page of n entries.
func (r *Reader) begin(n int32) error {
	if n < 0 || int64(n) > r.left || n > maxPageValues {
		return fmt.Errorf("it declares %d values, the column has %d more", n, r.left)
	}
	r.page = Page{Entries: int(n)}
	if r.col.MaxDef > 0 {
		r.buffers.def = resize(r.buffers.def, int(n))
		r.page.Def = r.buffers.def
	}
	if r.col.MaxRep > 0 {
		r.buffers.rep = resize(r.buffers.rep, int(n))
		r.page.Rep = r.buffers.rep
	}
	return nil
}

// levelsV1 fills dst from the start of data and returns what follows.
func levelsV1(dst []uint8, data []byte, encoding format.Encoding, top uint8) ([]byte, error) {
	if encoding == format.BitPacked {
		width := bits.Len8(top)
		n := (len(dst)*width + 7) / 8
		if n > len(data) {
			return nil, io.ErrUnexpectedEOF
		}
		unpackMSB(dst, data[:n], width)
		return data[n:], checkLevels(dst, top)
	}
	if encoding != format.RLE {
		return nil, unsupported("encoding %s", encoding)
	}
	if len(data) < 4 {
		return nil, io.ErrUnexpectedEOF
	}
	n := int64(binary.LittleEndian.Uint32(data))
	if n > int64(len(data)-4) {
		return nil, io.ErrUnexpectedEOF
	}
	return data[4+n:], levels(dst, data[4:4+n], top)
}

// levels fills dst with levels of at most top.
func levels(dst []uint8, data []byte, top uint8) error {
	if err := hybrid(dst, data, bits.Len8(top)); err != nil {
		return err
	}
	return checkLevels(dst, top)
}

func checkLevels(dst []uint8, top uint8) error {
	if top&(top+1) == 0 {
		return nil // all values of this many bits are levels
	}
	for _, level := range dst {
		if level > top {
			return fmt.Errorf("level %d, the schema has %d", level, top)
		}
	}
	return nil
}

// decode sets the values of the page, of which there are as many as the levels say.
func (r *Reader) decode(encoding format.Encoding, data []byte) (err error) {
	n := r.page.Entries
	if r.col.MaxDef > 0 {
		n = bytes.Count(r.page.Def, []byte{r.col.MaxDef})
	}
	if n == 0 { // pages of nulls have any encoding and sometimes no bytes at all
		r.page.Values = Values{Width: r.col.width()}
		return nil
	}
	if encoding == format.PlainDictionary || encoding == format.RLEDictionary {
		return r.decodeIndex(data, n)
	}
	r.page.Values, err = r.values(encoding, data, n)
	if err != nil && !errors.Is(err, ErrUnsupported) {
		return fmt.Errorf("%d values as %s: %w", n, encoding, err)
	}
	return err
}

// decodeIndex sets values that are places in the dictionary.
func (r *Reader) decodeIndex(data []byte, n int) error {
	if r.dict == nil {
		return errors.New("its values are in a dictionary, which the column does not have")
	}
	if len(data) == 0 || data[0] > 32 {
		return errors.New("its dictionary places have no bit width")
	}
	r.buffers.index = resize(r.buffers.index, n)
	if err := hybrid(r.buffers.index, data[1:], int(data[0])); err != nil {
		return fmt.Errorf("dictionary places: %w", err)
	}
	var top uint32
	for _, k := range r.buffers.index {
		top = max(top, k)
	}
	if int64(top) >= int64(r.dict.Len) {
		return fmt.Errorf("it asks for value %d of a dictionary of %d", top, r.dict.Len)
	}
	r.page.Values = *r.dict
	r.page.Values.Index = r.buffers.index
	return nil
}
