package convert

import (
	"fmt"
	"os"
)

// spoolBuffer is how much a spool holds in memory.
const spoolBuffer = 4 << 20

// spool is bytes that are put aside and read again: in memory while they are few, else in a file without a name.
type spool struct {
	dir     string // where the file is made; "" is the system's folder for such files
	file    *os.File
	flushed int64
	pending []byte
}

// size is the offset of what is put next.
func (s *spool) size() int64 { return s.flushed + int64(len(s.pending)) }

func (s *spool) put(b []byte) error {
	s.pending = append(s.pending, b...)
	if len(s.pending) < spoolBuffer {
		return nil
	}
	return s.flush()
}

func (s *spool) flush() error {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, ".promptmill-*.tmp")
		if err != nil {
			return fmt.Errorf("put lines aside: %w", err)
		}
		_ = os.Remove(f.Name()) // where an open file cannot be removed, close does it
		s.file = f
	}
	n, err := s.file.Write(s.pending)
	if err != nil {
		return fmt.Errorf("put lines aside: %w", err)
	}
	s.flushed += int64(n)
	s.pending = s.pending[:0]
	return nil
}

// ReadAt reads what was put, as io.ReaderAt; no piece that was put lies in the file by half.
func (s *spool) ReadAt(b []byte, at int64) (int, error) {
	if at >= s.flushed {
		return copy(b, s.pending[at-s.flushed:]), nil
	}
	n, err := s.file.ReadAt(b, at)
	if err != nil {
		err = fmt.Errorf("read lines put aside: %w", err)
	}
	return n, err
}

func (s *spool) close() {
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
		s.file = nil
	}
}
