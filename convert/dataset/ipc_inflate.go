package dataset

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// What the arrow library says of zstd that is damaged depends on how many processors there are, and what it keeps of it is
// not bounded. Values in zstd are therefore unpacked before the library sees them.

const (
	codecZstd     = 1         // of the enum CompressionType
	maxZstdRatio  = 128 << 10 // bytes that one byte of zstd can stand for, or more
	bufferPrefix  = 8         // bytes before a buffer, with its length before compression
	notCompressed = -1        // in the place of that length
)

// unpack returns the body of a message, of which meta was verified, with values in zstd as they were before compression, and
// says so in meta.
func (m *ipcMessages) unpack(meta, body []byte) (out []byte, err error) {
	defer inside(&err)
	f := &flat{b: meta}
	buffers, n := f.zstdBuffers()
	if n == 0 {
		return body, nil
	}
	for i := range n {
		at := buffers + 16*i
		from, size := f.i64(at), f.i64(at+8)
		start := len(out)
		if size > 0 {
			if out, err = m.unpackBuffer(out, body[from:from+size]); err != nil {
				return nil, fmt.Errorf("zstd: %w", err)
			}
		}
		binary.LittleEndian.PutUint64(meta[at:], uint64(start))
		binary.LittleEndian.PutUint64(meta[at+8:], uint64(len(out)-start))
	}
	if length := f.slot(f.u32(0), 3); length > 0 {
		binary.LittleEndian.PutUint64(meta[length:], uint64(len(out)))
	}
	return out, verify(meta) // parts of it may share their bytes
}

// zstdBuffers returns where the buffers of a message with values in zstd are, and how many.
func (f *flat) zstdBuffers() (at, n int) {
	message := f.u32(0)
	kind, batch := f.slot(message, 1), f.ref(message, 2)
	switch {
	case kind == 0 || kind >= len(f.b):
		return 0, 0
	case f.b[kind] == headerDict:
		batch = f.ref(batch, 1)
	case f.b[kind] != headerRecord:
		return 0, 0
	}
	compression := f.ref(batch, 3)
	if compression == 0 {
		return 0, 0
	}
	if codec := f.slot(compression, 0); codec == 0 || codec >= len(f.b) || f.b[codec] != codecZstd {
		return 0, 0
	}
	return f.vector(batch, 2, 16)
}

// unpackBuffer appends a buffer that is not compressed. Behind what src holds may be padding.
func (m *ipcMessages) unpackBuffer(dst, src []byte) ([]byte, error) {
	if len(src) < bufferPrefix {
		return nil, io.ErrUnexpectedEOF
	}
	size, packed := int64(binary.LittleEndian.Uint64(src)), src[bufferPrefix:]
	if size == notCompressed {
		return append(dst, src...), nil
	}
	if size < 0 || size > maxBody-int64(len(dst)) {
		return nil, fmt.Errorf("a record batch needs more than the limit of %d bytes", maxBody)
	}
	if size > maxZstdRatio*int64(len(packed)) {
		return nil, fmt.Errorf("%d bytes cannot have been %d before compression", len(packed), size)
	}
	if m.zstd == nil {
		var err error
		if m.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true)); err != nil {
			return nil, err
		}
	}
	if err := m.zstd.Reset(bytes.NewReader(packed)); err != nil {
		return nil, err
	}
	dst = binary.LittleEndian.AppendUint64(dst, ^uint64(0))
	from := len(dst)
	dst = append(dst, make([]byte, size)...)
	_, err := io.ReadFull(m.zstd, dst[from:])
	return dst, cutShort(err)
}
