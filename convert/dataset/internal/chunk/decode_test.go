package chunk

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/encoding/bytestreamsplit"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/format"
	"pgregory.net/rapid"
)

// The laws here are round trips: what parquet-go's encoders write, this package reads.

func TestHybrid_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(0, 32).Draw(t, "width")
		top := int32(uint32(1)<<min(width, 31) - 1)
		in := rapid.SliceOfN(rapid.Int32Range(0, top), 1, 300).Draw(t, "in")
		run := rapid.Int32Range(0, top).Draw(t, "run")
		in = append(in, slices.Repeat([]int32{run}, rapid.IntRange(0, 50).Draw(t, "n"))...)
		enc, err := (&rle.Encoding{BitWidth: width}).EncodeInt32(nil, in)
		if err != nil {
			t.Fatal(err)
		}
		out := make([]uint32, len(in))
		if err := hybrid(out, enc, width); err != nil {
			t.Fatal(err)
		}
		for i := range in {
			if uint32(in[i]) != out[i] {
				t.Fatalf("width %d: number %d is %d, want %d", width, i, out[i], in[i])
			}
		}
	})
}

func TestLevels_outOfRange(t *testing.T) {
	for _, tt := range []struct {
		top  uint8
		data []byte
		ok   bool
	}{
		{1, []byte{4 << 1, 1}, true},
		{1, []byte{4 << 1, 2}, false},         // a run has a whole byte per value
		{2, []byte{4 << 1, 2}, true},          //
		{2, []byte{4 << 1, 3}, false},         // fits the bits, not the schema
		{2, []byte{1<<1 | 1, 0xff, 0}, false}, // the same, bit-packed
		{1, []byte{3 << 1, 1}, false},         // one is missing
		{1, nil, false},
		{1, []byte{0, 1, 0, 0, 4 << 1, 1}, true}, // runs of nothing
	} {
		if err := levels(make([]uint8, 4), tt.data, tt.top); (err == nil) != tt.ok {
			t.Errorf("levels up to %d from %v: error %v", tt.top, tt.data, err)
		}
	}
}

func TestLevelsV1_bitPacked(t *testing.T) {
	want := []uint8{0, 1, 2, 3, 3, 2, 1, 0, 2}
	var packed []byte
	var acc, n uint
	for _, v := range want {
		acc, n = acc<<2|uint(v), n+2
		if n == 8 {
			packed, acc, n = append(packed, byte(acc)), 0, 0
		}
	}
	packed = append(packed, byte(acc<<(8-n)), 'r', 'e', 's', 't')
	got := make([]uint8, len(want))
	rest, err := levelsV1(got, packed, format.BitPacked, 3)
	if err != nil || !slices.Equal(got, want) || string(rest) != "rest" {
		t.Errorf("got %v and %q, error %v, want %v", got, rest, err, want)
	}
}

func TestDelta_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOfN(rapid.Int64(), 1, 400).Draw(t, "in")
		enc, err := new(delta.BinaryPackedEncoding).EncodeInt64(nil, in)
		if err != nil {
			t.Fatal(err)
		}
		out, rest, err := deltaIntegers(nil, append(enc, "rest"...), len(in))
		if err != nil || !slices.Equal(in, out) || string(rest) != "rest" {
			t.Fatalf("%v became %v and %q, error %v", in, out, rest, err)
		}
		narrow := make([]int32, len(in))
		for i := range in {
			narrow[i] = int32(in[i])
		}
		enc, err = new(delta.BinaryPackedEncoding).EncodeInt32(nil, narrow)
		if err != nil {
			t.Fatal(err)
		}
		v, err := (&Reader{shared: new(Shared)}).deltaNumbers(enc, len(in), 4)
		if err != nil {
			t.Fatal(err)
		}
		for i := range narrow {
			if got := int32(binary.LittleEndian.Uint32(v.At(i))); got != narrow[i] {
				t.Fatalf("number %d is %d, want %d", i, got, narrow[i])
			}
		}
	})
}

func TestDeltaByteArrays_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOfN(rapid.SliceOfN(rapid.ByteRange('a', 'c'), 0, 9), 1, 80).Draw(t, "in")
		var data []byte
		ends := []uint32{0}
		for _, b := range in {
			data = append(data, b...)
			ends = append(ends, uint32(len(data)))
		}
		r := &Reader{shared: new(Shared), limit: maxPageBytes, col: Column{Type: format.ByteArray}}
		lengths, err := new(delta.LengthByteArrayEncoding).EncodeByteArray(nil, data, ends)
		if err != nil {
			t.Fatal(err)
		}
		v, err := r.values(format.DeltaLengthByteArray, lengths, len(in))
		checkValues(t, v, err, in)
		prefixes, err := new(delta.ByteArrayEncoding).EncodeByteArray(nil, data, ends)
		if err != nil {
			t.Fatal(err)
		}
		v, err = r.values(format.DeltaByteArray, prefixes, len(in))
		checkValues(t, v, err, in)
	})
}

