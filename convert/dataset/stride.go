package dataset

import "fmt"

const (
	// minStride is the part of a batch's bytes below which its rows are not split further between
	// leaves, unless there are so many that all together would be more than maxStride.
	minStride = 64 << 10
	maxStride = 16 << 20
	// maxScanRow bounds the memory of a row: what is larger is no prompt.
	maxScanRow = maxRowBytes
)

// errLarge reports a row that takes more than maxScanRow.
var errLarge = fmt.Errorf("%w: a row has more than %d MiB", ErrUnreadable, maxScanRow>>20)

// fill reads rows into the leaves until the batch is full, in strides that stay within a page of
// every leaf.
func (s *scan) fill() error {
	most := int(min(s.left, s.most))
	s.most = min(2*s.most, batchRows)
	for s.done < most {
		size := s.size()
		if s.done > 0 && size >= s.bytes {
			break
		}
		stride, err := s.stride(most-s.done, s.share(s.bytes-size))
		if err != nil {
			return err
		}
		if err := s.read(stride, size+maxScanRow); err != nil {
			return err
		}
		s.done += stride
	}
	return nil
}

// share returns how many bytes of rows together each leaf may take of free bytes.
func (s *scan) share(free int64) int64 {
	n := int64(max(len(s.order), 1))
	return max(free/n, min(minStride, maxStride/n))
}

// read appends the next n rows to every leaf. Several rows are never near the limit, which is for what all leaves hold.
func (s *scan) read(n int, limit int64) error {
	held := s.size()
	for _, l := range s.order {
		s.at = l
		held -= l.size()
		if err := l.read(n); err != nil {
			return err
		}
		if held += l.size(); held > limit {
			return errLarge
		}
	}
	return nil
}

// stride returns how many of the next rows, at most limit, lie in the current page of every leaf
// and take at most share bytes in each; at least one.
func (s *scan) stride(limit int, share int64) (int, error) {
	// The pages first: they cost nothing to ask, and fit looks at every value up to the limit.
	for _, l := range s.order {
		s.at = l
		rows, err := l.pageRows()
		if err != nil {
			return 0, err
		}
		limit = min(limit, rows)
	}
	for _, l := range s.order {
		limit = l.fit(limit, share)
	}
	return limit, nil
}

// size returns about how many bytes the leaves hold.
func (s *scan) size() (n int64) {
	for _, l := range s.order {
		n += l.size()
	}
	return n
}

// size returns about how many bytes the leaf holds.
func (l *leaf) size() int64 { return int64(len(l.data)) + int64(max(l.n, len(l.def)))*entryCost }
