package hub

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"

	"github.com/promptmill/promptmill/convert/hub/internal/span"
	"github.com/promptmill/promptmill/convert/hub/internal/stall"
)

// content is what a request carries. It can be opened again for another try.
type content interface {
	open() (io.ReadCloser, error)
	size() int64 // bytes that open gives
}

// bytesOf is content in memory.
type bytesOf []byte

func (b bytesOf) open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
func (b bytesOf) size() int64                  { return int64(len(b)) }

// part is a range of other content.
type part struct {
	of    *local
	bytes span.Span
}

func (p part) size() int64 { return p.bytes.Size() }

func (p part) open() (io.ReadCloser, error) {
	src, err := p.of.open()
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(src, p.bytes.From, p.bytes.Size()), src}, nil
}

// source is an open file or memory.
type source interface {
	io.ReaderAt
	io.Closer
}

// memory is a source that needs no closing.
type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

// open returns the bytes of l. A file that is not the one that was hashed any more is an error.
func (l *local) open() (source, error) {
	if l.LocalPath == "" {
		return memory{bytes.NewReader(l.Bytes)}, nil
	}
	f, err := os.Open(l.LocalPath)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && (info.Size() != l.file.Size || !info.ModTime().Equal(l.modified)) {
		err = &os.PathError{Op: "push", Path: l.LocalPath, Err: errChanged}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

var errChanged = errors.New("the file has changed since it was hashed: push again when nobody writes it")

// watchedSource is a request's body under a watch: as long as the network takes bytes nothing is stalled. It remembers
// why it could not be read, which the HTTP client would report as a network's failure.
type watchedSource struct {
	io.ReadCloser
	w    *stall.Watch
	told func(n int64) // nil: nobody asks
	n    int64

	mu  sync.Mutex
	err error
}

func (s *watchedSource) Read(p []byte) (int, error) {
	s.w.Alive()
	n, err := s.ReadCloser.Read(p)
	if s.n += int64(n); s.told != nil {
		s.told(s.n)
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrClosed) {
		s.mu.Lock()
		s.err = err
		s.mu.Unlock()
	}
	return n, err
}

func (s *watchedSource) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}
