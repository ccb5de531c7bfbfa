package hub

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// What the first read near the end of a file fetches beyond what it was asked for. The metadata of most parquet files
// fits, so that it costs one request.
const (
	tailBytes  = 256 << 10
	wholeBytes = 1 << 20 // files up to this size are fetched at once
)

// RemoteFile is a file on the Hub that is read where it is, by HTTP ranges: reads cost the bytes they ask for and
// little more. It is an [io.ReaderAt] for single reads; whoever reads much of it in a known order uses [RemoteFile.Stream].
//
// Ranges cannot be checked against the hash that the Hub promises, only against the size of the file. Files of at most
// a mebibyte, and files that are in git and not in the Hub's large-file storage, are fetched whole and checked.
//
// Errors are those of [Client.Download] and name the dataset, the commit and the file; a server that does not know ranges
// is one, [ErrNoRanges]. Methods may be called from several
// goroutines.
type RemoteFile struct {
	c      *Client
	from   *origin
	file   File
	ctx    context.Context
	cancel context.CancelCauseFunc
	moved  atomic.Int64

	tailMu sync.Mutex
	tail   []byte // the end of the file; nil until a read comes near it
	start  int64  // where tail begins, loaded or not

	mu      sync.Mutex
	streams map[*Stream]bool // not closed yet
}

// Open returns f, one of d.Files, for reading in place. It asks for nothing yet. Every read ends with ctx. The
// caller closes the file.
func (c *Client) Open(ctx context.Context, d *Dataset, f File) *RemoteFile {
	r := &RemoteFile{c: c, from: c.origin(d, f), file: f, streams: map[*Stream]bool{}}
	r.from.req.op = fmt.Sprintf("read %s@%.8s: %s", d.Ref.Repo, d.Commit, fault.Printable(f.Path, 200))
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	r.start = f.Size - tailBytes
	if f.Size <= wholeBytes || f.SHA256 == "" && f.Size <= maxDoc {
		r.start = 0
	}
	return r
}

// Cached returns where on this machine f, one of d.Files, is complete, if it is.
func (c *Client) Cached(d *Dataset, f File) (path string, ok bool) {
	s := c.store(d.Ref.Repo)
	if !s.has(d.Commit, f) {
		return "", false
	}
	return s.local(d.Commit, f), true
}

// Size returns the number of bytes of the file.
func (r *RemoteFile) Size() int64 { return r.file.Size }

// Moved returns how many bytes of the file came over the network so far, used or not, not counting what came before a
// read failed for good.
func (r *RemoteFile) Moved() int64 { return r.moved.Load() }

// Checked reports whether the whole file came and has the hash that the Hub promises.
func (r *RemoteFile) Checked() bool {
	r.tailMu.Lock()
	defer r.tailMu.Unlock()
	return r.start == 0 && r.tail != nil
}

// ReadAt is as [io.ReaderAt] says. It fetches what it returns, except near the end of the file, where it fetches more
// and keeps it.
func (r *RemoteFile) ReadAt(p []byte, off int64) (int, error) { return r.readAt(r.ctx, p, off) }

func (r *RemoteFile) readAt(ctx context.Context, p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("%s: %w: offset %d", r.from.req.op, fs.ErrInvalid, off)
	}
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	var end error
	if left := max(r.file.Size-off, 0); int64(len(p)) > left {
		p, end = p[:left], io.EOF
	}
	if len(p) == 0 {
		return 0, end
	}
	head := int(min(max(r.start-off, 0), int64(len(p)))) // the part of p before the tail
	if head < len(p) {
		tail, err := r.loadTail(ctx)
		if err != nil {
			return 0, err
		}
		copy(p[head:], tail[off+int64(head)-r.start:])
	}
	if head > 0 {
		if err := r.fetch(ctx, p[:head], off); err != nil {
			return 0, err
		}
	}
	return len(p), end
}

// loadTail returns the end of the file. A failure is not kept: the next read tries again.
func (r *RemoteFile) loadTail(ctx context.Context) ([]byte, error) {
	r.tailMu.Lock()
	defer r.tailMu.Unlock()
	if r.tail != nil {
		return r.tail, nil
	}
	tail := make([]byte, r.file.Size-r.start)
	if err := r.fetch(ctx, tail, r.start); err != nil {
		return nil, err
	}
	if r.start == 0 {
		sum := newDigest(r.file)
		_, _ = sum.Write(tail) // hashes do not fail
		if err := sum.check(r.file); err != nil {
			return nil, fmt.Errorf("%s: %w", r.from.req.op, err)
		}
	}
	r.tail = tail
	return tail, nil
}

// remote returns where the part of the file ends that is not in memory.
func (r *RemoteFile) remote() int64 {
	r.tailMu.Lock()
	defer r.tailMu.Unlock()
	if r.tail == nil {
		return r.file.Size
	}
	return r.start
}

// fetch fills p from the network.
func (r *RemoteFile) fetch(ctx context.Context, p []byte, off int64) error {
	if r.c.cfg.Offline {
		return fmt.Errorf("%s: %w; run once without HF_HUB_OFFLINE and --offline", r.from.req.op, ErrOffline)
	}
	if err := r.from.readAt(ctx, p, off); err != nil {
		return err
	}
	r.moved.Add(int64(len(p)))
	return nil
}

// Close ends all reads and the file's streams, and waits for what the streams have under way; a ReadAt of another
// goroutine returns soon after. It returns nil.
func (r *RemoteFile) Close() error {
	r.cancel(fmt.Errorf("%s: %w", r.from.req.op, fs.ErrClosed))
	r.mu.Lock()
	open := r.streams
	r.streams = map[*Stream]bool{}
	r.mu.Unlock()
	for s := range open {
		s.stop()
	}
	return nil
}
