package chunk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// hybrid fills dst from runs of equal and of bit-packed numbers of width bits. Runs that go on
// after dst is full are cut: the last run of a page is padded.
func hybrid[T uint8 | uint32](dst []T, src []byte, width int) error {
	for len(dst) > 0 {
		head, n := binary.Uvarint(src)
		switch {
		case n == 0:
			return fmt.Errorf("%d are missing: %w", len(dst), io.ErrUnexpectedEOF)
		case n < 0:
			return errors.New("a run's length has more than 64 bits")
		}
		src = src[n:]
		count := head >> 1
		if head&1 == 0 {
			size := (width + 7) / 8
			if size > len(src) {
				return io.ErrUnexpectedEOF
			}
			v := number(src[:size])
			if uint64(v)>>width != 0 {
				return fmt.Errorf("a run of %d, which has more than %d bits", v, width)
			}
			run := dst[:min(count, uint64(len(dst)))]
			fill(run, T(v))
			dst, src = dst[len(run):], src[size:]
			continue
		}
		m := len(dst)
		if count < uint64(m+7)/8 {
			m = int(count) * 8
		}
		if need := (m*width + 7) / 8; need > len(src) {
			return io.ErrUnexpectedEOF
		}
		unpack(dst[:m], src, width)
		if dst = dst[m:]; len(dst) > 0 {
			src = src[int(count)*width:]
		}
	}
	return nil
}

// number reads up to four bytes in little-endian order.
func number(b []byte) (n uint32) {
	for i, c := range b {
		n |= uint32(c) << (8 * i)
	}
	return n
}

func fill[T any](dst []T, v T) {
	for i := range dst {
		dst[i] = v
	}
}

// unpack fills dst with numbers of width bits, the first in the lowest bits. src holds them all.
func unpack[T uint8 | uint32](dst []T, src []byte, width int) {
	if width == 0 {
		clear(dst)
		return
	}
	mask := uint64(1)<<width - 1
	var acc uint64
	have, at := 0, 0
	for i := range dst {
		for have < width {
			if at+4 <= len(src) {
				acc |= uint64(binary.LittleEndian.Uint32(src[at:])) << have
				have, at = have+32, at+4
				continue
			}
			acc |= uint64(src[at]) << have
			have, at = have+8, at+1
		}
		dst[i] = T(acc & mask)
		acc >>= width
		have -= width
	}
}

// unpackMSB fills dst with numbers of width bits, the first in the highest bits: the levels of
// writers from before 2014.
func unpackMSB(dst []uint8, src []byte, width int) {
	bit := 0
	for i := range dst {
		var v uint8
		for range width {
			v = v<<1 | src[bit/8]>>(7-bit%8)&1
			bit++
		}
		dst[i] = v
	}
}
