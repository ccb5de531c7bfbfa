package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench/report/export"
	"github.com/promptmill/promptmill/bench/results"
)

// reportFormats are all that report writes.
func reportFormats() []string {
	names := []string{"terminal", "markdown", "json", "html"}
	for _, f := range export.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// reportOf runs report on a file in a format, into a folder where the format has several files.
func reportOf(t *testing.T, path, format string) (code int, text, stderr string) {
	t.Helper()
	var stdout, told bytes.Buffer
	args := []string{"report", path, "--format", format}
	dir := ""
	if f, ok := export.ByName(format); ok && f.Several {
		dir = filepath.Join(t.TempDir(), "out")
		args = append(args, "-o", dir+"/")
	}
	code = run(t.Context(), args, testProcess("", &stdout, &told))
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if dir == "" || err != nil {
		return code, stdout.String(), told.String()
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text += string(data)
	}
	return code, text, told.String()
}

// A results file that cannot be read gives one line that names it, exit code 3 and no output, whatever the format.
func TestReport_unreadable(t *testing.T) {
	whole := resultsOf(t, 1)
	version := []byte("promptmill.schema_version\x18\x01" + strconv.Itoa(results.SchemaVersion))
	if !bytes.Contains(whole, version) {
		t.Fatal("the footer has no schema version")
	}
	newer := bytes.Replace(whole, version, append(version[:len(version)-1:len(version)-1], '9'), 1)
	for name, bad := range map[string]struct {
		data []byte
		says string
	}{
		"empty":   {nil, "empty"},
		"words":   {[]byte("these are words, not results"), "not a results file"},
		"cut":     {whole[:len(whole)/2], "cut.parquet"},
		"no tail": {whole[:len(whole)-9], "no tail.parquet"},
		"foreign": {oneText(t, nil), "not a results file"},
		"newer":   {newer, "schema version 9"},
	} {
		path := filepath.Join(t.TempDir(), name+".parquet")
		if err := os.WriteFile(path, bad.data, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, format := range reportFormats() {
			code, text, stderr := reportOf(t, path, format)
			if code != exitInput || text != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, bad.says) {
				t.Errorf("%s as %s: exit code %d, %d bytes, said %q; want %d, nothing, one line with %q",
					name, format, code, len(text), stderr, exitInput, bad.says)
			}
		}
	}
}

// A run of which little came is reported as far as it goes: counts are told, and figures that there are not stand nowhere as 0.
func TestReport_partial(t *testing.T) {
	for name, tt := range map[string]struct {
		ok, failed int
		code       map[bool]int // whether the format has a file for each benchmark
	}{
		"no benchmark": {0, 0, map[bool]int{false: exitOK, true: exitInput}},
		"only errors":  {0, 3, map[bool]int{}},
		"one sample":   {1, 0, map[bool]int{}},
	} {
		path := filepath.Join(t.TempDir(), "r.parquet")
		writeResults(t, path, tt.ok, tt.failed)
		for _, format := range reportFormats() {
			f, _ := export.ByName(format)
			code, text, stderr := reportOf(t, path, format)
			if code != tt.code[f.Several] {
				t.Errorf("%s as %s: exit code %d, said %q", name, format, code, stderr)
			}
			if code == exitOK && text == "" || code == exitInput && !strings.Contains(stderr, "no benchmark was measured") {
				t.Errorf("%s as %s: %d bytes, said %q", name, format, len(text), stderr)
			}
			if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
				t.Errorf("%s as %s: a figure that is none:\n%s", name, format, text)
			}
		}
	}
}

func resultsOf(t *testing.T, ok int) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "r.parquet")
	writeResults(t, path, ok, 0)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// writeResults writes the results of a run with so many answers and failures; without any there was no benchmark.
func writeResults(t *testing.T, path string, ok, failed int) {
	t.Helper()
	run := &results.Run{SchemaVersion: results.SchemaVersion, ID: "r", Tool: "promptmill", StartedAt: time.Unix(1795000000, 0), Model: "m", Target: "http://127.0.0.1:1"}
	w, err := results.Create(path, run)
	if err != nil {
		t.Fatal(err)
	}
	const ms = int64(time.Millisecond)
	for i := range int64(ok + failed) {
		r := results.Record{Run: "r", Strategy: "synchronous", TargetConcurrency: 1, Sequence: i, DueNS: ms, SentNS: ms, Attempts: 1, TokenSource: results.TokensUnknown,
			Status: results.StatusError, ErrorKind: "connection_refused", ErrorMessage: "refused", DoneNS: 2 * ms, RequestID: fmt.Sprint(i)}
		if i < int64(ok) {
			r.Status, r.ErrorKind, r.ErrorMessage, r.TokenSource, r.OutputTokens = results.StatusOK, "", "", results.TokensFromUsage, 1
			r.HeadersNS, r.FirstChunkNS, r.FirstTokenNS, r.FirstOutputNS, r.LastTokenNS, r.ChunkNS = ms+1, ms+2, ms+3, ms+3, ms+3, []int64{ms + 3}
		}
		if err := w.Write(&r); err != nil {
			t.Fatal(err)
		}
	}
	if ok+failed > 0 {
		run.Benchmarks = []results.Benchmark{{Strategy: "synchronous", TargetConcurrency: 1, StartNS: 1, SendEndNS: ms, WindowEndNS: 2 * ms, EndNS: 2 * ms}}
	}
	if err := w.Close(run); err != nil {
		t.Fatal(err)
	}
}
