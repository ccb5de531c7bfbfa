package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The arrow library makes room for as many fields, children, pairs and buffers as a message says it has. A message is
// therefore looked through before the library sees it: that its vectors lie inside of it, and that what they count is there.

// errMessage reports a message whose parts lie outside of it.
var errMessage = errors.New("the metadata of a message does not fit together")

const (
	maxFieldDepth = 64
	headerSchema  = 1 // of the union MessageHeader
	headerDict    = 2
	headerRecord  = 3
	typeUnion     = 14 // of the union Type
)

// flat is a flatbuffer of which nothing is trusted. A part that is not there is at 0.
type flat struct {
	b      []byte
	fields int // that may still come: tables can be shared, so that a few bytes stand for many fields
}

// outside is what reading out of bounds panics with.
type outside struct{}

func (f *flat) u16(at int) int {
	if at < 0 || at+2 > len(f.b) {
		panic(outside{})
	}
	return int(binary.LittleEndian.Uint16(f.b[at:]))
}

func (f *flat) u32(at int) int {
	if at < 0 || at+4 > len(f.b) {
		panic(outside{})
	}
	return int(binary.LittleEndian.Uint32(f.b[at:]))
}

// i64 returns the number at a place, or 0 for one that is not there.
func (f *flat) i64(at int) int64 {
	if at == 0 {
		return 0
	}
	if at < 0 || at+8 > len(f.b) {
		panic(outside{})
	}
	return int64(binary.LittleEndian.Uint64(f.b[at:]))
}

// slot returns where the value of a field of a table is, or 0.
func (f *flat) slot(table, field int) int {
	vtable := table - int(int32(f.u32(table)))
	at := 4 + 2*field
	if at+2 > f.u16(vtable) {
		return 0
	}
	if o := f.u16(vtable + at); o != 0 {
		return table + o
	}
	return 0
}

// ref returns where what a field of a table refers to is, or 0.
func (f *flat) ref(table, field int) int {
	at := f.slot(table, field)
	if at == 0 {
		return 0
	}
	return at + f.u32(at)
}

// vector returns where the elements of a vector are and how many, each of so many bytes, all of them inside.
func (f *flat) vector(table, field, size int) (at, n int) {
	at = f.ref(table, field)
	if at == 0 {
		return 0, 0
	}
	n = f.u32(at)
	if at += 4; n > (len(f.b)-at)/size {
		panic(outside{})
	}
	return at, n
}

// inside makes an error of a panic about what lies outside.
func inside(err *error) {
	switch p := recover().(type) {
	case nil:
	case outside:
		*err = errMessage
	default:
		panic(p)
	}
}

// verify looks through the metadata of a message.
func verify(b []byte) (err error) {
	defer inside(&err)
	f := &flat{b: b, fields: maxFields}
	message := f.u32(0)
	kind := 0
	if at := f.slot(message, 1); at > 0 && at < len(b) {
		kind = int(b[at])
	}
	f.vector(message, 4, 4)
	header := f.ref(message, 2)
	if header == 0 {
		return errMessage
	}
	switch kind {
	case headerSchema:
		f.vector(header, 2, 4)
		f.vector(header, 3, 8)
		return f.children(header, 1, 0)
	case headerRecord:
		return f.record(header, f.i64(f.slot(message, 3)))
	case headerDict:
		if data := f.ref(header, 1); data != 0 {
			return f.record(data, f.i64(f.slot(message, 3)))
		}
		return errMessage
	}
	return nil
}

// children looks through a vector of fields.
func (f *flat) children(table, field, depth int) error {
	at, n := f.vector(table, field, 4)
	if depth > maxFieldDepth {
		return errors.New("its fields nest too deeply")
	}
	for i := range n {
		if f.fields--; f.fields < 0 {
			return errFields
		}
		child := at + 4*i
		child += f.u32(child)
		f.vector(child, 6, 4)
		if kind := f.slot(child, 2); kind > 0 && kind < len(f.b) && f.b[kind] == typeUnion {
			if t := f.ref(child, 3); t != 0 {
				f.vector(t, 1, 4)
			}
		}
		if err := f.children(child, 5, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// rowsPerByte is how many rows a byte of values may stand for, beside the first few: nulls take none, and compression
// makes much of little, but not more than this.
const rowsPerByte = 4096

// record looks through the header of a record batch with a body of so many bytes.
func (f *flat) record(table int, body int64) error {
	nodes, n := f.vector(table, 1, 16)
	for i := range n {
		if rows := f.i64(nodes + 16*i); rows < 0 || rows > maxRecord || rows/rowsPerByte > body {
			return fmt.Errorf("a column is said to have %d values in %d bytes", rows, body)
		}
	}
	spans, buffers := f.vector(table, 2, 16)
	for i := range buffers {
		if from, size := f.i64(spans+16*i), f.i64(spans+16*i+8); from < 0 || size < 0 || size > body || from > body-size {
			return errMessage
		}
	}
	at, n := f.vector(table, 4, 8)
	for i := range n {
		if count := binary.LittleEndian.Uint64(f.b[at+8*i:]); count > uint64(buffers) {
			return errMessage
		}
	}
	return nil
}
