package convert_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/clean"
	"github.com/promptmill/promptmill/convert/dataset"
)

// oracleTable is what DuckDB reads in the files of apache/parquet-testing, as .ci/interop/parquet_oracle.py writes it
// down. Where DuckDB cannot read a column, pyarrow says what is in it.
type oracleTable struct {
	DuckDB, PyArrow string // versions
	Files           []oracleFile
}

type oracleFile struct {
	File            string
	Verdict         verdict
	Rows            int64
	DuckDB, PyArrow string         // why it does not open the file
	Refused         *oracleRefusal // of reading all columns
	Columns         []oracleColumn // those with texts, bytes or decimals, alone or nested
}

type oracleColumn struct {
	Column, Type, By string
	SHA256           string // of all values, as appendValue writes them
	DuckDB, PyArrow  string // why it does not read the column; of one that is refused here, what it reads of it
	Refused          *oracleRefusal
	Paths            []oraclePath // all that lead to a text of some row
}

// oraclePath is what convert makes of a path: rows are prompts, or have none for a reason.
type oraclePath struct {
	Path                          string
	Prompts, Null, Blank, Invalid int64
	SHA256                        string // of the prompts
}

// oracleRefusal is an error that must come.
type oracleRefusal struct{ Is, Text, Why string }

func (r *oracleRefusal) check(t *testing.T, err error) {
	t.Helper()
	sentinel := map[string]error{"corrupt": dataset.ErrCorrupt, "unreadable": dataset.ErrUnreadable}[r.Is]
	if !errors.Is(err, sentinel) || !strings.Contains(err.Error(), r.Text) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v, want %v with %q on one line", err, sentinel, r.Text)
	}
}

// verdict is what comes out for a file.
type verdict string

const (
	equal      verdict = "equal"          // each column of texts has the values that DuckDB gives, or neither reads it
	noText     verdict = "no text column" // there is nothing to convert
	unreadable verdict = "unreadable"     // neither reads a column of texts
	differs    verdict = "differs"        // DuckDB reads a column that is refused here, for the reason in the table
)

func readOracle(t *testing.T) map[string]oracleFile {
	t.Helper()
	data, err := os.ReadFile("testdata/oracle/parquet-testing.json")
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var table oracleTable
	if err := d.Decode(&table); err != nil {
		t.Fatal(err)
	}
	files := map[string]oracleFile{}
	for _, f := range table.Files {
		files[f.File] = f
	}
	return files
}

