package dataset_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/dataset"
)

// noted is a row of a text that is so long that several goroutines read it.
type noted struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
	Note any    `json:"note"`
}

// notes are rows of up to 3 KB, of which the first notes are null and one far behind is what late says.
func notes(n int, late any) []noted {
	rows := make([]noted, n)
	for i := range rows {
		rows[i] = noted{ID: i, Text: fmt.Sprintf("%d \"é\", {[\\\n%s", i, strings.Repeat("a\"b,\r\n ", i%400))}
	}
	rows[n-n/3].Note = late
	return rows
}

// asJSON returns rows as JSON, each as [dataset.Batch.AppendJSON] has it.
func asJSON(t *testing.T, rows []noted) (lines []string) {
	t.Helper()
	for _, r := range rows {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(r); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.TrimSuffix(b.String(), "\n"))
	}
	return lines
}

// asCSV returns rows as CSV, with quotes in and around fields.
func asCSV(t *testing.T, rows []noted) string {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for i, r := range rows {
		if i == 0 {
			_ = w.Write([]string{"id", "text", "note"}) // to memory
		}
		note := ""
		if r.Note != nil {
			note = fmt.Sprint(r.Note)
		}
		_ = w.Write([]string{fmt.Sprint(r.ID), r.Text, note})
	}
	w.Flush()
	return b.String()
}

// TestOpenTable_long: rows of texts of many blocks come in order and whole, whatever is where blocks end, and types that
// are known late hold for all rows.
func TestOpenTable_long(t *testing.T) {
	rows := notes(3000, "late")
	want := asJSON(t, rows)
	for name, content := range map[string]string{
		"lines.jsonl":  strings.Join(want, "\n") + "\n",
		"crlf.jsonl":   strings.Join(want, "\r\n\r\n"),
		"array.json":   "[" + strings.Join(want, ",") + "]",
		"pretty.json":  "[\n " + strings.Join(want, "\n ,\n ") + "\n]\n",
		"records.csv":  asCSV(t, rows),
		"packed.jsonl": gzipped(t, strings.Join(want, "\n")),
	} {
		t.Run(name, func(t *testing.T) {
			f := table(t, put(t, name, content), dataset.TableOptions{})
			if got := f.Schema().String(); got != "id: int64, text: string, note: string" {
				t.Errorf("schema %s", got)
			}
			if diff := cmp.Diff(want, strings.Split(strings.TrimSuffix(lines(t, f, nil), "\n"), "\n")); diff != "" {
				t.Errorf("rows (-want +got):\n%.2000s", diff)
			}
		})
	}
}

