package convert_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/dataset"
)

// texts writes rows as JSON lines, as a JSON array and as CSV.
func texts(t *testing.T, rows []qa) map[string]string {
	t.Helper()
	var list []string
	var records bytes.Buffer
	w := csv.NewWriter(&records)
	_ = w.Write([]string{"question", "answer"}) // to memory
	for _, r := range rows {
		line, err := json.Marshal(map[string]*string{"question": r.Question, "answer": r.Answer})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(line))
		var record []string
		for _, v := range []*string{r.Question, r.Answer} {
			if v == nil {
				v = new("")
			}
			record = append(record, *v)
		}
		_ = w.Write(record)
	}
	w.Flush()
	return map[string]string{"a.jsonl": strings.Join(list, "\n"), "a.json": "[" + strings.Join(list, ",\n") + "]", "a.csv": records.String()}
}

// TestRun_workersText: what becomes of texts does not depend on how many goroutines read and convert them.
func TestRun_workersText(t *testing.T) {
	rows := mixed(6000)
	want := outcomeOf(t, source(writeGroups(t, rows, 1000, &parquet.Snappy)), convert.Options{}, 1).Output
	for name, content := range texts(t, rows) {
		t.Run(name, func(t *testing.T) {
			if got := compareWorkers(t, source(put(t, name, content)), convert.Options{}); got.Output != want {
				t.Errorf("%d bytes, %d from parquet, error %q", len(got.Output), len(want), got.Error)
			}
		})
	}
}

// TestRun_limitText: a limit reads no further than it must, and gives the same lines.
func TestRun_limitText(t *testing.T) {
	rows := mixed(60_000)
	for name, content := range texts(t, rows) {
		path := put(t, name, content+"\n}") // an error that a limit does not come to
		if _, err := convert.Run(t.Context(), source(path), io.Discard, convert.Options{}); !errors.Is(err, dataset.ErrCorrupt) {
			t.Errorf("%s: without a limit: %v", name, err)
		}
		all, _ := run(t, source(put(t, name, content)), convert.Options{})
		for _, n := range []int64{1, 500, 20_000} {
			got, report := run(t, source(path), convert.Options{Limit: n})
			if want := all[:len(bytes.Join(bytes.SplitAfterN(all, []byte("\n"), int(n)+1)[:n], nil))]; !bytes.Equal(got, want) {
				t.Errorf("%s: --limit %d gives other lines", name, n)
			}
			if said := strings.Join(report.Notices, "\n"); !strings.Contains(said, "no more were looked at") {
				t.Errorf("%s: --limit %d says %s", name, n, said)
			}
		}
	}
}

// TestRun_limitLooksFurther: where the start has no columns to make prompts of, all rows are looked at.
func TestRun_limitLooksFurther(t *testing.T) {
	list := strings.Repeat(`{"id":1,"blob":[`+strings.Repeat("1,", 500)+`1]}`+"\n", 6000) + `{"question":"q","answer":"a"}` + "\n"
	got, report := run(t, source(put(t, "a.jsonl", list)), convert.Options{Limit: 1})
	if want := `{"prompt":"q","expected":"a"}` + "\n"; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if n := report.Manifest.Rows.Read; n != 6001 {
		t.Errorf("%d rows read", n)
	}
}

// far makes files that count how often they are opened.
func far(paths []string, opened *atomic.Int64) (src convert.Source) {
	for i, path := range paths {
		src.Files = append(src.Files, convert.SourceFile{Name: fmt.Sprintf("far-%d", i), SHA256: "x", Open: func(ctx context.Context) (dataset.Table, error) {
			opened.Add(1)
			return dataset.OpenTable(ctx, path, dataset.TableOptions{Name: fmt.Sprintf("far-%d", i)})
		}})
	}
	return src
}

type counted struct {
	Question string `parquet:"question"`
	Answer   int64  `parquet:"answer"`
}

// TestRun_driftingFar: files that are somewhere else are one dataset too, and are opened once.
func TestRun_driftingFar(t *testing.T) {
	paths := []string{
		writeGroups(t, []counted{{"one", 1}}, 10, &parquet.Snappy), write(t, []qa{pair("two", "2.0")}), put(t, "c.jsonl", `{"question":"three"}`),
	}
	var opened atomic.Int64
	out, report := run(t, far(paths, &opened), convert.Options{AllowEmptyExpected: true})
	const want = `{"prompt":"one","expected":"1"}` + "\n" + `{"prompt":"two","expected":"2.0"}` + "\n" + `{"prompt":"three","expected":""}` + "\n"
	if string(out) != want {
		t.Errorf("got %s, want %s", out, want)
	}
	said := strings.Join(report.Notices, "\n")
	for _, want := range []string{"column answer is a int64, but a string in far-1: read as string", "far-2 has no column answer"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
	if n := opened.Swap(0); n != 3 {
		t.Errorf("opened %d times, want 3", n)
	}
	if out, _ := run(t, far(paths, &opened), convert.Options{Limit: 1}); bytes.Count(out, []byte("\n")) != 1 || opened.Load() != 1 {
		t.Errorf("--limit 1: %s, opened %d times", out, opened.Load())
	}
}

// TestRun_farAway: a file that cannot be opened is an error when its turn comes, of that file.
func TestRun_farAway(t *testing.T) {
	var opened atomic.Int64
	src := far([]string{write(t, []qa{pair("q", "a")}), put(t, "b.parquet", "PAR1"), write(t, []qa{pair("q", "a")})}, &opened)
	if _, err := convert.Run(t.Context(), src, io.Discard, convert.Options{}); err == nil || !strings.Contains(err.Error(), "far-1") {
		t.Errorf("error %v", err)
	}
	if out, _ := run(t, src, convert.Options{Limit: 1}); len(out) == 0 {
		t.Error("the limit was reached before it")
	}
}
