package convert

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"sort"

	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/dataset/lineage"
	"github.com/promptmill/promptmill/convert/jsontext"
	"github.com/promptmill/promptmill/convert/mapping"
)

// descent keeps which rows the lines of the output are made of, and writes that beside them.
type descent struct {
	writer *lineage.Writer
	files  []descentFile
	sum    [sha256.Size]byte // of the row that is converted
	row    []byte            // reused
	body   []byte            // reused
}

// descentFile is a file of the source, whose rows begin at the number first over all files.
type descentFile struct {
	name  string
	first int64
}

// newDescent writes to w; it is nil when there is nothing to write to.
func newDescent(w io.Writer) *descent {
	if w == nil {
		return nil
	}
	return &descent{writer: lineage.NewWriter(w)}
}

// begin notes that the rows from first on are those of the file called name.
func (d *descent) begin(name string, first int64) {
	if d != nil {
		d.files = append(d.files, descentFile{name, first})
	}
}

// read takes the sum of a row: of the columns that were read, as a JSON object.
func (d *descent) read(m *mapping.Mapping, b *dataset.Batch, row int) {
	if d == nil {
		return
	}
	text := append(d.row[:0], '{')
	for i, name := range m.Columns() {
		c, _ := b.Column(name)
		text = jsontext.Append(appendComma(text, i), name)
		text = c.Value(row).JSON(append(text, ':'))
	}
	d.row = append(text, '}')
	d.sum = sha256.Sum256(d.row)
}

// pack puts the sum of the row before a line, which travels with it to the output.
func (d *descent) pack(line []byte) []byte {
	if d == nil {
		return line
	}
	d.body = append(append(d.body[:0], d.sum[:]...), line...)
	return d.body
}

// unpack undoes pack.
func (d *descent) unpack(body []byte) (sum, line []byte) {
	if d == nil {
		return nil, body
	}
	return body[:sha256.Size], body[sha256.Size:]
}

// write adds the entry of a line that was written at the place in the output.
func (d *descent) write(it *item, sum []byte, part, line int64) error {
	if d == nil {
		return nil
	}
	i := sort.Search(len(d.files), func(i int) bool { return d.files[i].first > it.row }) - 1
	f := d.files[i]
	return d.writer.Add(lineage.Entry{
		Part: part, Line: line, Source: f.name, Row: it.row - f.first, SHA256: hex.EncodeToString(sum),
	})
}

func (d *descent) end() error {
	if d == nil {
		return nil
	}
	return d.writer.Close()
}

func appendComma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}
