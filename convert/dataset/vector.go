package dataset

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/promptmill/promptmill/convert/dataset/internal/chunk"
)

// vector collects the values of one leaf in arrow's layout, so that a batch takes its memory over
// as it is.
type vector struct {
	typ   arrow.DataType
	width int  // bytes per value; 0 for byte arrays; booleans take one until array packs them
	swap  bool // values come in big-endian order

	n, nulls int
	data     []byte
	ends     []int32 // of byte arrays: one more than there are
	valid    []byte  // bit per value; empty as long as there is no null
	bits     []byte  // booleans, packed
}

func newVector(s scalar) vector {
	v := vector{typ: s.arrow, swap: s.swap}
	switch t := s.arrow.(type) {
	case *arrow.BooleanType:
		v.width = 1
	case arrow.FixedWidthDataType:
		v.width = t.BitWidth() / 8
	}
	v.reset()
	return v
}

func (v *vector) reset() {
	v.n, v.nulls = 0, 0
	v.data, v.valid = v.data[:0], v.valid[:0]
	v.ends = append(v.ends[:0], 0)
}

// isNull reports whether the vector is of nothing but nulls, whatever the file has for values.
func (v *vector) isNull() bool { return v.typ.ID() == arrow.NULL }

// room refuses n more values of size bytes together where they are more than a batch can hold, before they are appended:
// a few bytes in a file can stand for many values.
func (v *vector) room(n int, size int64) error {
	if size > int64(maxLeafBytes-len(v.data)) || n > maxLeafEntries-v.n {
		return errLarge
	}
	return nil
}

// values appends n values of src from k on.
func (v *vector) values(src *chunk.Values, k, n int) error {
	if k+n > src.Count() {
		return errors.New("there are fewer values than the levels say")
	}
	start := v.n
	if err := v.room(n, int64(n)*int64(v.width)); err != nil {
		return err
	}
	switch {
	case v.isNull():
		v.n += n
		return nil
	case v.width == 0:
		if err := v.byteArrays(src, k, n); err != nil {
			return err
		}
	case v.swap:
		for i := range n {
			if err := v.bigEndian(src.At(k + i)); err != nil {
				return err
			}
		}
	case src.Index == nil && src.Width == v.width:
		v.data = append(v.data, src.Data[k*v.width:(k+n)*v.width]...)
	default:
		for i := range n {
			v.fixed(src.At(k + i))
		}
	}
	v.n += n
	if len(v.valid) > 0 {
		v.valid = growBits(v.valid, v.n)
		bitutil.SetBitsTo(v.valid, int64(start), int64(n), true)
	}
	return nil
}

// byteArrays appends n byte arrays of src from k on.
func (v *vector) byteArrays(src *chunk.Values, k, n int) error {
	if src.Index == nil && src.Gap == 0 {
		return v.block(src, k, n)
	}
	data, ends := v.data, slices.Grow(v.ends, n)
	for i := range n {
		b := src.At(k + i)
		if len(b) > maxLeafBytes-len(data) {
			return errLarge
		}
		data = append(data, b...)
		ends = append(ends, int32(len(data)))
	}
	v.data, v.ends = data, ends
	return nil
}

// block appends n byte arrays that lie behind each other.
func (v *vector) block(src *chunk.Values, k, n int) error {
	from, to := src.Ends[k], src.Ends[k+n]
	shift := int64(len(v.data)) - int64(from)
	if err := v.room(n, int64(to-from)); err != nil {
		return err
	}
	v.data = append(v.data, src.Data[from:to]...)
	for _, end := range src.Ends[k+1 : k+n+1] {
		v.ends = append(v.ends, int32(int64(end)+shift))
	}
	return nil
}

// fixed appends a value, or its low bytes where the column is declared narrower than stored.
func (v *vector) fixed(b []byte) {
	if len(b) >= v.width {
		v.data = append(v.data, b[:v.width]...)
		return
	}
	v.data = append(v.data, b...) // a decimal, stored as a smaller integer: the sign goes on
	v.data = append(v.data, signBytes(b[len(b)-1], v.width-len(b))...)
}

// bigEndian appends a number whose first byte is its highest.
func (v *vector) bigEndian(b []byte) error {
	if len(b) == 0 {
		return errors.New("a decimal has no bytes")
	}
	sign := signBytes(b[0], 1)[0]
	for len(b) > v.width {
		if b[0] != sign || (b[1]^sign)&0x80 != 0 {
			return fmt.Errorf("a decimal has more than %d bytes", v.width)
		}
		b = b[1:]
	}
	for _, c := range slices.Backward(b) {
		v.data = append(v.data, c)
	}
	v.data = append(v.data, signBytes(sign, v.width-len(b))...)
	return nil
}

var positive, negative = make([]byte, 32), slices.Repeat([]byte{0xff}, 32)

// signBytes returns n bytes that extend a number whose highest byte is top.
func signBytes(top byte, n int) []byte {
	if top&0x80 != 0 {
		return negative[:n]
	}
	return positive[:n]
}

// null appends a null.
func (v *vector) null() {
	v.n++
	if v.isNull() {
		return
	}
	if v.nulls == 0 {
		v.valid = growBits(v.valid[:0], v.n-1)
		bitutil.SetBitsTo(v.valid, 0, int64(v.n-1), true)
	}
	v.nulls++
	v.valid = growBits(v.valid, v.n)
	bitutil.ClearBit(v.valid, v.n-1)
	if v.width == 0 {
		v.ends = append(v.ends, int32(len(v.data)))
		return
	}
	v.data = append(v.data, make([]byte, v.width)...)
}

// growBits returns b with room for n bits. What new bits hold is undefined.
func growBits(b []byte, n int) []byte {
	if need := (n + 7) / 8; need > len(b) {
		return slices.Grow(b, need-len(b))[:need]
	}
	return b
}

// array returns the values as an arrow array, which is valid until reset.
func (v *vector) array() arrow.Array {
	if v.isNull() {
		return array.NewNull(v.n)
	}
	buffers := []*memory.Buffer{nil, memory.NewBufferBytes(v.data)}
	if v.nulls > 0 {
		buffers[0] = memory.NewBufferBytes(v.valid)
	}
	switch {
	case v.width == 0:
		buffers = []*memory.Buffer{buffers[0], memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(v.ends)), buffers[1]}
	case v.typ.ID() == arrow.BOOL:
		buffers[1] = memory.NewBufferBytes(v.pack())
	}
	data := array.NewData(v.typ, v.n, buffers, nil, v.nulls, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

// pack returns the booleans as bits.
func (v *vector) pack() []byte {
	v.bits = growBits(v.bits, v.n)
	for i, b := range v.data {
		bitutil.SetBitTo(v.bits, i, b != 0)
	}
	return v.bits
}
