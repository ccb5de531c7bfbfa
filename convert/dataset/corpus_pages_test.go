package dataset_test

import (
	"encoding/binary"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go/format"

	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/dataset/internal/chunk"
	"github.com/promptmill/promptmill/convert/dataset/internal/meta"
)

var update = flag.Bool("update", false, "write the golden files")

// TestCorpus_pages lists what the files of the corpus are made of, by codec, page version, encoding and nesting, and
// how many column chunks of each kind are read.
func TestCorpus_pages(t *testing.T) {
	kinds := map[string]*[2]int{} // chunks that are read and those that are refused
	for _, path := range parquetFiles(t, filepath.Join(corpus(t), "parquet-testing"), "bad_data") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		read := readable(t, path)
		for column, pages := range pageKinds(t, data) {
			for kind := range pages {
				if kinds[kind] == nil {
					kinds[kind] = new([2]int)
				}
				if read[column] {
					kinds[kind][0]++
				} else {
					kinds[kind][1]++
				}
			}
		}
	}
	var got strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		fmt.Fprintf(&got, "%-78s %4d read %2d refused\n", kind, kinds[kind][0], kinds[kind][1])
	}
	const golden = "testdata/corpus-pages.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("kinds of pages (-golden +corpus):\n%s", diff)
	}
}

// readable says of each top-level column of a file whether it is read to its end.
func readable(t *testing.T, path string) map[string]bool {
	t.Helper()
	f, err := dataset.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	read := map[string]bool{}
	for _, field := range f.Schema().Fields {
		_, err := readAll(t, f, []string{field.Name})
		read[field.Name] = err == nil
	}
	return read
}

// pageKinds returns the kinds of pages of a file by top-level column.
func pageKinds(t *testing.T, data []byte) map[string]map[string]bool {
	t.Helper()
	end := len(data) - 8 - int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	m, err := meta.Footer(data[end : len(data)-8])
	if err != nil {
		t.Fatal(err)
	}
	leaves := leavesOf(m.Schema)
	kinds := map[string]map[string]bool{}
	for _, group := range m.RowGroups {
		for i := range group.Columns {
			c, l := &group.Columns[i].Chunk, leaves[i]
			if kinds[l.column] == nil {
				kinds[l.column] = map[string]bool{}
			}
			start, _, _ := chunk.Place(c, int64(end))
			for _, page := range pagesOf(t, data[start:end], c.NumValues) {
				kinds[l.column][fmt.Sprintf("%-12s %s of %s, %s", c.Codec, page, c.Type, l.nesting)] = true
			}
		}
	}
	return kinds
}

// pagesOf describes the pages at the start of data, which together have so many values.
func pagesOf(t *testing.T, data []byte, values int64) (pages []string) {
	t.Helper()
	var h format.PageHeader
	for values > 0 {
		n, err := meta.PageHeader(data, &h)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case h.DataPageHeader.Valid:
			pages = append(pages, fmt.Sprintf("%-10s %s", "v1", h.DataPageHeader.V.Encoding))
			values -= int64(h.DataPageHeader.V.NumValues)
		case h.DataPageHeaderV2.Valid:
			pages = append(pages, fmt.Sprintf("%-10s %s", "v2", h.DataPageHeaderV2.V.Encoding))
			values -= int64(h.DataPageHeaderV2.V.NumValues)
		case h.DictionaryPageHeader.Valid:
			pages = append(pages, fmt.Sprintf("%-10s %s", "dictionary", h.DictionaryPageHeader.V.Encoding))
		}
		data = data[n+int(h.CompressedPageSize):]
	}
	return pages
}

// leafPlace is where a leaf column stands in the schema.
type leafPlace struct{ column, nesting string }

func leavesOf(schema []format.SchemaElement) (leaves []leafPlace) {
	next := 1
	var walk func(column string, groups, lists int)
	walk = func(column string, groups, lists int) {
		e := &schema[next]
		next++
		if column == "" {
			column = e.Name
		}
		if e.RepetitionType.V == format.Repeated {
			lists++
		}
		if e.NumChildren.V == 0 {
			nesting := "flat"
			switch {
			case lists > 0:
				nesting = fmt.Sprintf("lists %d deep", lists)
			case groups > 0:
				nesting = "in structs"
			}
			leaves = append(leaves, leafPlace{column, nesting})
		}
		for range e.NumChildren.V {
			walk(column, groups+1, lists)
		}
	}
	for next < len(schema) {
		walk("", 0, 0)
	}
	return leaves
}
