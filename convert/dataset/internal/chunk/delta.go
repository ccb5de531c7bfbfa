package chunk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// deltaNumbers decodes n integers of w bytes.
func (r *Reader) deltaNumbers(data []byte, n, w int) (Values, error) {
	numbers, _, err := deltaIntegers(r.buffers.numbers, data, n)
	if err != nil {
		return Values{}, err
	}
	r.buffers.numbers = numbers
	out := resize(r.buffers.data, n*w)
	r.buffers.data = out
	for i, v := range numbers {
		if w == 4 {
			binary.LittleEndian.PutUint32(out[4*i:], uint32(v))
		} else {
			binary.LittleEndian.PutUint64(out[8*i:], uint64(v))
		}
	}
	return Values{Data: out, Width: w, Len: n}, nil
}

// deltaLengths decodes n byte arrays whose lengths all come first.
func (r *Reader) deltaLengths(data []byte, n int) (Values, error) {
	lengths, data, err := deltaIntegers(r.buffers.numbers, data, n)
	if err != nil {
		return Values{}, fmt.Errorf("lengths: %w", err)
	}
	r.buffers.numbers = lengths
	ends := resize(r.buffers.ends, n+1)
	r.buffers.ends = ends
	at := int64(0)
	for i, size := range lengths {
		if size < 0 || size > int64(len(data))-at {
			return Values{}, fmt.Errorf("value %d has %d bytes, the page only %d more", i, size, int64(len(data))-at)
		}
		ends[i] = uint32(at)
		at += size
	}
	ends[n] = uint32(at)
	return Values{Data: data, Ends: ends, Len: n}, nil
}

// deltaStrings decodes n byte arrays of which each says how much it shares with the one before.
func (r *Reader) deltaStrings(data []byte, n int) (Values, error) {
	prefixes, data, err := deltaIntegers(r.buffers.numbers, data, n)
	if err != nil {
		return Values{}, fmt.Errorf("prefix lengths: %w", err)
	}
	r.buffers.numbers = prefixes
	suffixes, data, err := deltaIntegers(r.buffers.numbers2, data, n)
	if err != nil {
		return Values{}, fmt.Errorf("suffix lengths: %w", err)
	}
	r.buffers.numbers2 = suffixes
	ends := resize(r.buffers.ends, n+1)
	r.buffers.ends = ends
	out, err := r.roomFor(prefixes, suffixes)
	if err != nil {
		return Values{}, err
	}
	last, width := int64(0), int64(r.col.width())
	for i, prefix := range prefixes {
		suffix := suffixes[i]
		switch {
		case prefix < 0 || prefix > last || suffix < 0 || suffix > int64(len(data)):
			return Values{}, fmt.Errorf("value %d has %d bytes of the one before and %d of its own", i, prefix, suffix)
		case width > 0 && prefix+suffix != width:
			return Values{}, fmt.Errorf("value %d has %d bytes instead of %d", i, prefix+suffix, width)
		}
		ends[i] = uint32(len(out))
		before := int64(len(out)) - last
		out = append(out, out[before:before+prefix]...)
		out = append(out, data[:suffix]...)
		data, last = data[suffix:], prefix+suffix
	}
	r.buffers.data = out
	if width > 0 {
		return Values{Data: out, Width: int(width), Len: n}, nil
	}
	ends[n] = uint32(len(out))
	return Values{Data: out, Ends: ends, Len: n}, nil
}

// roomFor returns an empty buffer for byte arrays of these lengths in two parts, which a few bytes can make long.
func (r *Reader) roomFor(prefixes, suffixes []int64) ([]byte, error) {
	total := int64(0)
	for i, prefix := range prefixes {
		total += min(max(prefix, 0), r.limit) + min(max(suffixes[i], 0), r.limit)
		if total > r.limit {
			return nil, fmt.Errorf("the values have more bytes than the column can have (%d)", r.limit)
		}
	}
	if err := r.shared.charge(&r.heldLong, total); err != nil {
		return nil, err
	}
	r.buffers.data = resize(r.buffers.data, int(total))
	return r.buffers.data[:0], nil
}

// deltaIntegers decodes the n integers of a DELTA_BINARY_PACKED stream into buf and returns them and what
// follows. 32-bit integers come out right in their low bits.
func deltaIntegers(buf []int64, src []byte, n int) (out []int64, rest []byte, err error) {
	d := deltaReader{src: src}
	perMini, minis, first := d.head(n)
	if d.err != nil {
		return nil, nil, d.err
	}
	out = resize(buf, n)
	out[0] = first
	for i := 1; i < n; {
		low := d.signed()
		widths := d.take(uint64(minis))
		if d.err != nil {
			return nil, nil, d.err
		}
		for _, width := range widths {
			if i == n {
				break // the writer leaves out what it does not need, but not its width
			}
			m := min(n-i, perMini)
			d.mini(out[i:i+m], int(width), perMini)
			for end := i + m; i < end; i++ {
				out[i] += out[i-1] + low
			}
		}
		if d.err != nil {
			return nil, nil, d.err
		}
	}
	return out, d.src, nil
}

// deltaReader takes a DELTA_BINARY_PACKED stream apart. After an error it returns zeros.
type deltaReader struct {
	src []byte
	err error
}

// head reads the start of the stream, which must announce n > 0 values.
func (d *deltaReader) head(n int) (perMini, minis int, first int64) {
	block, count, total := d.unsigned(), d.unsigned(), d.unsigned()
	first = d.signed()
	switch {
	case d.err != nil:
	case total != uint64(n):
		d.err = fmt.Errorf("the stream has %d values", total)
	case count == 0 || block == 0 || block > math.MaxInt32 || block%count != 0 || block/count%8 != 0:
		d.err = fmt.Errorf("blocks of %d values in %d parts", block, count)
	default:
		return int(block / count), int(count), first
	}
	return 0, 0, 0
}

// mini fills dst with the numbers of one miniblock of size values, all of which are there unless
// the stream ends with it.
func (d *deltaReader) mini(dst []int64, width, size int) {
	if width > 64 {
		d.err = fmt.Errorf("numbers of %d bits", width)
	}
	need, whole := (len(dst)*width+7)/8, size*width/8
	if d.err != nil || need > len(d.src) {
		d.fail(io.ErrUnexpectedEOF)
		clear(dst)
		return
	}
	unpack64(dst, d.src, width)
	d.src = d.src[min(whole, len(d.src)):]
}

func (d *deltaReader) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

func (d *deltaReader) unsigned() uint64 {
	u, n := binary.Uvarint(d.src)
	if n <= 0 {
		d.fail(errors.New("a number is cut off"))
		return 0
	}
	d.src = d.src[n:]
	return u
}

func (d *deltaReader) signed() int64 {
	u := d.unsigned()
	return int64(u>>1) ^ -int64(u&1)
}

func (d *deltaReader) take(n uint64) []byte {
	if d.err != nil || n > uint64(len(d.src)) {
		d.fail(io.ErrUnexpectedEOF)
		return nil
	}
	b := d.src[:n]
	d.src = d.src[n:]
	return b
}

// unpack64 is unpack for numbers of up to 64 bits.
func unpack64(dst []int64, src []byte, width int) {
	for i := range dst {
		var v uint64
		for bit, have := i*width, 0; have < width; {
			take := min(8-bit%8, width-have)
			part := uint64(src[bit/8]) >> (bit % 8) & (1<<take - 1)
			v |= part << have
			bit, have = bit+take, have+take
		}
		dst[i] = int64(v)
	}
}
