package fill

import (
	"sync"
	"time"
)

// The sizes of a piece, in blocks: what one request asks for.
const (
	minPiece   = 4   // 1 MiB
	firstPiece = 8   // 2 MiB
	maxPiece   = 128 // 32 MiB
)

// How many times longer than the wait for its first byte a piece shall take to come. Where the connection is slow, the
// wait is time lost; where it is fast, the other connections use it.
const (
	waitShare     = 20
	waitShareFast = 4
)

// Tempo sizes pieces. Waiting for the first byte of each must cost little, so they are large where that takes long;
// but what was asked for is under way when a process is killed, and is lost, so they are no larger than that. The
// zero value is ready; it is safe for concurrent use.
type Tempo struct {
	mu   sync.Mutex
	wait time.Duration // the shortest for a first byte: longer ones are a busy machine's; 0: unknown
	size int           // blocks
}

// Note takes how long the first byte of a piece took, and the rest of it.
func (t *Tempo) Note(blocks int, first, rest time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.wait == 0 || first < t.wait {
		t.wait = first
	}
	perBlock := max(rest/time.Duration(blocks), time.Microsecond)
	share := waitShare * t.wait
	if perBlock < BlockSize*time.Second/slowConnection {
		share = waitShareFast * t.wait
	}
	t.size = min(max(int(share/perBlock), firstPiece), maxPiece)
}

// Piece returns how many blocks to ask for when so many are left for so many connections: the last pieces are
// small, so that all connections end at about the same time.
func (t *Tempo) Piece(absent, connections int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	size := t.size
	if size == 0 {
		size = firstPiece
	}
	return max(min(size, absent/(2*connections)), minPiece)
}
