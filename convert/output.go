package convert

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// flushSize is how much is written at once.
const flushSize = 256 << 10

// output gathers lines, writes them in large pieces and keeps the sum of what it wrote.
type output struct {
	w            io.Writer
	buf          []byte // lines not yet written
	sum          hash.Hash
	bytes, lines int64
}

func newOutput(w io.Writer) *output {
	return &output{w: w, buf: make([]byte, 0, flushSize+flushSize/4), sum: sha256.New()}
}

// end takes buf, with a line appended to it, back, and ends the line.
func (o *output) end(buf []byte) error {
	o.buf = append(buf, '\n')
	o.lines++
	if len(o.buf) < flushSize {
		return nil
	}
	return o.flush()
}

func (o *output) flush() error {
	n, err := o.w.Write(o.buf)
	if err == nil && n < len(o.buf) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return err // the writer names itself
	}
	o.sum.Write(o.buf)
	o.bytes += int64(n)
	o.buf = o.buf[:0]
	return nil
}

func (o *output) sha256() string { return hex.EncodeToString(o.sum.Sum(nil)) }
