package hub

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// journal remembers on disk which blocks of an unfinished file are there, so that another process can go on after this
// one was killed. It is a header line that says of which file, and one byte per block, written after the block.
//
// Nothing is synced: after a crash of the machine the journal may promise blocks that the disk has lost. The hash of
// the whole file finds that out.
type journal struct {
	file *os.File
	base int64 // length of the header
}

// The bytes of a journal.
const (
	journalAbsent = '.'
	journalThere  = '#'
)

func journalHeader(f File) string {
	return fmt.Sprintf("promptmill: blocks of an unfinished download, version 1, %s, %d bytes in blocks of %d\n", f.etag(), f.Size, blockSize)
}

// openJournal opens the journal called name for the file data, or begins one. It returns which blocks are
// there: those that both the journal and the length of data vouch for.
func openJournal(root *os.Root, name string, f File, data *os.File) (*journal, []bool, error) {
	file, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, nil, err
	}
	j := &journal{file, int64(len(journalHeader(f)))}
	there, err := j.load(f, data)
	if err == nil && there == nil {
		err = errors.Join(data.Truncate(0), j.clear(f))
	}
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return j, there, nil
}

// load reads the journal; nil: it is not one of f.
func (j *journal) load(f File, data *os.File) ([]bool, error) {
	info, err := data.Stat()
	if err != nil {
		return nil, err
	}
	want := journalHeader(f)
	raw := make([]byte, len(want)+blocks(f.Size))
	n, err := j.file.ReadAt(raw, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if n < len(raw) || string(raw[:len(want)]) != want {
		return nil, nil
	}
	return blocksThere(raw[len(want):], f.Size, info.Size()), nil
}

// blocksThere decodes the marks of a file of size bytes, of which has are on disk.
func blocksThere(marks []byte, size, has int64) []bool {
	there := make([]bool, len(marks))
	for i, mark := range marks {
		end := min(int64(i+1)*blockSize, size)
		there[i] = mark == journalThere && end <= has
	}
	return there
}

// clear begins the journal anew.
func (j *journal) clear(f File) error {
	if err := j.file.Truncate(0); err != nil {
		return err
	}
	text := make([]byte, 0, int(j.base)+blocks(f.Size))
	text = append(text, journalHeader(f)...)
	for range blocks(f.Size) {
		text = append(text, journalAbsent)
	}
	_, err := j.file.WriteAt(text, 0)
	return err
}

// mark remembers a block.
func (j *journal) mark(i int) error {
	_, err := j.file.WriteAt([]byte{journalThere}, j.base+int64(i))
	return err
}

// kept returns how many bytes of f an earlier run has left, as far as its journal tells; 0 when in doubt.
func kept(root *os.Root, name string, f File) int64 {
	raw, err := root.ReadFile(name)
	base := len(journalHeader(f))
	if errors.Is(err, fs.ErrNotExist) || len(raw) != base+blocks(f.Size) {
		return 0
	}
	n := int64(0)
	for i, ok := range blocksThere(raw[base:], f.Size, f.Size) {
		if ok {
			n += min(int64(i+1)*blockSize, f.Size) - int64(i)*blockSize
		}
	}
	return n
}
