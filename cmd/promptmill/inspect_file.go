package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

// inspection is what inspect found: its JSON, and what its text is made of.
type inspection struct {
	Dataset *datasetInfo `json:"dataset,omitempty"`
	Total   totalInfo    `json:"total"`
	Files   []*fileInfo  `json:"files"`
}

// totalInfo is all files together.
type totalInfo struct {
	Files int    `json:"files"`
	Bytes int64  `json:"bytes"`
	Rows  *int64 `json:"rows,omitempty"` // absent when not all files were opened
}

// datasetInfo is a dataset on the Hub.
type datasetInfo struct {
	Repo     string       `json:"repo"`
	Revision string       `json:"revision"`
	Commit   string       `json:"commit"`
	Config   string       `json:"config"`
	Split    string       `json:"split"`
	Bytes    int64        `json:"bytes"`
	Configs  []configInfo `json:"configs"`
	Files    []hubFile    `json:"files"`
}

type configInfo struct {
	Name    string   `json:"name"`
	Default bool     `json:"default"`
	Splits  []string `json:"splits"`
}

type hubFile struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256,omitempty"`
}

// fileInfo is one file. Of a Hub dataset only the first file with rows has columns.
type fileInfo struct {
	Name      string       `json:"name"`
	Format    string       `json:"format"`
	Bytes     int64        `json:"bytes"`
	Rows      int64        `json:"rows"`
	Creator   string       `json:"created_by,omitempty"`
	Keys      []string     `json:"metadata,omitempty"`     // names of the key-values
	Packed    string       `json:"compression,omitempty"`  // of the whole file
	Footer    *int64       `json:"footer_bytes,omitempty"` // of parquet
	Notices   []string     `json:"notices,omitempty"`
	RowGroups []groupInfo  `json:"row_groups,omitempty"`
	Columns   []columnInfo `json:"columns,omitempty"`
	Mapping   *mappingInfo `json:"mapping,omitempty"`
}

type groupInfo struct {
	Rows         int64 `json:"rows"`
	Compressed   int64 `json:"compressed_bytes"`
	Uncompressed int64 `json:"uncompressed_bytes"`
}

// columnInfo is one column, in all row groups together.
type columnInfo struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"`
	*Storage          // of parquet
	Nulls    *int64   `json:"nulls,omitempty"` // absent when the file does not say
	Labels   []string `json:"labels,omitempty"`
	Sample   string   `json:"sample,omitempty"` // escaped and shortened
}

// Storage is how a column is stored. Its name is exported for the decoder of JSON, which sets no others that are embedded.
type Storage struct {
	Codecs       []string `json:"codecs"`
	Encodings    []string `json:"encodings"`
	Compressed   int64    `json:"compressed_bytes"`
	Uncompressed int64    `json:"uncompressed_bytes"`
}

// mappingInfo is what convert would make of the columns, or why it could not.
type mappingInfo struct {
	Rule        string   `json:"rule,omitempty"`
	Description string   `json:"description,omitempty"`
	Prompt      string   `json:"prompt,omitempty"`
	System      string   `json:"system,omitempty"`
	Expected    string   `json:"expected,omitempty"`
	Notices     []string `json:"notices,omitempty"`
	None        string   `json:"none,omitempty"`
	line        string   // for people
}

// inspectFile describes a file, in brief unless it is to be described whole, which depends on the number of its rows. When
// they cannot be read there is a description and an error.
func (s *subject) inspectFile(ctx context.Context, src subjectFile, whole func(rows int64) bool) (*fileInfo, error) {
	f, err := src.open(ctx)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	facts := f.Facts()
	about := &fileInfo{Name: src.name, Format: string(facts.Format), Packed: facts.Compression, Bytes: facts.Size,
		Rows: f.NumRows(), Notices: facts.Notices}
	pq, ok := f.(*dataset.File)
	if !ok {
		about.Mapping = about.mappingOf(f.Schema())
		samples, err := convert.Samples(ctx, f, nil)
		about.Columns = plainColumns(f.Schema(), samples)
		return about, err
	}
	info := pq.Info()
	about.Footer = &info.Footer
	if !whole(about.Rows) {
		return about, nil
	}
	about.Creator, about.Keys = info.Creator, info.Keys
	about.RowGroups = groupsOf(info)
	about.Mapping = about.mappingOf(f.Schema())
	columns := f.Schema().Fields
	if !s.local {
		columns = cheap(columns, info)
	}
	samples, err := convert.Samples(ctx, f, namesOf(columns))
	about.Columns = columnsOf(f.Schema(), info, samples)
	return about, err
}

