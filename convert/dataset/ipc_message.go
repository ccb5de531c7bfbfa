package dataset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/klauspost/compress/zstd"
)

const (
	maxMessage = 64 << 20 // metadata of an Arrow IPC message
	maxBody    = 1 << 30  // values in one, compressed or not
)

// ipcMessages reads the messages of an Arrow IPC stream. The reader of the arrow library makes room for as much as a
// message claims to have; this one takes what is there.
type ipcMessages struct {
	r    io.Reader
	most int64 // bytes that there can be
	size int64 // of the values in the message read last, as stored

	zstd *zstd.Decoder // nil until it is needed; it has no goroutine
}

var _ ipc.MessageReader = (*ipcMessages)(nil)

// Retain and Release implement [ipc.MessageReader]: there is nothing to count.
func (m *ipcMessages) Retain() {}

// Release implements [ipc.MessageReader].
func (m *ipcMessages) Release() {}

// Message implements [ipc.MessageReader]. It returns io.EOF at the end, with or without a mark of it.
func (m *ipcMessages) Message() (*ipc.Message, error) {
	n, err := m.length()
	if err != nil {
		return nil, err
	}
	if n < 0 || n > maxMessage {
		return nil, fmt.Errorf("a message is said to have %d bytes of metadata", n)
	}
	meta, err := m.take(int64(n))
	if err != nil {
		return nil, err
	}
	if err := verify(meta); err != nil {
		return nil, err
	}
	head := ipc.NewMessage(memory.NewBufferBytes(meta), memory.NewBufferBytes(nil))
	size := head.BodyLen()
	if size < 0 || size > maxBody {
		return nil, fmt.Errorf("a message is said to have %d bytes of values, more than the limit of %d", size, maxBody)
	}
	m.size = size
	body, err := m.take(size)
	if err != nil {
		return nil, err
	}
	if body, err = m.unpack(meta, body); err != nil {
		return nil, err
	}
	return ipc.NewMessage(memory.NewBufferBytes(meta), memory.NewBufferBytes(body)), nil
}

// length reads what comes before a message.
func (m *ipcMessages) length() (int32, error) {
	var b [4]byte
	if _, err := io.ReadFull(m.r, b[:]); err != nil {
		return 0, err // io.EOF where there is nothing more
	}
	n := binary.LittleEndian.Uint32(b[:])
	if n == 0xffffffff {
		if _, err := io.ReadFull(m.r, b[:]); err != nil {
			return 0, cutShort(err)
		}
		n = binary.LittleEndian.Uint32(b[:])
	}
	if n == 0 {
		return 0, io.EOF
	}
	return int32(n), nil
}

// take reads n bytes. It has no more memory than there are bytes.
func (m *ipcMessages) take(n int64) ([]byte, error) {
	if n <= m.most {
		b := make([]byte, n)
		_, err := io.ReadFull(m.r, b)
		return b, cutShort(err)
	}
	var b bytes.Buffer
	b.Grow(int(min(n, 1<<20)))
	if _, err := io.CopyN(&b, m.r, n); err != nil {
		return nil, cutShort(err)
	}
	return b.Bytes(), nil
}

func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// boundedMemory refuses to make room for more than a body may have, which compressed values could claim.
type boundedMemory struct {
	memory.Allocator
	left int // of the record batch
}

func (m *boundedMemory) use(size int) {
	if size < 0 || size > m.left {
		panic(fmt.Errorf("a record batch needs more than the limit of %d bytes", maxBody))
	}
	m.left -= size
}

// Allocate implements [memory.Allocator].
func (m *boundedMemory) Allocate(size int) []byte {
	m.use(size)
	return m.Allocator.Allocate(size)
}

// Reallocate implements [memory.Allocator].
func (m *boundedMemory) Reallocate(size int, b []byte) []byte {
	m.use(max(size-len(b), 0))
	return m.Allocator.Reallocate(size, b)
}