// TestOracle holds every file of apache/parquet-testing against what DuckDB reads in it.
func TestOracle(t *testing.T) {
	root, files := corpus(t, "parquet-testing"), readOracle(t)
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".parquet" {
			return err
		}
		want, ok := files[name]
		delete(files, name)
		t.Run(name, func(t *testing.T) {
			if !ok {
				t.Fatal("the file has no verdict in testdata/oracle: make interop says how to write it")
			}
			if got := judge(t, filepath.Join(root, name), want); got != want.Verdict {
				t.Errorf("verdict %q, want %q", got, want.Verdict)
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range files {
		t.Errorf("%s has a verdict and is not in the corpus", name)
	}
}

func judge(t *testing.T, path string, want oracleFile) verdict {
	f, err := dataset.Open(path)
	if err != nil && want.Refused != nil {
		want.Refused.check(t, err)
		return unreadable
	}
	if err != nil {
		t.Error(err)
		return unreadable
	}
	defer f.Close()
	judgeWhole(t, f, want)

	var names, refused []string
	for _, c := range want.Columns {
		names = append(names, c.Column)
		if judgeColumn(t, f, path, c); c.Refused != nil {
			refused = append(refused, c.DuckDB)
		}
	}
	var texts []string
	for _, field := range f.Schema().Fields {
		if hasText(field) {
			texts = append(texts, field.Name)
		}
	}
	if diff := cmp.Diff(names, texts); diff != "" {
		t.Errorf("columns with texts (-DuckDB +dataset):\n%s", diff)
	}
	switch {
	case len(texts) == 0:
		return noText
	case slices.ContainsFunc(refused, func(s string) bool { return strings.HasPrefix(s, "reads ") }):
		return differs
	case len(refused) == len(texts):
		return unreadable
	}
	return equal
}

// judgeWhole reads all columns, texts or not.
func judgeWhole(t *testing.T, f *dataset.File, want oracleFile) {
	rows := int64(0)
	for b, err := range f.Batches(t.Context(), nil) {
		if err != nil && want.Refused != nil {
			want.Refused.check(t, err)
			return
		}
		if err != nil {
			t.Error(err)
			return
		}
		rows += int64(b.NumRows())
	}
	if rows != want.Rows || want.Refused != nil {
		t.Errorf("%d rows are read, want %d and the refusal %+v", rows, want.Rows, want.Refused)
	}
}

// judgeColumn checks the values of a column, then what convert makes of each path in it.
func judgeColumn(t *testing.T, f *dataset.File, path string, want oracleColumn) {
	field, _ := f.Schema().Column(want.Column)
	var values []byte
	for b, err := range f.Batches(t.Context(), []string{want.Column}) {
		if err != nil && want.Refused != nil {
			want.Refused.check(t, err)
			checkRefused(t, path, want)
			return
		}
		if err != nil {
			t.Errorf("column %s: %v", want.Column, err)
			return
		}
		c, _ := b.Column(want.Column)
		for i := range b.NumRows() {
			values = appendValue(values, field, c.Value(i))
		}
	}
	if got := sha(values); got != want.SHA256 {
		t.Errorf("column %s, %s: the values have the digest %s, those of %s %s", want.Column, field.Type, got, want.By, want.SHA256)
	}
	for _, p := range want.Paths {
		checkPath(t, path, p)
	}
}

// checkRefused checks that convert says the same of a column as the reader does, and writes nothing.
func checkRefused(t *testing.T, path string, want oracleColumn) {
	o := untouched
	o.Mapping.PromptTemplate = fmt.Sprintf("{{index . %q}}", want.Column)
	_, err := convert.Run(t.Context(), source(path), io.Discard, o)
	want.Refused.check(t, err)
}

// untouched writes texts as they are.
var untouched = convert.Options{Layout: convert.VLLM, Clean: clean.Options{
	Invalid: clean.InvalidDrop, Mojibake: clean.MojibakeOff,
	KeepBOM: true, KeepNewlines: true, KeepControls: true, KeepForm: true, KeepZeroWidth: true, KeepOuterSpace: true,
}}

// Why convert makes no prompt of a text.
const isNull, isBlank, isInvalid = "prompt is null", "prompt is blank", "invalid UTF-8"

// checkPath converts the texts at a path, none of which is changed.
func checkPath(t *testing.T, file string, want oraclePath) {
	t.Helper()
	o := untouched
	o.Mapping.PromptColumn = want.Path
	var out bytes.Buffer
	report, err := convert.Run(t.Context(), source(file), &out, o)
	if want.Prompts == 0 && errors.Is(err, convert.ErrNoRows) {
		ledger := convert.Ledger{Dropped: map[string]int64{isNull: want.Null, isBlank: want.Blank, isInvalid: want.Invalid}}
		maps.DeleteFunc(ledger.Dropped, func(_ string, n int64) bool { return n == 0 })
		if !strings.HasSuffix(err.Error(), ": "+ledger.Reasons()) {
			t.Errorf("%s: %v, want %s", want.Path, err, ledger.Reasons())
		}
		return
	}
	if err != nil {
		t.Errorf("%s: %v", want.Path, err)
		return
	}
	checkReport(t, out.Bytes(), report)
	var prompts []byte
	for _, line := range decode[struct{ Prompt string }](t, out.Bytes()) {
		prompts = appendText(prompts, line.Prompt)
	}
	rows := report.Manifest.Rows
	got := oraclePath{want.Path, rows.Written, rows.Dropped[isNull], rows.Dropped[isBlank], rows.Dropped[isInvalid], sha(prompts)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("path %s (-oracle +convert):\n%s", want.Path, diff)
	}
}

// hasText says whether values of f are texts, bytes or decimals, or have some inside of them.
func hasText(f dataset.Field) bool {
	return f.Kind == dataset.String || f.Kind == dataset.Binary ||
		f.Kind == dataset.Other && strings.HasPrefix(f.Type, "decimal") || slices.ContainsFunc(f.Children, hasText)
}

// appendValue appends v as bytes that no other value has, just as the script that wrote the table does.
func appendValue(dst []byte, f dataset.Field, v dataset.Value) []byte {
	switch v.Kind() {
	case dataset.Null:
		return append(dst, "null;"...)
	case dataset.Bool, dataset.Int:
		return append(v.AppendText(dst), ';')
	case dataset.Float:
		x, _ := v.Float()
		return fmt.Appendf(dst, "%016x;", math.Float64bits(x))
	case dataset.List:
		dst = append(dst, '[')
		for i := range v.Len() {
			dst = appendValue(dst, f.Elem(), v.Index(i))
		}
		return append(dst, ']')
	case dataset.Map:
		dst = append(dst, '{')
		for i := range v.Len() {
			e := v.Index(i)
			dst = appendValue(dst, f.Children[0], e.Field("key"))
			dst = appendValue(dst, f.Children[1], e.Field("value"))
		}
		return append(dst, '}')
	case dataset.Struct:
		dst = append(dst, '(')
		for _, c := range f.Children {
			dst = appendValue(dst, c, v.Field(c.Name))
		}
		return append(dst, ')')
	default:
		return appendText(dst, v.Text())
	}
}

func appendText(dst []byte, s string) []byte { return fmt.Appendf(dst, "%d:%s", len(s), s) }