func groupsOf(info dataset.Info) (out []groupInfo) {
	for _, g := range info.RowGroups {
		sum := groupInfo{Rows: g.Rows}
		for _, c := range g.Columns {
			sum.Compressed += c.Compressed
			sum.Uncompressed += c.Uncompressed
		}
		out = append(out, sum)
	}
	return out
}

// plainColumns describes the columns of a file that does not say how it stores them.
func plainColumns(s dataset.Schema, samples map[string]string) (out []columnInfo) {
	for _, f := range s.Fields {
		out = append(out, columnInfo{Name: f.Name, Type: f.Type, Labels: s.Labels[f.Name], Sample: samples[f.Name]})
	}
	return out
}

func columnsOf(s dataset.Schema, info dataset.Info, samples map[string]string) []columnInfo {
	var out []columnInfo
	for i, f := range s.Fields {
		c := columnInfo{Name: f.Name, Type: f.Type, Labels: s.Labels[f.Name], Sample: samples[f.Name],
			Storage: &Storage{Codecs: []string{}, Encodings: []string{}}}
		nulls, known := int64(0), true
		for _, g := range info.RowGroups {
			in := g.Columns[i]
			c.Compressed += in.Compressed
			c.Uncompressed += in.Uncompressed
			c.Codecs = union(c.Codecs, in.Codecs)
			c.Encodings = union(c.Encodings, in.Encodings)
			nulls += in.Nulls
			known = known && in.Nulls >= 0
		}
		if known {
			c.Nulls = &nulls
		}
		out = append(out, c)
	}
	return out
}

func union(list, more []string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// cheapBytes is how large a column of bytes may be in the first row group for its start to be fetched from afar.
const cheapBytes = 64 << 10

// cheap returns the fields without those that are large and hold bytes: images and sounds, of which no sample says much.
func cheap(fields []dataset.Field, info dataset.Info) (out []dataset.Field) {
	for i, f := range fields {
		if len(info.RowGroups) == 0 || info.RowGroups[0].Columns[i].Compressed <= cheapBytes || !hasBytes(f) {
			out = append(out, f)
		}
	}
	return out
}

func namesOf(fields []dataset.Field) []string {
	names := make([]string, len(fields)) // not nil, which asks for all
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

func hasBytes(f dataset.Field) bool {
	return f.Kind == dataset.Binary || slices.ContainsFunc(f.Children, hasBytes)
}

// mappingOf is what convert would make of the file. Without rows there may be no columns, and there is nothing to make.
func (f *fileInfo) mappingOf(s dataset.Schema) *mappingInfo {
	m := mappingOf(s)
	if m.None != "" && f.Rows == 0 {
		m.None = "the file has no rows"
	}
	return m
}

func mappingOf(s dataset.Schema) *mappingInfo {
	about := choiceOf(s)
	if n := convert.Renamed(s); n != "" {
		about.Notices = append(about.Notices, n)
	}
	return about
}

func choiceOf(s dataset.Schema) *mappingInfo {
	m, err := mapping.Choose(s, mapping.Options{})
	if none, ok := errors.AsType[*mapping.NoMappingError](err); ok {
		return &mappingInfo{None: noMapping(none)}
	}
	if err != nil {
		return &mappingInfo{None: err.Error()}
	}
	return &mappingInfo{
		Rule: m.Rule, Description: m.Description, Prompt: m.From, System: m.SystemFrom, Expected: m.Expected,
		Notices: m.Notices, line: m.String(),
	}
}

// noMapping is the first line of the error: the others list the columns.
func noMapping(err *mapping.NoMappingError) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
