package fill

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Journal remembers on disk which blocks of an unfinished file are there, so that another process can go on after this
// one was killed. It is a header line that says of which file, and one byte per block, written after the block.
//
// Nothing is synced: after a crash of the machine the journal may promise blocks that the disk has lost. The hash of
// the whole file finds that out.
type Journal struct {
	file   *os.File
	header string
	size   int64 // of the file that it is about
}

// The bytes of a journal.
const (
	journalAbsent = '.'
	journalThere  = '#'
)

func journalHeader(etag string, size int64) string {
	return fmt.Sprintf("promptmill: blocks of an unfinished download, version 1, %s, %d bytes in blocks of %d\n", etag, size, BlockSize)
}

// OpenJournal opens the journal called name in root for the unfinished file data, which is to become size bytes that are
// known as etag, or begins one. It returns which blocks are there: those that both the journal and the length of data
// vouch for. The caller closes the journal.
func OpenJournal(root *os.Root, name, etag string, size int64, data *os.File) (*Journal, []bool, error) {
	file, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, nil, err
	}
	j := &Journal{file, journalHeader(etag, size), size}
	there, err := j.load(data)
	if err == nil && there == nil {
		err = errors.Join(data.Truncate(0), j.Clear())
	}
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return j, there, nil
}

// load reads the journal; nil: it is of another file.
func (j *Journal) load(data *os.File) ([]bool, error) {
	info, err := data.Stat()
	if err != nil {
		return nil, err
	}
	raw := make([]byte, len(j.header)+blocks(j.size))
	n, err := j.file.ReadAt(raw, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if n < len(raw) || string(raw[:len(j.header)]) != j.header {
		return nil, nil
	}
	return blocksThere(raw[len(j.header):], j.size, info.Size()), nil
}

// blocksThere decodes the marks of a file of size bytes, of which has are on disk.
func blocksThere(marks []byte, size, has int64) []bool {
	there := make([]bool, len(marks))
	for i, mark := range marks {
		end := min(int64(i+1)*BlockSize, size)
		there[i] = mark == journalThere && end <= has
	}
	return there
}

// Clear begins the journal anew.
func (j *Journal) Clear() error {
	if err := j.file.Truncate(0); err != nil {
		return err
	}
	text := make([]byte, 0, len(j.header)+blocks(j.size))
	text = append(text, j.header...)
	for range blocks(j.size) {
		text = append(text, journalAbsent)
	}
	_, err := j.file.WriteAt(text, 0)
	return err
}

// Mark remembers a block.
func (j *Journal) Mark(i int) error {
	_, err := j.file.WriteAt([]byte{journalThere}, int64(len(j.header)+i))
	return err
}

// Close ends the use of the journal. It stays where it is.
func (j *Journal) Close() error { return j.file.Close() }

// Kept returns how many of the size bytes known as etag an earlier run has left, as far as its journal tells; 0 when in
// doubt.
func Kept(root *os.Root, name, etag string, size int64) int64 {
	raw, err := root.ReadFile(name)
	base := len(journalHeader(etag, size))
	if errors.Is(err, fs.ErrNotExist) || len(raw) != base+blocks(size) {
		return 0
	}
	n := int64(0)
	for i, ok := range blocksThere(raw[base:], size, size) {
		if ok {
			n += min(int64(i+1)*BlockSize, size) - int64(i)*BlockSize
		}
	}
	return n
}
