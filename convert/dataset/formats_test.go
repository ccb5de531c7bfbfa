package dataset_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/promptmill/promptmill/convert/dataset"
)

// put writes a file and returns its path.
func put(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// table opens a file, which is closed with the test.
func table(t testing.TB, path string, o dataset.TableOptions) dataset.Table {
	t.Helper()
	f, err := dataset.OpenTable(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// lines returns all rows as JSON, and checks that there are as many as promised.
func lines(t testing.TB, f dataset.Table, columns []string) string {
	t.Helper()
	var out []byte
	rows := int64(0)
	for b, err := range f.Batches(t.Context(), columns) {
		if err != nil {
			t.Fatal(err)
		}
		if b.FirstRow() != rows {
			t.Errorf("a batch begins at row %d, expected %d", b.FirstRow(), rows)
		}
		rows += int64(b.NumRows())
		for i := range b.NumRows() {
			out = append(b.AppendJSON(out, i), '\n')
		}
	}
	if rows != f.NumRows() {
		t.Errorf("%d rows came, %d were promised", rows, f.NumRows())
	}
	return string(out)
}

func gzipped(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zstandard(t testing.TB, s string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(w.EncodeAll([]byte(s), nil))
}

// TestOpenTable_formats: what is in a file, whatever it is called, and what rows come of it.
func TestOpenTable_formats(t *testing.T) {
	const want = `{"a":1,"b":"x"}` + "\n" + `{"a":2,"b":null}` + "\n"
	for _, tt := range []struct {
		name, content, schema, want string
		format                      dataset.Format
	}{
		{"a.jsonl", `{"a":1,"b":"x"}` + "\r\n\n" + ` {"b":null, "a":2}`, "a: int64, b: string", want, dataset.JSONL},
		{"a.json", "\ufeff[\n {\"a\":1,\n\"b\":\"x\"}, {\"a\":2} ]\n", "a: int64, b: string", want, dataset.JSON},
		{"a.csv", "a,b\n1,x\r\n\n2,\n", "a: int64, b: string", want, dataset.CSV},
		{"a.csv", "\ufeffa;b\n1;x\n2;", "a: int64, b: string", want, dataset.CSV},
		{"a.tsv", "a\tb\n1\tx\n2\t", "a: int64, b: string", want, dataset.TSV},
		{"a.txt", "[INST] one\n\n{two}", "text: string", `{"text":"[INST] one"}` + "\n" + `{"text":""}` + "\n" + `{"text":"{two}"}` + "\n", dataset.Text},
		{"a.json", `{"a":1,"b":"x"}` + "\n" + `{"a":2}`, "a: int64, b: string", want, dataset.JSONL},
		{"a.parquet", `{"a":1,"b":"x"}` + "\n" + `{"a":2}`, "a: int64, b: string", want, dataset.JSONL},
		{"noname", `[{"a":1,"b":"x"},{"a":2}]`, "a: int64, b: string", want, dataset.JSON},
		{"empty.json", `[]`, "", "", dataset.JSON},
	} {
		for suffix, pack := range map[string]func(testing.TB, string) string{
			"": func(_ testing.TB, s string) string { return s }, ".gz": gzipped, ".zst": zstandard,
		} {
			t.Run(tt.name+suffix, func(t *testing.T) {
				f := table(t, put(t, tt.name+suffix, pack(t, tt.content)), dataset.TableOptions{})
				if got := f.Schema().String(); got != tt.schema {
					t.Errorf("schema %s, want %s", got, tt.schema)
				}
				if got := f.Facts().Format; got != tt.format {
					t.Errorf("format %s, want %s", got, tt.format)
				}
				if diff := cmp.Diff(tt.want, lines(t, f, nil)); diff != "" {
					t.Errorf("rows (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestOpenTable_asked: the format that is asked for overrules content and name.
func TestOpenTable_asked(t *testing.T) {
	path := put(t, "a.jsonl", `{"a":1}`+"\n")
	f := table(t, path, dataset.TableOptions{Format: dataset.Text})
	if got, want := lines(t, f, nil), `{"text":"{\"a\":1}"}`+"\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestOpenTable_values: types are widened until they hold every value, and numbers keep their text.
func TestOpenTable_values(t *testing.T) {
	for name, tt := range map[string]struct{ in, schema, want, notice string }{
		"whole and not": {`{"a":1}` + "\n" + `{"a":2.50}`, "a: double", `{"a":1}` + "\n" + `{"a":2.50}`, ""},
		"long numbers":  {`{"a":123456789012345678901234567890}`, "a: int64", `{"a":123456789012345678901234567890}`, ""},
		"number, text": {`{"a":1.0}` + "\n" + `{"a":"x"}` + "\n" + `{"a":true}`, "a: string", `{"a":"1.0"}` + "\n" + `{"a":"x"}` + "\n" + `{"a":"true"}`,
			"column a: line 1 has a number, line 2 a string: all are read as text"},
		"list, text": {`{"a":["x"], "b":1}` + "\n" + `{"a":"x\u2028","b":2}`, "a: json, b: int64",
			`{"a":["x"],"b":1}` + "\n" + `{"a":"x\u2028","b":2}`, "column a: line 1 has a list, line 2 a string: carried as JSON"},
		"twice": {`{"a":1,"b":[{"c":"x"},{"c":null}],"b":[{"d":2}],"a":7}`, "a: int64, b: list<struct<c: string, d: int64>>",
			`{"a":7,"b":[{"c":null,"d":2}]}`, "of which the last counts: 1, the first on line 1"},
		"escapes":   {`{"\u0061":"\ud83d\ude00\ud800\n\/\"é"}`, "a: string", `{"a":"😀�\n/\"é"}`, ""},
		"not JSON":  {`{"a":NaN}` + "\n" + `{"a":-Infinity}`, "a: null", `{"a":null}` + "\n" + `{"a":null}`, ""},
		"empties":   {`{"a":{},"b":[]}` + "\n" + `{"a":null}`, "a: struct<>, b: list<null>", `{"a":{},"b":[]}` + "\n" + `{"a":null,"b":null}`, ""},
		"later key": {`{}` + "\n" + `{"a":{"b":false}}`, "a: struct<b: bool>", `{"a":null}` + "\n" + `{"a":{"b":false}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := table(t, put(t, "a.jsonl", tt.in), dataset.TableOptions{})
			if got := f.Schema().String(); got != tt.schema {
				t.Errorf("schema %s, want %s", got, tt.schema)
			}
			if diff := cmp.Diff(tt.want+"\n", lines(t, f, nil)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if said := strings.Join(f.Facts().Notices, "\n"); !strings.Contains(said, tt.notice) {
				t.Errorf("notices %q, want %q", said, tt.notice)
			}
		})
	}
}

func TestOpenTable_csv(t *testing.T) {
	f := table(t, put(t, "a.csv", "q,q, ,n\n\"say \"\"hi\"\",\nthen go\",\"\",007,1\n,a\"b,,2.50\n"), dataset.TableOptions{})
	const schema = "q: string, q_1: string, column_3: string, n: double"
	if got := f.Schema().String(); got != schema {
		t.Errorf("schema %s, want %s", got, schema)
	}
	want := `{"q":"say \"hi\",\nthen go","q_1":"","column_3":"007","n":1}` + "\n" + `{"q":null,"q_1":"a\"b","column_3":null,"n":2.50}` + "\n"
	if diff := cmp.Diff(want, lines(t, f, nil)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if got, want := lines(t, f, []string{"n"}), `{"n":1}`+"\n"+`{"n":2.50}`+"\n"; got != want {
		t.Errorf("one column: got %s, want %s", got, want)
	}
}

// TestOpenTable_bad: an error names file, line and column, and what was expected.
func TestOpenTable_bad(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", 64<<20) + `"}`
	for _, tt := range []struct{ name, content, want string }{
		{"a.jsonl", `{"a":1}` + "\n" + `{"é":1,}`, "a.jsonl:2:8: corrupt: expected a key in quotes"},
		{"a.jsonl", `{"a":1}` + "\n[1]\n", "a.jsonl:2:1: corrupt: expected an object, {...}, for each row"},
		{"a.jsonl", `{"a":1}` + "\n" + `{"a":"`, "a.jsonl:2:7: corrupt: the string does not end"},
		{"a.jsonl", `{"a":1}` + "\n" + `{"a":01}`, "a.jsonl:2:6: corrupt: expected a JSON value"},
		{"a.jsonl", `{"a":1}` + "\n" + `{"a":1} x`, "a.jsonl:2:9: corrupt: expected nothing after the object"},
		{"a.jsonl", `{"a":1}` + "\n" + `{"a":"\x"}`, "a.jsonl:2:7: corrupt: an escape that JSON does not have"},
		{"a.jsonl", `{"a":1}` + "\n" + long, "a.jsonl:2: corrupt: a row has more than 64 MiB"},
		{"a.jsonl", `{"a":` + strings.Repeat("[", 600) + strings.Repeat("]", 600) + "}", "lie deeper in each other than 512"},
		{"a.json", "[{\"a\":1},\n {\"a\":2}\n {}]", "a.json:3:2: corrupt: expected , or ] after the element"},
		{"a.json", "[{\"a\":1},\n {\"a\":tru}]", "a.json:2:7: corrupt: expected a JSON value"},
		{"a.json", "[{\"a\":1},", "the array does not end; expected ]"},
		{"a.json", "[{\"a\":1}] 1", "a.json:1:11: corrupt: expected nothing after the array"},
		{"a.json", "{\n\"a\":1}", "expected an array of objects"},
		{"a.csv", "a,b\n1,2,3\n", "a.csv:2: corrupt: expected 2 fields as in the first record, got 3"},
		{"a.csv", "a,b\n1,\"2\n", "a.csv:2: corrupt: field 2 does not end; expected a closing quote"},
		{"a.csv", "a,b\n1,\"2\" x\n", "a.csv:2: corrupt: field 2: expected the end of the field after the closing quote"},
		{"a.txt", "", "the file is empty"},
		{"a.txt", "\xff\xfea\x00", "UTF-16"},
		{"a", "one\ntwo\n", "name it with --source-format"},
		{"a.jsonl", "<!DOCTYPE html><p>", "HTML page"},
		{"a.jsonl", "version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"},
		{"a.jsonl.gz", gzipped(t, `{"a":1}`)[:15], "gzip: the end is missing"},
		{"a.jsonl.zst", zstandard(t, strings.Repeat(`{"a":1}`, 90))[:15], "zstd: the end is missing"},
		{"a.parquet.gz", gzipped(t, "PAR1"), "parquet inside gzip"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			_, err := dataset.OpenTable(t.Context(), put(t, tt.name, tt.content), dataset.TableOptions{})
			if _, ok := errors.AsType[*dataset.Error](err); !ok {
				t.Fatalf("got %v, want a *dataset.Error", err)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
