package chunk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// inflater decompresses pages into buffers of the size that the page header declares. None of its
// decoders can be made to allocate by what they decode beyond a fixed window.
type inflater struct {
	src    bytes.Reader
	gzip   *gzip.Reader
	brotli *brotli.Reader
	zstd   *zstd.Decoder
}

// maxRatio is how many bytes one byte of a format can stand for at most; the formats that are not
// here know no limit.
var maxRatio = map[format.CompressionCodec]int64{
	format.Snappy: 22, // three bytes copy 64
	format.Lz4:    255,
	format.Lz4Raw: 255,
	format.Gzip:   1032,
	format.Zstd:   128 << 10 / 3, // a block of one repeated byte
}

// plausible refuses sizes that no data of this length can have, before a buffer is made for them.
func plausible(codec format.CompressionCodec, size, compressed int) error {
	ratio, ok := maxRatio[codec]
	if ok && int64(size) > ratio*int64(compressed)+64 {
		return fmt.Errorf("%s: %d bytes cannot have been %d before compression", codec, compressed, size)
	}
	return nil
}

var errSize = errors.New("it is not as long as the page header declares")

// page decompresses src, which must fill dst exactly.
func (in *inflater) page(codec format.CompressionCodec, dst, src []byte) error {
	switch codec {
	case format.Snappy:
		return inflateSnappy(dst, src)
	case format.Zstd:
		return in.inflateZstd(dst, src)
	case format.Gzip:
		return in.inflateGzip(dst, src)
	case format.Brotli:
		return in.inflateBrotli(dst, src)
	case format.Lz4Raw:
		return inflateLZ4(dst, src)
	case format.Lz4:
		// The codec named LZ4 never said how it frames blocks. Hadoop's frames are what most
		// writers used, bare blocks what is left.
		if inflateHadoop(dst, src) == nil {
			return nil
		}
		return inflateLZ4(dst, src)
	default:
		return unsupported("compression %s (%d)", codec, int32(codec))
	}
}

func inflateSnappy(dst, src []byte) error {
	n, err := snappy.DecodedLen(src)
	if err != nil {
		return err
	}
	if n != len(dst) {
		return errSize
	}
	_, err = snappy.Decode(dst, src)
	return err
}

func (in *inflater) inflateZstd(dst, src []byte) (err error) {
	if in.zstd == nil {
		in.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true))
		if err != nil {
			return err
		}
	}
	out, err := in.zstd.DecodeAll(src, dst[:0:len(dst)])
	if err != nil {
		return err
	}
	if len(out) != len(dst) {
		return errSize
	}
	return nil
}

func (in *inflater) inflateGzip(dst, src []byte) (err error) {
	in.src.Reset(src)
	if in.gzip == nil {
		in.gzip, err = gzip.NewReader(&in.src)
	} else {
		err = in.gzip.Reset(&in.src)
	}
	if err != nil {
		return err
	}
	return readExactly(in.gzip, dst)
}

func (in *inflater) inflateBrotli(dst, src []byte) error {
	in.src.Reset(src)
	if in.brotli == nil {
		in.brotli = brotli.NewReader(&in.src)
	} else if err := in.brotli.Reset(&in.src); err != nil {
		return err
	}
	return readExactly(in.brotli, dst)
}

// readExactly fills dst from r, which must end there.
func readExactly(r io.Reader, dst []byte) error {
	if _, err := io.ReadFull(r, dst); err != nil {
		return err
	}
	var more [1]byte
	if n, err := io.ReadFull(r, more[:]); n > 0 {
		return errSize
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func inflateLZ4(dst, src []byte) error {
	n, err := lz4.UncompressBlock(src, dst)
	if err != nil {
		return err
	}
	if n != len(dst) {
		return errSize
	}
	return nil
}

// inflateHadoop decompresses blocks that each follow their two lengths.
func inflateHadoop(dst, src []byte) error {
	for len(src) > 0 {
		if len(src) < 8 {
			return io.ErrUnexpectedEOF
		}
		plain, packed := binary.BigEndian.Uint32(src), binary.BigEndian.Uint32(src[4:])
		src = src[8:]
		if uint64(plain) > uint64(len(dst)) || uint64(packed) > uint64(len(src)) {
			return io.ErrUnexpectedEOF
		}
		if err := inflateLZ4(dst[:plain], src[:packed]); err != nil {
			return err
		}
		dst, src = dst[plain:], src[packed:]
	}
	if len(dst) > 0 {
		return errSize
	}
	return nil
}
