package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow bounds how far back compressed data may refer, which is what a decoder keeps in memory.
const maxWindow = 128 << 20

// compressionOf names the compression of a file that begins with head, or "".
func compressionOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return "gzip"
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		return "zstd"
	}
	return ""
}

// decompress returns the bytes in r, of which it holds no more than a window. The reader may have a Close method.
func decompress(r io.Reader, compression string) (io.Reader, error) {
	switch compression {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		return named{z, compression}, nil
	case "zstd":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, fmt.Errorf("zstd: %w", err)
		}
		return named{z.IOReadCloser(), compression}, nil
	}
	return r, nil
}

// named says in its errors which decoder failed.
type named struct {
	io.ReadCloser
	name string
}

// Read implements [io.Reader].
func (n named) Read(p []byte) (int, error) {
	k, err := n.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = &decodeError{n.name, err}
	}
	return k, err
}

// decodeError is damage of compressed data.
type decodeError struct {
	name string
	err  error
}

func (e *decodeError) Error() string {
	if errors.Is(e.err, io.ErrUnexpectedEOF) {
		return e.name + ": the end is missing"
	}
	return e.name + ": " + e.err.Error()
}

func (e *decodeError) Unwrap() error { return e.err }
