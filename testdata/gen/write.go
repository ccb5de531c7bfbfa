package main

import (
	"bytes"
	"encoding/json"

	"github.com/parquet-go/parquet-go"
)

// object is a JSON object; encoding/json sorts its keys, so files come out the same each time.
type object = map[string]any

// value is the Hub's feature for a scalar column.
func value(dtype string) object { return object{"dtype": dtype, "_type": "Value"} }

// list is the Hub's feature for a list column.
func list(feature any) object { return object{"feature": feature, "length": -1, "_type": "List"} }

// classLabel is the Hub's feature for an integer column that stands for names.
func classLabel(names ...string) object { return object{"names": names, "_type": "ClassLabel"} }

// encode writes groups, each as one row group, the way the Hub's `datasets` does: SNAPPY, page
// index, OPTIONAL columns (the fields of T are pointers), and the features in the footer. Nil
// features leave the key-value out, as files that other tools wrote do.
func encode[T any](features object, groups ...[]T) ([]byte, error) {
	options := []parquet.WriterOption{
		parquet.NewSchema("schema", parquet.SchemaOf(new(T))),
		parquet.Compression(&parquet.Snappy),
		parquet.CreatedBy("promptmill testdata/gen", "1", "0"),
		parquet.DataPageVersion(1),
	}
	if features != nil {
		meta, err := json.Marshal(object{"info": object{"features": features}})
		if err != nil {
			return nil, err
		}
		options = append(options, parquet.KeyValueMetadata("huggingface", string(meta)))
	}
	var buf bytes.Buffer
	w := parquet.NewGenericWriter[T](&buf, options...)
	for _, rows := range groups {
		if _, err := w.Write(rows); err != nil {
			return nil, err
		}
		if err := w.Flush(); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
