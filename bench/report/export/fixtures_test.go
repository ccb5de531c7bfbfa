package export_test

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report/export"
	"github.com/promptmill/promptmill/bench/results"
)

const ms = int64(time.Millisecond)

// request is an answer of n tokens: a chunk with only the role after 40 ms, then a token each 10 ms.
func request(benchmark int, sequence, due int64, n int) results.Record {
	sent := due + ms/2
	r := results.Record{
		Run: "r1", Benchmark: int32(benchmark), Sequence: sequence, PromptLine: sequence + 1, RequestID: fmt.Sprintf("r1-%d-%d", benchmark, sequence),
		PromptSHA256: fmt.Sprint(sequence), DueNS: due, SentNS: sent, ConnectedNS: sent, HeadersNS: sent + 30*ms, FirstChunkNS: sent + 40*ms + sequence,
		TimeSource: "kernel", PromptTokens: new(20 + sequence%5), CachedTokens: new(int64(4)), OutputTokens: int64(n), TokenSource: results.TokensFromUsage,
		Status: results.StatusOK, FinishReason: "stop", Attempts: 1, HTTPStatus: 200,
	}
	at := sent + 50*ms + 37*sequence
	for range n {
		r.ChunkNS = append(r.ChunkNS, at)
		at += 10*ms + 11*sequence
	}
	if n > 0 {
		r.FirstTokenNS, r.FirstOutputNS, r.LastTokenNS = r.ChunkNS[0], r.ChunkNS[0], r.ChunkNS[n-1]
	}
	r.DoneNS = at + ms
	return r
}

// A fixture is a run and its requests, as they ended.
type fixture struct {
	run  results.Run
	recs []results.Record
}

func (f *fixture) records() iter.Seq2[*results.Record, error] {
	return func(yield func(*results.Record, error) bool) {
		for i := range f.recs {
			r := f.recs[i] // as of a reader: valid until the next one
			if !yield(&r, nil) {
				return
			}
		}
	}
}

func (f *fixture) source(t testing.TB) *export.Source {
	t.Helper()
	s, err := metrics.Summarize(&f.run, f.records())
	if err != nil {
		t.Fatal(err)
	}
	return &export.Source{Summary: s, Records: f.records}
}

func newRun() results.Run {
	return results.Run{
		SchemaVersion: results.SchemaVersion, ID: "r1", Tool: "promptmill 0.1.0 (abc)", StartedAt: time.Unix(1795000000, 123456789).UTC(),
		Target: "http://127.0.0.1:8000", Endpoint: "/v1/chat/completions", Model: "test/model", Config: map[string]any{"max-tokens": 8.0},
		Prompts: results.PromptSet{Path: "prompts.jsonl", Format: "jsonl", SHA256: "00", Count: 50},
		Host:    results.Host{OS: "linux", Arch: "amd64", CPUs: 2},
	}
}

// mixed is a closed loop and an open one; the open one has warm-up, an error, a cut request and an answer without a token.
func mixed() *fixture {
	f := &fixture{run: newRun()}
	f.run.Benchmarks = []results.Benchmark{
		{Index: 0, Strategy: "concurrent", TargetConcurrency: 8, StartNS: ms, SendEndNS: 4000 * ms, WindowEndNS: 4200 * ms, EndNS: 4200 * ms, StopReason: "max_requests"},
		{Index: 1, Strategy: "constant", TargetRate: 10, StartNS: 6000 * ms, SendEndNS: 10000 * ms, WindowEndNS: 10000 * ms, EndNS: 10100 * ms, StopReason: "max_seconds"},
	}
	for i := range int64(40) {
		f.recs = append(f.recs, request(0, i, 2*ms+i*100*ms, 8))
	}
	f.recs[39].DoneNS = 4200 * ms // the last answer ends the window
	for i := range int64(40) {
		r := request(1, i, 6001*ms+i*100*ms, 5)
		switch i {
		case 7:
			r = failed(r, "timeout", "no end of the answer within 10s")
		case 9:
			r.OutputTokens, r.ChunkNS, r.FirstTokenNS, r.FirstOutputNS, r.LastTokenNS = 0, nil, 0, 0, 0
		case 39:
			r = failed(r, "", "")
			r.Status, r.DoneNS = results.StatusUnfinished, 10100*ms
		}
		f.recs = append(f.recs, r)
	}
	warm := request(1, 40, 5900*ms, 5)
	warm.Warmup = true
	cool := request(1, 41, 10001*ms, 5)
	cool.Cooldown = true
	f.recs = append(f.recs, warm, cool)
	return f
}

