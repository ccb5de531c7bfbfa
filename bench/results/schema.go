package results

import (
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// schema is the columns of a results file: the fields of [Record].
var schema = parquet.SchemaOf(new(Record))

// dictionaryLimit is the size at which a column gives up its dictionary: prompt digests repeat when prompts do,
// and are all different when they do not.
const dictionaryLimit = 1 << 20

// codec is the fastest level: delta encoding leaves little for a slower one to find, and this one's encoder is small.
var codec = &zstd.Codec{Level: zstd.SpeedFastest}

// newEncoder returns a parquet writer for records. There is a new one for every file, at half a millisecond:
// the library's Reset wipes the paths of the columns, so that the second file of a writer has none.
func newEncoder(out io.Writer) *parquet.GenericWriter[Record] {
	return parquet.NewGenericWriter[Record](out,
		schema,
		parquet.Compression(codec),
		parquet.DictionaryMaxBytes(dictionaryLimit),
	)
}

// A Column is a column of a results file.
type Column struct {
	Name     string
	Type     string // as Arrow calls it: "int64", "string", "bool", "float64", "list<int64>"
	Nullable bool
}

// Columns returns the columns of a results file, in file order.
func Columns() []Column {
	var cols []Column
	for _, f := range schema.Fields() {
		c := Column{Name: f.Name(), Nullable: f.Optional()}
		if f.Leaf() {
			c.Type = dtype(f)
		} else {
			c.Type = "list<" + dtype(elementOf(f)) + ">"
		}
		cols = append(cols, c)
	}
	return cols
}
