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
	Files   []*fileInfo  `json:"files"`
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

// fileInfo is one file. Files of a Hub dataset after the first have no columns.
type fileInfo struct {
	Name      string       `json:"name"`
	Format    string       `json:"format"`
	Bytes     int64        `json:"bytes"`
	Rows      int64        `json:"rows"`
	Creator   string       `json:"created_by,omitempty"`
	Keys      []string     `json:"metadata,omitempty"` // names of the key-values
	Footer    int64        `json:"footer_bytes"`
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
	Name         string   `json:"name"`
	Type         string   `json:"type"`
	Codecs       []string `json:"codecs"`
	Encodings    []string `json:"encodings"`
	Compressed   int64    `json:"compressed_bytes"`
	Uncompressed int64    `json:"uncompressed_bytes"`
	Nulls        *int64   `json:"nulls,omitempty"` // absent when the file does not say
	Labels       []string `json:"labels,omitempty"`
	Sample       string   `json:"sample,omitempty"` // escaped and shortened
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

// inspectFile describes a file, in brief unless whole. When its rows cannot be read there is a description and an error.
func inspectFile(ctx context.Context, src subjectFile, whole bool) (*fileInfo, error) {
	f, err := src.open(ctx)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info := f.Info()
	about := &fileInfo{Name: src.name, Format: "parquet", Bytes: info.Size, Rows: f.NumRows(), Footer: info.Footer}
	if !whole {
		return about, nil
	}
	about.Creator, about.Keys = info.Creator, info.Keys
	about.RowGroups = groupsOf(info)
	about.Mapping = mappingOf(f.Schema())
	samples, err := convert.Samples(ctx, f, legible(f.Schema()))
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

func columnsOf(s dataset.Schema, info dataset.Info, samples map[string]string) []columnInfo {
	var out []columnInfo
	for i, f := range s.Fields {
		c := columnInfo{Name: f.Name, Type: f.Type, Labels: s.Labels[f.Name], Sample: samples[f.Name], Codecs: []string{}, Encodings: []string{}}
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

// legible returns the columns without bytes in them: images and sounds are large and no sample of them can be read.
func legible(s dataset.Schema) []string {
	names := []string{}
	for _, f := range s.Fields {
		if !hasBytes(f) {
			names = append(names, f.Name)
		}
	}
	return names
}

func hasBytes(f dataset.Field) bool {
	return f.Kind == dataset.Binary || slices.ContainsFunc(f.Children, hasBytes)
}

func mappingOf(s dataset.Schema) *mappingInfo {
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
