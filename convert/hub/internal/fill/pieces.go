package fill

import (
	"sync"

	"github.com/promptmill/promptmill/convert/hub/internal/span"
)

// BlockSize is the unit in which a download is divided and remembered: what a cut connection or a killed process
// loses of each piece is less than one block.
const BlockSize = 256 << 10

// The states of a block.
const (
	blockAbsent  byte = iota
	blockClaimed      // a connection is bringing it
	blockThere        // it is in the file
)

// Pieces are the books of one file in the making: which blocks are there, and which are being brought. It is safe for
// concurrent use.
type Pieces struct {
	size int64

	mu     sync.Mutex
	moved  *sync.Cond // the front has moved, or err was set
	state  []byte     // per block
	lowest int        // no block before it is absent
	front  int        // every block before it is there
	absent int
	arrive int // blocks that came in this run
	err    error
}

// NewPieces begins the books of a file; there says which blocks it has, nil that it has none.
func NewPieces(size int64, there []bool) *Pieces {
	p := &Pieces{size: size, state: make([]byte, blocks(size))}
	p.moved = sync.NewCond(&p.mu)
	for i, ok := range there {
		if ok {
			p.state[i] = blockThere
		}
	}
	p.recount()
	return p
}

// blocks returns how many blocks size bytes have.
func blocks(size int64) int { return int((size + BlockSize - 1) / BlockSize) }

// recount sets what follows from the states.
func (p *Pieces) recount() {
	p.lowest, p.front, p.absent = 0, 0, 0
	for _, s := range p.state {
		if s == blockAbsent {
			p.absent++
		}
	}
	p.advance()
}

// advance moves the front over the blocks that are there.
func (p *Pieces) advance() {
	for p.front < len(p.state) && p.state[p.front] == blockThere {
		p.front++
	}
}

// Len returns how many blocks the file has.
func (p *Pieces) Len() int { return len(p.state) }

// Bytes returns where blocks [from, to) are in the file.
func (p *Pieces) Bytes(from, to int) span.Span {
	return span.Of(int64(from)*BlockSize, min(int64(to)*BlockSize, p.size))
}

// Left returns the bytes that are not there.
func (p *Pieces) Left() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := int64(0)
	for i, s := range p.state {
		if s != blockThere {
			n += p.Bytes(i, i+1).Size()
		}
	}
	return n
}

// Claim gives the caller the first absent blocks, at most so many; none left: from equals to.
func (p *Pieces) Claim(most int) (from, to int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.lowest < len(p.state) && p.state[p.lowest] != blockAbsent {
		p.lowest++
	}
	from = p.lowest
	for to = from; to < len(p.state) && to-from < most && p.state[to] == blockAbsent; to++ {
		p.state[to] = blockClaimed
	}
	p.absent -= to - from
	p.lowest = to
	return from, to
}

// Take claims one block that has come unasked; false when it is there or somebody else brings it.
func (p *Pieces) Take(i int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state[i] != blockAbsent {
		return false
	}
	p.state[i] = blockClaimed
	p.absent--
	return true
}

// Arrived says that a claimed block is in the file.
func (p *Pieces) Arrived(i int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state[i] = blockThere
	p.arrive++
	if i == p.front {
		p.advance()
		p.moved.Broadcast()
	}
}

// Release gives back the blocks of a claim that did not come.
func (p *Pieces) Release(from, to int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := from; i < to; i++ {
		if p.state[i] == blockClaimed {
			p.state[i] = blockAbsent
			p.absent++
			p.lowest = min(p.lowest, i)
		}
	}
}

// Open returns how many blocks nobody brings, and how many have come in this run.
func (p *Pieces) Open() (absent, arrived int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.absent, p.arrive
}

// Await waits until more than the first n blocks are there, and returns how many are.
func (p *Pieces) Await(n int) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.front <= n && p.err == nil {
		p.moved.Wait()
	}
	return p.front, p.err
}

// Fail ends the waiting with an error; the first one counts.
func (p *Pieces) Fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
	}
	p.moved.Broadcast()
}

// Failure returns the error of Fail.
func (p *Pieces) Failure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Restart forgets every block. No connection may be at work.
func (p *Pieces) Restart() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.state)
	p.recount()
}
