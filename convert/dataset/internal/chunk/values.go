package chunk

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/format"
)

// values decodes n values that are not in a dictionary.
func (r *Reader) values(encoding format.Encoding, data []byte, n int) (Values, error) {
	b := &r.buffers
	switch encoding {
	case format.Plain:
		return plain(r.col, data, n, &b.data, &b.ends)
	case format.RLE:
		if r.col.Type == format.Boolean {
			return runBooleans(data, n, &b.data)
		}
	case format.DeltaBinaryPacked:
		if w := r.col.width(); r.col.Type == format.Int32 || r.col.Type == format.Int64 {
			return r.deltaNumbers(data, n, w)
		}
	case format.DeltaLengthByteArray:
		if r.col.Type == format.ByteArray {
			return r.deltaLengths(data, n)
		}
	case format.DeltaByteArray:
		if r.col.Type == format.ByteArray || r.col.Type == format.FixedLenByteArray {
			return r.deltaStrings(data, n)
		}
	case format.ByteStreamSplit:
		if w := r.col.width(); w > 1 {
			return joinStreams(data, n, w, &b.data)
		}
	}
	return Values{}, unsupported("encoding %s (%d) for %s", encoding, int32(encoding), r.col.Type)
}

// plain decodes n values that follow each other. Only booleans need buf, only byte arrays ends.
func plain(col Column, data []byte, n int, buf *[]byte, ends *[]uint32) (Values, error) {
	switch w := col.width(); {
	case col.Type == format.Boolean:
		if (n+7)/8 > len(data) {
			return Values{}, io.ErrUnexpectedEOF
		}
		*buf = resize(*buf, n)
		unpack(*buf, data, 1)
		return Values{Data: *buf, Width: 1, Len: n}, nil
	case w > 0:
		if int64(n)*int64(w) > int64(len(data)) {
			return Values{}, io.ErrUnexpectedEOF
		}
		return Values{Data: data[:n*w], Width: w, Len: n}, nil
	case col.Type == format.ByteArray:
		return plainByteArrays(data, n, ends)
	default:
		return Values{}, unsupported("physical type %s", col.Type)
	}
}

// plainByteArrays finds n byte arrays, each after its length, and leaves them where they are.
func plainByteArrays(data []byte, n int, ends *[]uint32) (Values, error) {
	if n > len(data)/4 {
		return Values{}, io.ErrUnexpectedEOF
	}
	*ends = resize(*ends, n+1)
	out, at := *ends, 0
	for i := range n {
		if len(data)-at < 4 {
			return Values{}, io.ErrUnexpectedEOF
		}
		size := int64(binary.LittleEndian.Uint32(data[at:]))
		at += 4
		if size > int64(len(data)-at) {
			return Values{}, fmt.Errorf("value %d has %d bytes, the page only %d more", i, size, len(data)-at)
		}
		out[i] = uint32(at)
		at += int(size)
	}
	out[n] = uint32(at + 4)
	return Values{Data: data, Ends: out, Gap: 4, Len: n}, nil
}

// runBooleans decodes n booleans from runs, which follow their length.
func runBooleans(data []byte, n int, buf *[]byte) (Values, error) {
	if len(data) < 4 {
		return Values{}, io.ErrUnexpectedEOF
	}
	size := int64(binary.LittleEndian.Uint32(data))
	if size > int64(len(data)-4) {
		return Values{}, io.ErrUnexpectedEOF
	}
	*buf = resize(*buf, n)
	if err := hybrid(*buf, data[4:4+size], 1); err != nil {
		return Values{}, err
	}
	return Values{Data: *buf, Width: 1, Len: n}, nil
}

// joinStreams puts n values of w bytes back together: all first bytes come first, then all second.
func joinStreams(data []byte, n, w int, buf *[]byte) (Values, error) {
	if int64(n)*int64(w) != int64(len(data)) {
		return Values{}, fmt.Errorf("%d values of %d bytes in %d bytes", n, w, len(data))
	}
	*buf = resize(*buf, n*w)
	for j := range w {
		for i, c := range data[j*n : (j+1)*n] {
			(*buf)[i*w+j] = c
		}
	}
	return Values{Data: *buf, Width: w, Len: n}, nil
}
