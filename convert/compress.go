package convert

import (
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Compression is how the bytes of an output file are packed.
type Compression string

// The compressions. The zero value is Plain. The same text gives the same bytes: no time and no name is in them.
const (
	Plain Compression = "none"
	Gzip  Compression = "gzip"
	Zstd  Compression = "zstd"
)

var compressions = []Compression{Plain, Gzip, Zstd}

// Extension is how the names of files of this compression end: ".gz", ".zst" or "".
func (c Compression) Extension() string {
	switch c {
	case Gzip:
		return ".gz"
	case Zstd:
		return ".zst"
	}
	return ""
}

// encoder returns what packs text into w, or nil where text is written as it is. One goroutine packs, so that the
// bytes cannot depend on the machine.
func (c Compression) encoder(w io.Writer) (io.WriteCloser, error) {
	switch c {
	case Gzip:
		return gzip.NewWriter(w), nil
	case Zstd:
		e, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
		if err != nil {
			return nil, fmt.Errorf("compress as zstd: %w", err)
		}
		return e, nil
	}
	return nil, nil
}