func checkValues(t *rapid.T, v Values, err error, want [][]byte) {
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if got := v.At(i); !bytes.Equal(got, want[i]) || v.Size(i) != len(got) {
			t.Fatalf("value %d is %q of size %d, want %q", i, got, v.Size(i), want[i])
		}
	}
}

func TestJoinStreams_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOfN(rapid.Int64(), 1, 100).Draw(t, "in")
		enc, err := new(bytestreamsplit.Encoding).EncodeInt64(nil, in)
		if err != nil {
			t.Fatal(err)
		}
		var buf []byte
		v, err := joinStreams(enc, len(in), 8, &buf)
		if err != nil {
			t.Fatal(err)
		}
		for i := range in {
			if got := int64(binary.LittleEndian.Uint64(v.At(i))); got != in[i] {
				t.Fatalf("number %d is %d, want %d", i, got, in[i])
			}
		}
	})
}

var codecs = []compress.Codec{&parquet.Snappy, &parquet.Gzip, &parquet.Brotli, &parquet.Zstd, &parquet.Lz4Raw}

func TestInflate_roundTrip(t *testing.T) {
	var in inflater
	for _, codec := range codecs {
		for _, size := range []int{1, 100, 1 << 20} {
			want := bytes.Repeat([]byte("abc"), size)[:size]
			enc, err := codec.Encode(nil, want)
			if err != nil {
				t.Fatal(err)
			}
			if err := plausible(codec.CompressionCodec(), size, len(enc)); err != nil {
				t.Error(err)
			}
			got := make([]byte, size)
			if err := in.page(codec.CompressionCodec(), got, enc); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s of %d bytes: error %v", codec, size, err)
			}
		}
	}
}

// A page that is longer or shorter than its header says, or cut off, is an error, whatever the codec.
func TestInflate_wrongSize(t *testing.T) {
	var in inflater
	want := bytes.Repeat([]byte("abcd"), 1000)
	for _, codec := range codecs {
		enc, err := codec.Encode(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{len(want) - 1, len(want) + 1, 1, 4 * len(want)} {
			if err := in.page(codec.CompressionCodec(), make([]byte, size), enc); err == nil {
				t.Errorf("%s: %d bytes were read as %d", codec, len(want), size)
			}
		}
		if err := in.page(codec.CompressionCodec(), make([]byte, len(want)), enc[:len(enc)/2]); err == nil {
			t.Errorf("%s: half a page was read", codec)
		}
		if err := in.page(codec.CompressionCodec(), make([]byte, len(want)), enc); err != nil {
			t.Errorf("%s: the reader did not recover: %v", codec, err)
		}
	}
}

func TestInflate_hadoop(t *testing.T) {
	var packed []byte
	want := bytes.Repeat([]byte("hadoop "), 100)
	for _, part := range [][]byte{want[:300], want[300:]} {
		enc, err := parquet.Lz4Raw.Encode(nil, part)
		if err != nil {
			t.Fatal(err)
		}
		packed = binary.BigEndian.AppendUint32(packed, uint32(len(part)))
		packed = binary.BigEndian.AppendUint32(packed, uint32(len(enc)))
		packed = append(packed, enc...)
	}
	got := make([]byte, len(want))
	var in inflater
	if err := in.page(format.Lz4, got, packed); err != nil || !bytes.Equal(got, want) {
		t.Errorf("error %v", err)
	}
}

// Encodings decode any bytes without a panic, and never more values than asked for.
func FuzzValues(f *testing.F) {
	f.Add(uint8(format.Plain), uint8(format.ByteArray), uint16(3), []byte("\x01\x00\x00\x00a\x00\x00\x00\x00"))
	f.Add(uint8(format.DeltaBinaryPacked), uint8(format.Int64), uint16(5), []byte{128, 1, 4, 5, 2, 0, 1, 0, 0, 0, 9})
	f.Add(uint8(format.DeltaByteArray), uint8(format.ByteArray), uint16(2), []byte{128, 1, 4, 2, 0, 0, 0, 0, 0, 0, 128, 1, 4, 2, 2, 0, 0, 0, 0, 0, 'x', 'y'})
	f.Add(uint8(format.RLE), uint8(format.Boolean), uint16(9), []byte{2, 0, 0, 0, 18, 1})
	f.Fuzz(func(t *testing.T, encoding, kind uint8, n uint16, data []byte) {
		r := &Reader{shared: new(Shared), limit: 1 << 20, col: Column{Type: format.Type(kind % 8), Length: 3}}
		if n == 0 {
			return
		}
		v, err := r.values(format.Encoding(encoding%10), data, int(n))
		if err != nil {
			return
		}
		if v.Count() != int(n) {
			t.Fatalf("%d values, want %d", v.Count(), n)
		}
		for i := range int(n) {
			if len(v.At(i)) != v.Size(i) {
				t.Fatalf("value %d has %d bytes, not %d", i, len(v.At(i)), v.Size(i))
			}
		}
		_ = hybrid(make([]uint32, n), data, bits.Len8(kind)%33)
	})
}
