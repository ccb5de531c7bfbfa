package dataset

import (
	"context"
	"io"
	"os"

	"github.com/promptmill/promptmill/convert/dataset/internal/chunk"
)

// Source is what a [File] can be read from besides a local file.
type Source interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// localFile is a [Source] of this machine.
type localFile struct {
	*os.File
	size int64
}

func (f localFile) Size() int64 { return f.size }

// OpenLocal opens a file of this machine for [OpenSource]. Errors are as those of [Open].
func OpenLocal(path string) (Source, error) {
	info, err := os.Stat(path) // before it is opened: to open a named pipe is to wait for who writes to it
	switch {
	case err != nil:
		return nil, unreadable(path, "%w", withoutPath(err))
	case info.IsDir():
		return nil, unreadable(path, "this is a directory; name the parquet files in it")
	case !info.Mode().IsRegular():
		return nil, unreadable(path, "this is not a regular file: a dataset is read from its end, or more than once; save it to a file, or give it on stdin")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, "%w", withoutPath(err))
	}
	return localFile{f, info.Size()}, nil
}

// Streamer is implemented by sources for which a read is expensive, such as those behind a network, beside [Source] or
// [io.ReaderAt]. It is told what [File.Batches] is going to read, so that it can fetch ahead and no more than that.
type Streamer interface {
	// Stream returns a reader of parts of the source, each an offset and the offset after the last byte. The parts of
	// a step are read side by side, each forwards, and the steps one after the other; reading may stop at any time.
	// A few reads go past the end of a part. The reader is closed when no more is needed, and may use ctx until then.
	Stream(ctx context.Context, steps [][][2]int64) Stream
}

// Stream is a reader that a [Streamer] has made.
type Stream interface {
	io.ReaderAt
	io.Closer
}

// stream lets the source fetch ahead, if it can, and returns what ends that.
func (s *scan) stream(ctx context.Context) (end func()) {
	src, ok := s.file.src.(Streamer)
	if !ok {
		return func() {}
	}
	stream := src.Stream(ctx, s.parts())
	s.src = stream
	return func() { _ = stream.Close() } // only read from: what matters came with the reads
}

// parts returns where the pages of the scan are, by row group. What the footer places outside of the file is left out:
// it is an error when its turn comes.
func (s *scan) parts() [][][2]int64 {
	groups := make([][][2]int64, len(s.file.groups))
	for i := range s.file.groups {
		for _, l := range s.order {
			m := &s.file.groups[i].Columns[l.index].Chunk
			if start, end, ok := chunk.Place(m, s.file.limit); ok && m.NumValues > 0 {
				groups[i] = append(groups[i], [2]int64{start, end})
			}
		}
	}
	return groups
}
