package hub

import (
	"fmt"
	"os"
	"sync"

	"github.com/zeebo/xxh3"
)

// wrongBytesError says that a file cannot be had as the Hub promises it.
type wrongBytesError struct{ error }

func (e wrongBytesError) Unwrap() error { return e.error }

// doubts is what is known of the blocks of a file that came with the wrong hash. The Hub promises one hash of the whole
// file, which does not tell which block is wrong; but a block that came twice in a row with the same bytes is
// what the server has.
type doubts struct {
	mu    sync.Mutex
	sums  []uint64 // per block, of its latest bytes
	left  int      // disagreements until it is hopeless
	limit int
}

// newDoubts remembers the blocks of data, all of which are there.
func newDoubts(data *os.File, p *pieces) (*doubts, error) {
	d := &doubts{sums: make([]uint64, len(p.state)), left: len(p.state) + 10, limit: len(p.state) + 10}
	buf := make([]byte, blockSize)
	for i := range d.sums {
		at := p.bytes(i, i+1)
		if _, err := data.ReadAt(buf[:at.size()], at.from); err != nil {
			return nil, err
		}
		d.sums[i] = xxh3.Hash(buf[:at.size()])
	}
	return d, nil
}

// settle reports whether block i has come with the bytes p for the second time.
func (d *doubts) settle(i int, p []byte) bool {
	sum := xxh3.Hash(p)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sums[i] == sum {
		return true
	}
	d.sums[i] = sum
	d.left--
	return false
}

// hopeless returns an error when the server sends something else each time.
func (d *doubts) hopeless() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.left > 0 {
		return nil
	}
	return wrongBytesError{fmt.Errorf("%w: the server sends other bytes each time: its parts came in %d versions", ErrCorrupt, d.limit)}
}
