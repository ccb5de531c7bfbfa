package main

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/validate"
)

// compressionOf tells the compression by the name of a file; ok is false when the name is of none.
func compressionOf(path string) (named convert.Compression, ok bool) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".gz":
		return convert.Gzip, true
	case ".zst":
		return convert.Zstd, true
	}
	return convert.Plain, false
}

// unpacked is the name without the extension of a compression.
func unpacked(path string) string {
	if _, ok := compressionOf(path); ok {
		return strings.TrimSuffix(path, filepath.Ext(path))
	}
	return path
}

// packingOf tells by a name how a file is to be compressed, in the words of validate.
func packingOf(path string) string {
	switch compression, _ := compressionOf(path); compression {
	case convert.Gzip:
		return validate.Gzip
	case convert.Zstd:
		return validate.Zstd
	}
	return ""
}

// packer compresses what is written to w. Closing it leaves w open.
func packer(w io.Writer, compression string) (io.WriteCloser, error) {
	switch compression {
	case validate.Gzip:
		return gzip.NewWriter(w), nil
	case validate.Zstd:
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	}
	return unpackedWriter{w}, nil
}

type unpackedWriter struct{ io.Writer }

// Close implements [io.Closer].
func (unpackedWriter) Close() error { return nil }
