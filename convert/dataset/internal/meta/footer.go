package meta

import (
	"fmt"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// FileMetaData is the part of a file's metadata that reading and describing its rows takes. Bounds of
// values and the like are passed over; parquet-go's own type would also refuse files whose key-values have no
// value, which the format allows.
type FileMetaData struct {
	Schema           []format.SchemaElement `thrift:"2,required"`
	NumRows          int64                  `thrift:"3,required"`
	RowGroups        []RowGroup             `thrift:"4,required"`
	KeyValueMetadata []KeyValue             `thrift:"5,optional"`
	CreatedBy        string                 `thrift:"6,optional"`
}

// KeyValue is an entry of the metadata that writers add as they like.
type KeyValue struct {
	Key   string `thrift:"1,required"`
	Value string `thrift:"2,optional"`
}

// RowGroup is some consecutive rows of a file.
type RowGroup struct {
	Columns []ColumnChunk `thrift:"1,required"`
	NumRows int64         `thrift:"3,required"`
}

// ColumnChunk is one column of a row group.
type ColumnChunk struct {
	FilePath  string                      `thrift:"1,optional"`
	Chunk     ColumnMetaData              `thrift:"3,optional"`
	Crypto    format.ColumnCryptoMetaData `thrift:"8,optional"`
	Encrypted []byte                      `thrift:"9,optional"` // metadata, when the column's own key hides it
}

// IsEncrypted reports whether the column can only be read with a key.
func (c *ColumnChunk) IsEncrypted() bool { return c.Crypto.Value != nil || len(c.Encrypted) > 0 }

// ColumnMetaData says where the pages of a column chunk are.
type ColumnMetaData struct {
	Type                  format.Type             `thrift:"1,required"`
	Encodings             []format.Encoding       `thrift:"2,optional"`
	Codec                 format.CompressionCodec `thrift:"4,required"`
	NumValues             int64                   `thrift:"5,required"`
	TotalUncompressedSize int64                   `thrift:"6,required"`
	TotalCompressedSize   int64                   `thrift:"7,required"`
	DataPageOffset        int64                   `thrift:"9,required"`
	DictionaryPageOffset  int64                   `thrift:"11,optional"`
	Statistics            Statistics              `thrift:"12,optional"`
}

// Statistics is what a writer counted in a column chunk.
type Statistics struct {
	NullCount thrift.Null[int64] `thrift:"3,optional"`
}

// Footer decodes the metadata of a file from exactly b. The strings of the result alias b.
func Footer(b []byte) (*FileMetaData, error) {
	m := new(FileMetaData)
	n, err := decode(b, m)
	if err != nil {
		return nil, err
	}
	// 28 bytes after the metadata are the signature of a file with encrypted columns; what it
	// signs can be read all the same.
	if rest := len(b) - n; rest != 0 && rest != signature {
		return nil, fmt.Errorf("%d stray bytes after the metadata", rest)
	}
	return m, nil
}

// signature is the length of the nonce and tag behind a signed footer.
const signature = 12 + 16

// PageHeader decodes the page header at the start of b and returns its length. The error is
// [ErrShort] when a longer b could hold a whole header.
func PageHeader(b []byte, h *format.PageHeader) (int, error) {
	*h = format.PageHeader{}
	return decode(b, h)
}
