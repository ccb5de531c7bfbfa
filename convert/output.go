package convert

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"math"
)

const (
	// flushSize is how much is written at once.
	flushSize = 256 << 10
	// gatherSize is what the lines of a batch take, ordinarily.
	gatherSize = 5 << 16
)

// output gathers lines, writes them in large pieces to one file or to several, and keeps the sums of what it wrote.
type output struct {
	compression Compression
	split       int64 // lines of a file; 0 means that there is but one file
	next        func() (io.Writer, string, error)

	buf   []byte // lines not yet written
	most  int    // when so many bytes are in buf, they are written
	part  *part  // nil between two files
	parts []ManifestPart

	sum          hash.Hash // of the files as they are written, one after the other; this and text are nil when none is asked for
	bytes, lines int64
	text         hash.Hash // of the lines, where compression makes that something else
	textBytes    int64
}

// newOutput writes to w, or to what o.NextFile returns when the output is to be split.
func newOutput(w io.Writer, o Options) (*output, error) {
	out := &output{
		compression: o.Compression, split: o.MaxRowsPerFile, next: o.NextFile,
		buf: make([]byte, 0, flushSize+flushSize/4), most: flushSize,
	}
	if !o.NoSums {
		out.sum, out.text = sha256.New(), sha256.New()
	}
	if out.split > 0 {
		return out, nil
	}
	var err error
	out.part, err = out.newPart(w, "")
	return out, err
}

// end takes buf, with a line appended to it, back, and ends the line.
func (o *output) end(buf []byte) error {
	o.buf = append(buf, '\n')
	o.lines++
	if o.part == nil {
		if err := o.open(); err != nil {
			return err
		}
	}
	o.part.lines++
	if o.part.lines == o.split {
		return o.close()
	}
	if len(o.buf) < o.most {
		return nil
	}
	return o.flush()
}

// newGathering returns an output that keeps all lines, for [output.take].
func newGathering() *output {
	return &output{buf: make([]byte, 0, gatherSize), most: math.MaxInt, part: &part{}}
}

// take moves the lines that were gathered in g to o, which must not be one to be split.
func (o *output) take(g *output) error {
	if g.lines == 0 {
		return nil
	}
	if len(o.buf) > 0 {
		if err := o.flush(); err != nil {
			return err
		}
	}
	o.lines += g.lines
	o.part.lines += g.lines
	err := o.part.text(g.buf)
	g.lines = 0
	if cap(g.buf) > largeBatch {
		g.buf = nil
	}
	g.buf = g.buf[:0]
	return err
}

// open begins the next file.
func (o *output) open() error {
	w, name, err := o.next()
	if err != nil {
		return err
	}
	o.part, err = o.newPart(w, name)
	return err
}

func (o *output) flush() error {
	err := o.part.text(o.buf)
	o.buf = o.buf[:0]
	return err
}

// close writes what is left and ends the file, if one is open.
func (o *output) close() error {
	if o.part == nil {
		return nil
	}
	if err := o.flush(); err != nil {
		return err
	}
	if err := o.part.end(); err != nil {
		return err
	}
	if o.split > 0 {
		o.parts = append(o.parts, o.part.entry())
	}
	o.part = nil
	return nil
}

// place tells where the last line is: in which file, from 1, and on which line of it.
func (o *output) place() (part, line int64) {
	if o.split == 0 {
		return 1, o.lines
	}
	return (o.lines-1)/o.split + 1, (o.lines-1)%o.split + 1
}

func (o *output) sha256() string { return hexSum(o.sum) }

// hexSum returns the sum in hexadecimal, "" for none.
func hexSum(h hash.Hash) string {
	if h == nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// packed tells what a compressed output holds; nil where it is the bytes as they are.
func (o *output) packed() *ManifestText {
	if o.compression.Extension() == "" {
		return nil
	}
	return &ManifestText{SHA256: hexSum(o.text), Bytes: o.textBytes}
}
