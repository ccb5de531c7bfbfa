package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// Keys of the key-value pairs in the footer.
const (
	keyRun          = "promptmill.run"
	keyVersion      = "promptmill.schema_version"
	keyManifest     = "promptmill.manifest"
	keyServers      = "promptmill.server_metrics"
	keyServersAt    = "promptmill.server_metrics_at" // of a file that is not closed: where the last block of samples is
	keyCheckpoint   = "promptmill.checkpoint"        // where this footer starts, for as long as the run has not closed the file
	keyRowGroupSums = "promptmill.row_group_crc32c"
	keyFooterSum    = "promptmill.footer_crc32c"
	keyHuggingFace  = "huggingface"
)

// keyValues returns the footer's pairs for run. The manifest has a key of its own, byte for byte as it was, and
// is not repeated inside the run.
func keyValues(run *Run, checkpoint bool) ([]format.KeyValue, error) {
	if len(run.Manifest) > 0 && !json.Valid(run.Manifest) {
		return nil, errors.New("run description: its manifest is not JSON")
	}
	bare := *run
	bare.SchemaVersion = SchemaVersion
	bare.Manifest = nil
	text, err := json.Marshal(&bare)
	if err != nil {
		return nil, fmt.Errorf("run description: %w", err)
	}
	kv := []format.KeyValue{
		{Key: keyHuggingFace, Value: huggingFaceFeatures},
		{Key: keyRun, Value: string(text)},
		{Key: keyVersion, Value: strconv.Itoa(SchemaVersion)},
	}
	if len(run.Manifest) > 0 {
		kv = append(kv, format.KeyValue{Key: keyManifest, Value: string(run.Manifest)})
	}
	if len(run.ServerMetrics) > 0 && !checkpoint {
		text, err := json.Marshal(run.ServerMetrics)
		if err != nil {
			return nil, fmt.Errorf("server metrics: %w", err)
		}
		kv = append(kv, format.KeyValue{Key: keyServers, Value: string(text)})
	}
	if checkpoint {
		kv = append(kv, format.KeyValue{Key: keyCheckpoint})
	}
	return kv, nil
}

// stamp notes in a provisional footer where it starts. A search for footers takes only those at their place, not
// bytes that look like one, such as the copy of a results file that a server sent as its answer.
func stamp(kv []format.KeyValue, start int64) []format.KeyValue {
	for i := range kv {
		if kv[i].Key == keyCheckpoint {
			kv[i].Value = strconv.FormatInt(start, 10)
		}
	}
	return kv
}

// stamped reports whether pf has a provisional footer, and that where it says.
func stamped(pf *parquet.File, start int64) bool {
	at, ok := pf.Lookup(keyCheckpoint)
	return ok && at == strconv.FormatInt(start, 10)
}

// readKeyValues fills in f from the footer's pairs.
func (f *File) readKeyValues(pf *parquet.File) (err error) {
	sums, _ := pf.Lookup(keyRowGroupSums)
	if f.sums, err = parseChecksums(sums, len(pf.RowGroups())); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	version, _ := pf.Lookup(keyVersion)
	if f.version, err = strconv.Atoi(version); err != nil {
		return fmt.Errorf("%w: %s in the footer: %w", ErrCorrupt, keyVersion, err)
	}
	text, ok := pf.Lookup(keyRun)
	if !ok {
		return fmt.Errorf("%w: its footer has no %q", ErrCorrupt, keyRun)
	}
	if err := json.Unmarshal([]byte(text), &f.Run); err != nil {
		return fmt.Errorf("%w: %s in the footer: %w", ErrCorrupt, keyRun, err)
	}
	if manifest, ok := pf.Lookup(keyManifest); ok {
		f.Run.Manifest = json.RawMessage(manifest)
	}
	_, f.Partial = pf.Lookup(keyCheckpoint)
	if err := f.readServerMetrics(pf); err != nil {
		return fmt.Errorf("%w: server metrics: %w", ErrCorrupt, err)
	}
	return nil
}

func (f *File) readServerMetrics(pf *parquet.File) (err error) {
	if text, ok := pf.Lookup(keyServers); ok {
		return json.Unmarshal([]byte(text), &f.Run.ServerMetrics)
	}
	if ref, ok := pf.Lookup(keyServersAt); ok {
		f.Run.ServerMetrics, err = readBlocks(f.f, ref)
	}
	return err
}

// huggingFaceFeatures is the value of the "huggingface" key: the features of a dataset with these columns, so
// that datasets.load_dataset("parquet", ...) is typed without a guess.
var huggingFaceFeatures = featuresOf(schema)

func featuresOf(s *parquet.Schema) string {
	var b bytes.Buffer
	b.WriteString(`{"info": {"features": {`)
	for i, f := range s.Fields() {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q: %s", f.Name(), featureOf(f))
	}
	b.WriteString(`}}}`)
	return b.String()
}

// featureOf describes one column. Lists are "Sequence", which old and new releases of datasets understand;
// "List" only the new ones.
func featureOf(f parquet.Field) string {
	if !f.Leaf() {
		return fmt.Sprintf(`{"feature": {"dtype": %q, "_type": "Value"}, "length": -1, "_type": "Sequence"}`, dtype(elementOf(f)))
	}
	return fmt.Sprintf(`{"dtype": %q, "_type": "Value"}`, dtype(f))
}

// elementOf returns the leaf of a three-level list.
func elementOf(f parquet.Field) parquet.Node { return f.Fields()[0].Fields()[0] }

// dtype is the name that Arrow and datasets give to the type of a leaf.
func dtype(n parquet.Node) string {
	switch n.Type().Kind() {
	case parquet.Boolean:
		return "bool"
	case parquet.Int32:
		return "int32"
	case parquet.Int64:
		return "int64"
	case parquet.Double:
		return "float64"
	default:
		return "string"
	}
}