func failed(r results.Record, kind, message string) results.Record {
	r.Status, r.ErrorKind, r.ErrorMessage, r.OutputTokens, r.ChunkNS, r.PromptTokens = results.StatusError, kind, message, 0, nil, nil
	r.FirstChunkNS, r.FirstTokenNS, r.FirstOutputNS, r.LastTokenNS, r.FinishReason = 0, 0, 0, 0, ""
	return r
}

// onlyErrors is a run in which nothing could be sent.
func onlyErrors() *fixture {
	f := &fixture{run: newRun()}
	f.run.Benchmarks = []results.Benchmark{{Strategy: "synchronous", TargetConcurrency: 1, StartNS: 1, SendEndNS: ms, WindowEndNS: ms, EndNS: ms}}
	for i := range int64(3) {
		r := failed(request(0, i, i+1, 1), "connection_refused", "dial tcp 127.0.0.1:8000: connect: connection refused")
		r.SentNS, r.HeadersNS, r.ConnectedNS, r.DoneNS = 0, 0, 0, i+2
		f.recs = append(f.recs, r)
	}
	return f
}

// oneAnswer is a run of one request, of one token.
func oneAnswer() *fixture {
	f := &fixture{run: newRun(), recs: []results.Record{request(0, 0, ms, 1)}}
	f.run.Benchmarks = []results.Benchmark{{Strategy: "synchronous", TargetConcurrency: 1, StartNS: ms, SendEndNS: ms, WindowEndNS: 80 * ms, EndNS: 80 * ms}}
	return f
}

// noBenchmark is a run that was stopped before it began.
func noBenchmark() *fixture {
	f := &fixture{run: newRun()}
	f.run.Stopped = "interrupted"
	return f
}

// hostileText breaks out of every format that does not escape it.
const hostileText = "=cmd|' /C calc'!A0 \"quoted\" \x1b[31m\x07 new\nline\r\n# EOF {a=\"b\"} \u202egnp \u2028 \xff , ; \t 模型 \\"

// hostile has it wherever servers, files and users put text.
func hostile() *fixture {
	f := mixed()
	f.run.Tool, f.run.Model, f.run.Target, f.run.Endpoint, f.run.ID, f.run.Stopped = hostileText, hostileText, hostileText, hostileText, hostileText, hostileText
	f.run.Prompts.Path, f.run.Prompts.SHA256, f.run.Host.OS, f.run.Host.Arch = hostileText, hostileText, hostileText, hostileText
	f.run.Config = map[string]any{hostileText: hostileText, "slo": "ttft<=60ms,latency.p99<=2s"}
	f.run.Benchmarks[0].Strategy, f.run.Benchmarks[0].StopReason = hostileText, hostileText
	for i := range f.recs {
		r := &f.recs[i]
		r.RequestID, r.FinishReason, r.ResponseText = hostileText, hostileText, new(hostileText)
		if r.Status == results.StatusError {
			r.ErrorKind, r.ErrorMessage = hostileText, hostileText
		}
	}
	return f
}

var fixtures = map[string]func() *fixture{
	"mixed": mixed, "only errors": onlyErrors, "one answer": oneAnswer, "no benchmark": noBenchmark, "hostile": hostile,
}

// written are the files of a format, by name.
func written(t testing.TB, format string, f *fixture) map[string]string {
	t.Helper()
	fm, ok := export.ByName(format)
	if !ok {
		t.Fatalf("no format %s", format)
	}
	files, err := fm.Files(f.source(t))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, file := range files {
		var b bytes.Buffer
		if err := file.Write(&b); err != nil {
			t.Fatalf("%s: %v", file.Name, err)
		}
		out[file.Name] = b.String()
	}
	return out
}

// inFolder writes the files into a folder of the test.
func inFolder(t testing.TB, format string, f *fixture) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range written(t, format, f) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

type fullDisk struct{ room int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.room -= len(p); d.room < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}
