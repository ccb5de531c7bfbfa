package convert

import (
	"crypto/sha256"
	"hash"
	"io"
)

// ManifestText is what a compressed output holds.
type ManifestText struct {
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// ManifestPart is one of the files of an output that is split into several.
type ManifestPart struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
	Lines  int64  `json:"lines"`
}

// part is a file of the output while it is written: text goes in by text, bytes come out by Write, which counts and
// sums them for the part and for the output.
type part struct {
	out     *output
	w       io.Writer
	name    string
	encoder io.WriteCloser // nil where text is written as it is
	sum     hash.Hash      // nil unless the output is split and sums are asked for
	bytes   int64
	lines   int64
}

// newPart begins a file that is written to w.
func (o *output) newPart(w io.Writer, name string) (*part, error) {
	p := &part{out: o, w: w, name: name}
	if o.split > 0 && o.sum != nil {
		p.sum = sha256.New()
	}
	var err error
	p.encoder, err = o.compression.encoder(p)
	return p, err
}

func (p *part) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return n, err // the writer names itself
	}
	if p.out.sum != nil {
		p.out.sum.Write(b)
	}
	p.out.bytes += int64(n)
	if p.sum != nil {
		p.sum.Write(b)
	}
	p.bytes += int64(n)
	return n, nil
}

// text takes some lines.
func (p *part) text(b []byte) error {
	if p.encoder == nil {
		_, err := p.Write(b)
		return err
	}
	if p.out.text != nil {
		p.out.text.Write(b)
	}
	p.out.textBytes += int64(len(b))
	_, err := p.encoder.Write(b)
	return err
}

// end writes what the encoder holds back.
func (p *part) end() error {
	if p.encoder == nil {
		return nil
	}
	return p.encoder.Close()
}

func (p *part) entry() ManifestPart {
	return ManifestPart{Name: p.name, SHA256: hexSum(p.sum), Bytes: p.bytes, Lines: p.lines}
}
