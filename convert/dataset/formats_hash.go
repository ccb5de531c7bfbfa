package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"os"
)

const hashBytes = 256 << 10 // that are hashed in one go

// hashing hashes what is written to it, on a goroutine of its own: that takes as long as reading does.
type hashing struct {
	hash  hash.Hash
	buf   []byte
	full  chan []byte
	empty chan []byte
	done  chan struct{}
	ended bool
}

// newHashing starts to hash a file that is opened with o; it is nil, and does nothing, where that makes no sense. The caller
// calls end.
func newHashing(o TableOptions) *hashing {
	if o.NoSum || o.Rows > 0 {
		return nil
	}
	const buffers = 3
	h := &hashing{hash: sha256.New(), full: make(chan []byte, buffers), empty: make(chan []byte, buffers), done: make(chan struct{})}
	for range buffers {
		h.empty <- nil
	}
	go func() {
		defer close(h.done)
		for b := range h.full {
			_, _ = h.hash.Write(b) // never fails
			h.empty <- b[:0]
		}
	}()
	return h
}

// Write implements [io.Writer].
func (h *hashing) Write(p []byte) (int, error) {
	if h == nil {
		return len(p), nil
	}
	if cap(h.buf) == 0 {
		if h.buf = <-h.empty; h.buf == nil {
			h.buf = make([]byte, 0, hashBytes)
		}
	}
	if h.buf = append(h.buf, p...); len(h.buf) >= hashBytes {
		h.full <- h.buf
		h.buf = nil
	}
	return len(p), nil
}

// end waits until all is hashed.
func (h *hashing) end() {
	if h == nil || h.ended {
		return
	}
	h.ended = true
	if len(h.buf) > 0 {
		h.full <- h.buf
	}
	close(h.full)
	<-h.done
}

// sum ends the hash and returns it, in hex.
func (h *hashing) sum() string {
	if h == nil {
		return ""
	}
	h.end()
	return hex.EncodeToString(h.hash.Sum(nil))
}

// sha256 reads the whole file and returns its hash, in hex.
func (s *stored) sha256(ctx context.Context) (string, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return "", unreadable(s.name, "%w", withoutPath(err))
	}
	defer f.Close() // only read from
	sum := sha256.New()
	if _, err := io.Copy(sum, contextReader{ctx, f}); err != nil {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return "", unreadable(s.name, "%w", withoutPath(err))
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
