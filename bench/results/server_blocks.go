package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
)

// While a file grows, samples of servers lie in blocks between its row groups: a footer with all of them would be
// written again with every checkpoint. A block starts with a line that says where the one before it is, empty in the
// first, and has a sample as JSON on each further line. The footer says where the last one is.

// A blockRef says where a block is.
type blockRef struct {
	offset, length int64
	sum            uint32
}

const blockRefFormat = "%d:%d:%08x"

func (r blockRef) String() string { return fmt.Sprintf(blockRefFormat, r.offset, r.length, r.sum) }

// appendBlock appends a block of lines to dst, the bytes of the file from offset at on.
func appendBlock(dst []byte, at int64, previous string, lines []byte) (out []byte, ref string) {
	start := len(dst)
	dst = append(append(append(dst, previous...), '\n'), lines...)
	block := dst[start:]
	return dst, blockRef{at + int64(start), int64(len(block)), crc32.Checksum(block, castagnoli)}.String()
}

// readBlocks returns the samples of the block at ref and of those before it, the oldest first.
func readBlocks(r io.ReaderAt, ref string) ([]ServerMetrics, error) {
	var blocks [][]byte
	for limit := int64(1) << 62; ref != ""; {
		var at blockRef
		if _, err := fmt.Sscanf(ref, blockRefFormat, &at.offset, &at.length, &at.sum); err != nil {
			return nil, fmt.Errorf("place %.40q: %w", ref, err)
		}
		if at.offset < int64(len(magic)) || at.length < 1 || at.length > limit-at.offset {
			return nil, fmt.Errorf("place %.40q is behind what refers to it", ref)
		}
		block, err := io.ReadAll(io.NewSectionReader(r, at.offset, at.length))
		if err != nil {
			return nil, err
		}
		if int64(len(block)) != at.length || crc32.Checksum(block, castagnoli) != at.sum {
			return nil, fmt.Errorf("the checksum of those at byte %d is wrong", at.offset)
		}
		previous, lines, ok := bytes.Cut(block, []byte("\n"))
		if !ok {
			return nil, errors.New("a block without lines")
		}
		blocks = append(blocks, lines)
		ref, limit = string(previous), at.offset
	}
	slices.Reverse(blocks)
	return parseSamples(blocks)
}

func parseSamples(blocks [][]byte) (all []ServerMetrics, err error) {
	for _, lines := range blocks {
		for line := range bytes.Lines(lines) {
			var s ServerSample
			if err := json.Unmarshal(line, &s); err != nil {
				return nil, err
			}
			all = AddServerSample(all, &s)
		}
	}
	return all, nil
}
