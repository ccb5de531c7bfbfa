package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report/plain"
	"github.com/promptmill/promptmill/bench/results"
)

// JSONVersion is the version of the document that [JSON] writes. It grows when a field goes or changes its
// meaning; new fields do not change it.
const JSONVersion = 1

// Document is what [JSON] writes: the summary as package metrics names its fields, times in seconds, with what
// was learned from it.
type Document struct {
	SchemaVersion int `json:"schema_version"` // [JSONVersion]
	metrics.Summary
	Findings []Finding `json:"findings"` // the most important first; never null
}

// JSON writes s as one indented JSON document, a [Document]. Keys keep their order from version to version and
// lists are never null. Strings are as they were in the results, but angle brackets, ampersands and characters that do
// not print are written as \u escapes. A number that is not finite is an error, and nothing is written.
func JSON(w io.Writer, s *metrics.Summary) error {
	doc := Document{SchemaVersion: JSONVersion, Summary: *s, Findings: findings(s)}
	fillLists(&doc)
	text, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		if bad, ok := errors.AsType[*json.UnsupportedValueError](err); ok {
			return fmt.Errorf("summary of run %q: a figure is %s, which JSON cannot hold: %w", s.Run.ID, bad.Str, err)
		}
		return fmt.Errorf("summary of run %q as JSON: %w", s.Run.ID, err)
	}
	text = bytes.ToValidUTF8(text, []byte("\uFFFD")) // a manifest is raw JSON, which may hold any byte
	_, err = w.Write(append(plain.JSON(text), '\n'))
	return err
}

// fillLists replaces what would be written as null, without touching the summary that doc was made from.
func fillLists(doc *Document) {
	if doc.Findings == nil {
		doc.Findings = []Finding{}
	}
	if doc.Warnings == nil {
		doc.Warnings = []string{}
	}
	if doc.Run.Benchmarks == nil {
		doc.Run.Benchmarks = []results.Benchmark{}
	}
	if doc.Run.Config == nil {
		doc.Run.Config = map[string]any{}
	}
	if !json.Valid(doc.Run.Manifest) {
		doc.Run.Manifest = nil
	}
	doc.Benchmarks = append([]metrics.Benchmark{}, doc.Benchmarks...)
	for i := range doc.Benchmarks {
		b := &doc.Benchmarks[i]
		if b.Counts.ErrorKinds == nil {
			b.Counts.ErrorKinds = []metrics.ErrorKind{}
		}
		if b.ClientLimited == nil {
			b.ClientLimited = []string{}
		}
		for _, m := range []*map[string]int{&b.TokenSources, &b.TimeSources, &b.FinishReasons} {
			if *m == nil {
				*m = map[string]int{}
			}
		}
	}
}
