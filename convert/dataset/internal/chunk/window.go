package chunk

import (
	"errors"
	"fmt"
	"io"
)

// minRead is how much a window reads at least, so that small pages do not cost a read each.
const minRead = 64 << 10

// ErrRead marks errors of the storage, as against errors of the data.
var ErrRead = errors.New("read error")

// window is a buffered view of the range [pos, end) of a file that moves forwards.
type window struct {
	src      io.ReaderAt
	pos, end int64
	spare    int64  // how far the end can be moved
	buf      []byte // buf[at:] are the bytes of the file from pos on
	at       int
}

func (w *window) reset(src io.ReaderAt, pos, end, spare int64) {
	*w = window{src: src, pos: pos, end: end, spare: spare, buf: w.buf[:0]}
}

// extend moves the end as far as it can be, and reports whether that is any farther.
func (w *window) extend() bool {
	more := w.spare > 0
	w.end, w.spare = w.end+w.spare, 0
	return more
}

// left returns the bytes between here and the end of the range.
func (w *window) left() int64 { return w.end - w.pos }

// peek returns the next n bytes, or fewer at the end of the range, without moving. They are valid
// until the next peek.
func (w *window) peek(n int) ([]byte, error) {
	n = int(min(int64(n), w.left()))
	if have := w.buf[w.at:]; len(have) >= n {
		return have[:n], nil
	}
	have := copy(w.buf, w.buf[w.at:])
	want := int(min(int64(max(n, minRead)), w.left()))
	if cap(w.buf) < want {
		w.buf = append(make([]byte, 0, want), w.buf[:have]...)
	}
	w.buf, w.at = w.buf[:want], 0
	got, err := w.src.ReadAt(w.buf[have:], w.pos+int64(have))
	if have+got < n {
		w.buf = w.buf[:have+got]
		if err == nil || errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("the file ends inside the column: %w", io.ErrUnexpectedEOF)
		}
		return nil, fmt.Errorf("%w: %w", ErrRead, err)
	}
	w.buf = w.buf[:have+got]
	return w.buf[:n], nil
}

// discard moves past n bytes that peek has returned.
func (w *window) discard(n int) {
	w.at += n
	w.pos += int64(n)
}
