package results

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go/format"
)

// The pages of a parquet file may carry checksums, its page headers and its footer have none: a flipped bit there
// can change numbers unseen, and the library allocates and loops as a damaged header tells it to. Hence the footer
// of a results file has two checksums of its own (CRC-32C, in hexadecimal): of the bytes of every row group, and of
// itself with eight zeros in place of that second one. Nothing is decoded before they are checked.

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const noChecksum = "00000000"

// withChecksums adds the checksums of the row groups to kv, and room for that of the footer.
func withChecksums(kv []format.KeyValue, sums []uint32) []format.KeyValue {
	var b strings.Builder
	for i, sum := range sums {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%08x", sum)
	}
	return append(slices.Clip(kv),
		format.KeyValue{Key: keyRowGroupSums, Value: b.String()},
		format.KeyValue{Key: keyFooterSum, Value: noChecksum})
}

// seal puts the checksum of footer, thrift bytes with room for it, into footer.
func seal(footer []byte) error {
	at, ok := footerSumAt(footer)
	if !ok {
		return errors.New("results: internal error: no room for the checksum of the footer")
	}
	copy(footer[at:], fmt.Sprintf("%08x", crc32.Checksum(footer, castagnoli)))
	return nil
}

// checkSeal returns an error unless footer has the checksum that seal gave it.
func checkSeal(footer []byte) error {
	at, ok := footerSumAt(footer)
	if !ok {
		return errors.New("its footer has no checksum")
	}
	blank := bytes.Clone(footer)
	copy(blank[at:], noChecksum)
	if got := fmt.Sprintf("%08x", crc32.Checksum(blank, castagnoli)); got != string(footer[at:at+len(noChecksum)]) {
		return errors.New("the checksum of its footer is wrong: damaged, or rewritten by another program")
	}
	return nil
}

// footerSumAt finds the eight digits of the footer's checksum. In thrift's compact form a key is followed by the
// header of field 2, a string, and its length.
func footerSumAt(footer []byte) (int, bool) {
	key := keyFooterSum + "\x18" + string(rune(len(noChecksum)))
	i := bytes.LastIndex(footer, []byte(key))
	at := i + len(key)
	return at, i >= 0 && at+len(noChecksum) <= len(footer)
}

// parseChecksums reads the value that withChecksums wrote, for n row groups.
func parseChecksums(text string, n int) ([]uint32, error) {
	fields := strings.Fields(text)
	if len(fields) != n {
		return nil, fmt.Errorf("%d checksums for %d row groups", len(fields), n)
	}
	sums := make([]uint32, n)
	for i, f := range fields {
		sum, err := strconv.ParseUint(f, 16, 32)
		if err != nil {
			return nil, fmt.Errorf("checksum of row group %d: %w", i, err)
		}
		sums[i] = uint32(sum)
	}
	return sums, nil
}

// groupBounds returns where the pages of a row group start and end; they lie together.
func groupBounds(g *format.RowGroup) (start, end int64) {
	for i := range g.Columns {
		s, e := chunkBounds(&g.Columns[i].MetaData)
		if i == 0 {
			start = s
		}
		start, end = min(start, s), max(end, e)
	}
	return start, end
}

// groupSum computes the checksum of a row group of the file behind r.
func groupSum(r io.ReaderAt, g *format.RowGroup) (uint32, error) {
	start, end := groupBounds(g)
	h := crc32.New(castagnoli)
	n, err := io.Copy(h, io.NewSectionReader(r, start, end-start))
	if err == nil && n != end-start {
		err = io.ErrUnexpectedEOF
	}
	return h.Sum32(), err
}
