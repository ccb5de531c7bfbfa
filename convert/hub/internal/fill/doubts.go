package fill

import (
	"fmt"
	"os"
	"sync"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/zeebo/xxh3"
)

// Doubts are what is known of the blocks of a file that came with the wrong hash. The Hub promises one hash of the whole
// file, which does not tell which block is wrong; but a block that came twice in a row with the same bytes is
// what the server has.
type Doubts struct {
	mu    sync.Mutex
	sums  []uint64 // per block, of its latest bytes
	left  int      // disagreements until it is hopeless
	limit int
}

// NewDoubts remembers the blocks of data, all of which are there.
func NewDoubts(data *os.File, p *Pieces) (*Doubts, error) {
	d := &Doubts{sums: make([]uint64, len(p.state)), left: len(p.state) + 10, limit: len(p.state) + 10}
	buf := make([]byte, BlockSize)
	for i := range d.sums {
		at := p.Bytes(i, i+1)
		if _, err := data.ReadAt(buf[:at.Size()], at.From); err != nil {
			return nil, err
		}
		d.sums[i] = xxh3.Hash(buf[:at.Size()])
	}
	return d, nil
}

// Settle reports whether block i has come with the bytes p for the second time.
func (d *Doubts) Settle(i int, p []byte) bool {
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

// Hopeless returns an error, which matches [fault.ErrCorrupt], when the server sends something else each time.
func (d *Doubts) Hopeless() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.left > 0 {
		return nil
	}
	return fmt.Errorf("%w: the server sends other bytes each time: its parts came in %d versions", fault.ErrCorrupt, d.limit)
}
