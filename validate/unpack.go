package validate

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// The compressions that [Unpack] knows.
const (
	Gzip = "gzip"
	Zstd = "zstd"
)

// maxWindow bounds how far back zstd may refer, which is what a decoder keeps in
// memory: what all levels but the two highest need.
const maxWindow = 32 << 20

// Unpack returns the text that r holds as it is, or compressed as its first bytes
// tell. compression is Gzip, Zstd or "". It reads ahead of what is asked for, and
// starts no goroutine. What is damaged is told by the error of a read, or by err.
func Unpack(r io.Reader) (text io.Reader, compression string, err error) {
	b := bufio.NewReaderSize(r, 1<<16)
	head, _ := b.Peek(4) // a read error comes again
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, Gzip, packError(Gzip, err)
		}
		return unpacked{z, Gzip}, Gzip, nil
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, Zstd, packError(Zstd, err)
		}
		return unpacked{z, Zstd}, Zstd, nil
	}
	return b, "", nil
}

// unpacked says in its errors which decoder they are of.
type unpacked struct {
	io.Reader
	compression string
}

// Read implements [io.Reader].
func (u unpacked) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = packError(u.compression, err)
	}
	return n, err
}

func packError(compression string, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s: the end is missing: %w", compression, err)
	}
	return fmt.Errorf("%s: %w", compression, err)
}