// TestOpenTable_longWidening: what is told of types has the lines that one goroutine would have found.
func TestOpenTable_longWidening(t *testing.T) {
	list := asJSON(t, notes(3000, 7))
	list[1500] = `{"id":"x","text":"\u2028","note":1.5,"note":null}`
	list[2500] = `{"id":true,"text":["a"],"more":{"a":1}}`
	f := table(t, put(t, "a.jsonl", strings.Join(list, "\n")), dataset.TableOptions{})
	if got, want := f.Schema().String(), "id: string, text: json, note: double, more: struct<a: int64>"; got != want {
		t.Errorf("schema %s, want %s", got, want)
	}
	said := strings.Join(f.Facts().Notices, "\n")
	for _, want := range []string{
		"column id: line 1 has a number, line 1501 a string: all are read as text",
		"column text: line 1 has a string, line 2501 a list: carried as JSON",
		"of which the last counts: 1, the first on line 1501",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
}

// TestOpenTable_longBad: the first error in the order of the file is told, at its place.
func TestOpenTable_longBad(t *testing.T) {
	list := asJSON(t, notes(3000, 7))
	list[1800], list[2900] = `{"id":é}`, `{`
	for name, tt := range map[string]struct{ content, want string }{
		"a.jsonl":    {strings.Join(list, "\n"), "a.jsonl:1801:7: corrupt: expected a JSON value"},
		"a.json":     {"[\n" + strings.Join(list, ",\n") + "\n]", "a.json:1802:7: corrupt: expected a JSON value"},
		"end.json":   {"[" + strings.Join(list[:1800], ",\n"), "end.json:1800:"},
		"more.json":  {"[" + strings.Join(list[:1800], ",\n") + "] x", "corrupt: expected nothing after the array"},
		"no.json":    {"[" + strings.Join(list[:1800], ",\n") + ",\n 7]", "no.json:1801:2: corrupt: expected an object"},
		"a.jsonl.gz": {gzipped(t, strings.Join(list[:1800], "\n"))[:9000], "corrupt: gzip: the end is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := dataset.OpenTable(t.Context(), put(t, name, tt.content), dataset.TableOptions{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// TestTable_kept: batches that are kept stay what they were while others are read.
func TestTable_kept(t *testing.T) {
	const keep = 5
	want := asJSON(t, notes(4000, "late"))
	f := table(t, put(t, "a.jsonl", strings.Join(want, "\n")), dataset.TableOptions{})
	k, ok := f.(interface {
		BatchesKept(context.Context, []string, int) iter.Seq2[*dataset.Batch, error]
	})
	if !ok {
		t.Fatal("its batches cannot be kept")
	}
	var held []*dataset.Batch
	row := 0
	check := func(b *dataset.Batch) {
		for i := range b.NumRows() {
			if got := string(b.AppendJSON(nil, i)); got != want[row] {
				t.Fatalf("row %d: %.100s, want %.100s", row, got, want[row])
			}
			row++
		}
	}
	for b, err := range k.BatchesKept(t.Context(), nil, keep) {
		if err != nil {
			t.Fatal(err)
		}
		if held = append(held, b); len(held) == keep {
			check(held[0])
			held = held[1:]
		}
	}
	for _, b := range held[len(held)-1:] {
		row = len(want) - b.NumRows()
		check(b)
	}
	if row != len(want) {
		t.Errorf("%d rows", row)
	}
}

// TestOpenTable_start: no more than the start is read where some rows are enough, the rest with the types of those.
func TestOpenTable_start(t *testing.T) {
	rows := asJSON(t, notes(9000, 7)) // the only note is in row 6000
	for name, content := range map[string]string{"a.jsonl": strings.Join(rows, "\n"), "a.csv": asCSV(t, notes(9000, 7))} {
		f := table(t, put(t, name, content), dataset.TableOptions{Rows: 10})
		looked := f.Facts().Looked
		if looked < 10 || looked > 5000 || f.NumRows() != looked {
			t.Errorf("%s: looked at %d rows, of which there are %d", name, looked, f.NumRows())
		}
		if said := strings.Join(f.Facts().Notices, "\n"); !strings.Contains(said, fmt.Sprintf("those of the first %d rows", looked)) {
			t.Errorf("notices %q", said)
		}
		lines(t, f, []string{"text"})
		if f.NumRows() != 9000 {
			t.Errorf("%s: %d rows in the end", name, f.NumRows())
		}
		var err error
		for _, err = range f.Batches(t.Context(), []string{"note"}) {
			if err != nil {
				break
			}
		}
		if err == nil || !strings.Contains(err.Error(), "without --limit all rows are looked at") {
			t.Errorf("%s: a note where there was none: %v", name, err)
		}
		whole := table(t, put(t, name, content), dataset.TableOptions{})
		a, err := f.SHA256(t.Context())
		if b, _ := whole.SHA256(t.Context()); err != nil || a != b || len(a) != 64 {
			t.Errorf("%s: hash %s, want %s, error %v", name, a, b, err)
		}
	}
}

// TestOpenTable_startWider: scalars of other types than those that were looked at keep their text.
func TestOpenTable_startWider(t *testing.T) {
	list := asJSON(t, notes(9000, nil))
	list[8000] = `{"id":"x\ty","text":1e3,"note":null}`
	list[8001] = `{"id":1.50,"text":false}`
	f := table(t, put(t, "a.jsonl", strings.Join(list, "\n")), dataset.TableOptions{Rows: 1})
	got := strings.Split(lines(t, f, []string{"id", "text"}), "\n")[8000:8002]
	if diff := cmp.Diff([]string{`{"id":"x\ty","text":"1e3"}`, `{"id":1.50,"text":"false"}`}, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// TestOpenTable_encodings: text that is not UTF-8 is named, with what makes it that.
func TestOpenTable_encodings(t *testing.T) {
	for content, want := range map[string]string{
		"\xff\xfe{\x00\"\x00":           "UTF-16LE text; iconv -f UTF-16LE -t UTF-8",
		"\xfe\xff\x00{\x00\"":           "UTF-16BE text; iconv",
		"{\x00\"\x00a\x00":              "UTF-16LE text; iconv",
		"\x00a\x00,\x00b":               "UTF-16BE text; iconv",
		"\xff\xfe\x00\x00{\x00\x00\x00": "UTF-32LE text; iconv",
		"a,b\r1,2\r3,4\r":               `tr '\r' '\n'`,
	} {
		_, err := dataset.OpenTable(t.Context(), put(t, "a.csv", content), dataset.TableOptions{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", content, err, want)
		}
	}
}

// TestOpenTable_dialects: what is between fields is found outside of quotes, line ends in quotes stay, and names that look
// like values are told.
func TestOpenTable_dialects(t *testing.T) {
	for content, want := range map[string]struct{ rows, notice string }{
		"\"q, or not\";a\n1;2\n":  {`{"q, or not":1,"a":2}`, `fields are apart by ';', not by commas`},
		"q|a\n1|2\n":              {`{"q":1,"a":2}`, `apart by '|'`},
		"q,a\r\n\"x\r\ny\",2\r\n": {`{"q":"x\r\ny","a":2}`, ""},
		"q,17\na,2\n":             {`{"q":"a","17":2}`, `though "17" looks like a value`},
	} {
		f := table(t, put(t, "a.csv", content), dataset.TableOptions{})
		if got := lines(t, f, nil); got != want.rows+"\n" {
			t.Errorf("%q: got %s, want %s", content, got, want.rows)
		}
		if said := strings.Join(f.Facts().Notices, "\n"); !strings.Contains(said, want.notice) || want.notice == "" && said != "" {
			t.Errorf("%q: notices %q, want %q", content, said, want.notice)
		}
	}
}
