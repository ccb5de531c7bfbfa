package meta

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/encoding/thrift"
)

// maxDepth is far above the nesting of any structure in the parquet format, which is 6.
const maxDepth = 32

// measure returns the length of the compact-protocol struct at the start of b, having checked
// that every length in it is backed by bytes and that nothing nests deeper than maxDepth.
func measure(b []byte) (int, error) {
	m := measurer{b: b}
	if err := m.fields(0); err != nil {
		return 0, err
	}
	return m.i, nil
}

type measurer struct {
	b    []byte
	i    int
	kept int64 // bytes that the lists take when they are decoded
}

const (
	// maxKept bounds the memory of a decoded footer: 800,000 column chunks. Writers take about as many bytes for one, but
	// three suffice.
	maxKept = 128 << 20
	// structBytes is what a struct in a list takes at most, itself and the slice that it is in.
	structBytes = 160
	// keptDepth is how deep a list may lie whose structs are decoded: columns in row groups.
	keptDepth = 2
)

// keep accounts for n elements of a list at this depth.
func (m *measurer) keep(n uint64, kind thrift.Type, depth int) error {
	each := int64(8)
	if kind == thrift.STRUCT {
		if depth > keptDepth {
			return nil
		}
		each = structBytes
	}
	if m.kept += int64(min(n, maxKept)) * each; m.kept > maxKept {
		return fmt.Errorf("metadata holds more than fits in %d MiB", maxKept>>20)
	}
	return nil
}

// fields passes over the fields of a struct up to and including the stop byte.
func (m *measurer) fields(depth int) error {
	if depth > maxDepth {
		return errors.New("metadata nests too deep")
	}
	for {
		head, err := m.byte()
		if err != nil {
			return err
		}
		if head == 0 {
			return nil
		}
		if head>>4 == 0 { // the field's number follows, instead of a step from the last one
			if _, err := m.varint(); err != nil {
				return err
			}
		}
		kind := thrift.Type(head & 0xf)
		if kind == thrift.TRUE || kind == thrift.FALSE {
			continue // a field's boolean lives in its type
		}
		if err := m.value(kind, depth); err != nil {
			return err
		}
	}
}

// value passes over one value that is not a boolean field.
func (m *measurer) value(kind thrift.Type, depth int) error {
	switch kind {
	case thrift.TRUE, thrift.FALSE, thrift.I8:
		return m.skip(1)
	case thrift.I16, thrift.I32, thrift.I64:
		_, err := m.varint()
		return err
	case thrift.DOUBLE:
		return m.skip(8)
	case thrift.UUID:
		return m.skip(16)
	case thrift.BINARY:
		n, err := m.varint()
		if err != nil {
			return err
		}
		return m.skip(n)
	case thrift.LIST, thrift.SET:
		return m.list(depth)
	case thrift.MAP:
		return m.entries(depth)
	case thrift.STRUCT:
		return m.fields(depth + 1)
	default:
		return fmt.Errorf("metadata holds a value of unknown type %d", kind)
	}
}

func (m *measurer) list(depth int) error {
	head, err := m.byte()
	if err != nil {
		return err
	}
	n := uint64(head >> 4)
	if n == 0xf {
		if n, err = m.varint(); err != nil {
			return err
		}
	}
	kind := thrift.Type(head & 0xf)
	if err := m.keep(n, kind, depth); err != nil {
		return err
	}
	for range n {
		start := m.i
		if err := m.value(kind, depth+1); err != nil {
			return err
		}
		// Every struct that parquet keeps in lists has a required field. Without this rule a
		// list could hold a struct per byte, each of which takes hundreds of bytes in memory.
		if kind == thrift.STRUCT && m.i-start < 3 {
			return errors.New("metadata holds a list of empty structs")
		}
	}
	return nil
}

func (m *measurer) entries(depth int) error {
	n, err := m.varint()
	if err != nil || n == 0 {
		return err
	}
	kinds, err := m.byte()
	if err != nil {
		return err
	}
	for range n {
		if err := m.value(thrift.Type(kinds>>4), depth+1); err != nil {
			return err
		}
		if err := m.value(thrift.Type(kinds&0xf), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (m *measurer) byte() (byte, error) {
	if m.i >= len(m.b) {
		return 0, ErrShort
	}
	m.i++
	return m.b[m.i-1], nil
}

func (m *measurer) varint() (uint64, error) {
	u, n := binary.Uvarint(m.b[m.i:])
	switch {
	case n == 0:
		return 0, ErrShort
	case n < 0:
		return 0, errors.New("metadata holds a number of more than 64 bits")
	}
	m.i += n
	return u, nil
}

func (m *measurer) skip(n uint64) error {
	if n > uint64(len(m.b)-m.i) {
		return ErrShort
	}
	m.i += int(n)
	return nil
}
