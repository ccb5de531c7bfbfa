package results_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/bench/results"
)

// aRun is a run description with something in every field.
func aRun() *results.Run {
	return &results.Run{
		SchemaVersion: results.SchemaVersion,
		ID:            "r-1",
		Tool:          "promptmill test",
		StartedAt:     time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC),
		Target:        "http://127.0.0.1:8000",
		Endpoint:      "/v1/chat/completions",
		Model:         "m",
		Engine:        "net/http",
		Config:        map[string]any{"max_tokens": 100.0, "profile": "sweep"},
		Seed:          7,
		Prompts:       results.PromptSet{Path: "p.jsonl", Format: "jsonl", SHA256: "ab", Count: 3},
		Host:          results.Host{OS: "linux", Arch: "amd64", CPUs: 2, GoVersion: "go1.26"},
		Benchmarks: []results.Benchmark{
			{Strategy: "synchronous", StartNS: 1, WindowEndNS: 9, EndNS: 10, StopReason: "errors", StopDetail: "12 of the last 100 failed"},
			{
				Index: 1, Strategy: "constant", TargetRate: 4, Health: results.Health{Pacing: "thread", SuspendedNS: 5},
				Shape: "stages 4/s:1s", Cap: 64, Vary: map[string]string{"max-tokens": "64"}, WarmupStartNS: 11, CooldownEndNS: 90,
			},
		},
		Manifest: json.RawMessage("{\"rows\":  3}\n"),
	}
}

// aRecord is request i of a plausible run: every column has a value in some of them and none in others.
func aRecord(i int) *results.Record {
	t := int64(i+1) * 1_000_000
	r := &results.Record{
		Run: "r-1", Model: "m", Benchmark: int32(i / 100), Strategy: "synchronous", TargetConcurrency: 1, Sequence: int64(i),
		RequestID: fmt.Sprintf("r-1-%d", i), PromptLine: int64(i + 1), PromptSHA256: fmt.Sprintf("%064x", i%37),
		DueNS: t, SentNS: t + 10, ConnectedNS: t + 20, HeadersNS: t + 1000, FirstChunkNS: t + 1100,
		FirstTokenNS: t + 1200, FirstOutputNS: t + 1300, LastTokenNS: t + 5000, DoneNS: t + 5100,
		ChunkNS: []int64{t + 1200, t + 1300, t + 5000}, ChunkTokens: []int32{1, 2, 1},
		TimeSource: "kernel", OutputTokens: 4, TokenSource: results.TokensFromUsage,
		Status: results.StatusOK, HTTPStatus: 200, FinishReason: "stop", Attempts: 1, ConnectionReused: i > 0,
		BytesReceived: 1234, PromptTokens: new(int64(11)), CachedTokens: new(int64(0)),
	}
	switch i % 5 {
	case 1:
		r.SourceRow, r.ReasoningTokens = new(int64(i)), new(int64(2))
		r.ResponseText, r.Expected, r.Score = new("yes\n\u2028"), new(""), new(0.5)
		r.ServerPromptMS, r.ServerPredictedMS = new(1.5), new(2.5)
		r.TargetRate, r.TargetConcurrency, r.Warmup = 2.5, 0, true
		r.Model, r.Target, r.Session, r.Turn = "lora", "http://127.0.0.1:8001", new(int64(3)), new(int32(0))
	case 2:
		r.Status, r.ErrorKind, r.ErrorMessage, r.HTTPStatus = results.StatusError, "http_status", "503", 503
		r.ErrorBody, r.Cooldown = new(`{"error":{"message":"Loading model"}}`), true
		r.ChunkNS, r.ChunkTokens, r.FirstTokenNS, r.LastTokenNS = nil, nil, 0, 0
		r.PromptTokens, r.OutputTokens, r.TokenSource = nil, 0, results.TokensUnknown
	}
	return r
}

// anyRecord draws records from the whole space of the type.
func anyRecord(t *rapid.T) *results.Record {
	text := rapid.String() // valid UTF-8
	ns := rapid.OneOf(rapid.Int64Range(0, 1e13), rapid.Int64())
	int32s := rapid.Int32()
	float := rapid.Float64().Filter(func(f float64) bool { return !math.IsNaN(f) })
	return &results.Record{
		Run: text.Draw(t, "run"), Benchmark: int32s.Draw(t, "benchmark"), Strategy: text.Draw(t, "strategy"),
		TargetRate: float.Draw(t, "rate"), TargetConcurrency: int32s.Draw(t, "slots"), Sequence: ns.Draw(t, "sequence"),
		Shard: int32s.Draw(t, "shard"), Warmup: rapid.Bool().Draw(t, "warmup"), Cooldown: rapid.Bool().Draw(t, "cooldown"),
		Model: text.Draw(t, "model"), Target: text.Draw(t, "target"), Session: rapid.Ptr(ns, true).Draw(t, "session"),
		Turn: rapid.Ptr(int32s, true).Draw(t, "turn"), ErrorBody: rapid.Ptr(text, true).Draw(t, "body"), RequestID: text.Draw(t, "id"),
		PromptLine: ns.Draw(t, "line"), PromptSHA256: text.Draw(t, "sha"), SourceRow: rapid.Ptr(ns, true).Draw(t, "row"),
		DueNS: ns.Draw(t, "due"), SentNS: ns.Draw(t, "sent"), ConnectedNS: ns.Draw(t, "connected"),
		HeadersNS: ns.Draw(t, "headers"), FirstChunkNS: ns.Draw(t, "chunk"), FirstTokenNS: ns.Draw(t, "token"),
		FirstOutputNS: ns.Draw(t, "output"), LastTokenNS: ns.Draw(t, "last"), DoneNS: ns.Draw(t, "done"),
		ChunkNS: rapid.SliceOf(ns).Draw(t, "chunks"), ChunkTokens: rapid.SliceOf(int32s).Draw(t, "chunk tokens"),
		TimeSource: text.Draw(t, "time source"), CoalescedChunks: int32s.Draw(t, "coalesced"),
		PromptTokens: rapid.Ptr(ns, true).Draw(t, "prompt tokens"), OutputTokens: ns.Draw(t, "output tokens"),
		ReasoningTokens: rapid.Ptr(ns, true).Draw(t, "reasoning"), CachedTokens: rapid.Ptr(ns, true).Draw(t, "cached"),
		TokenSource: text.Draw(t, "token source"), ServerQueueMS: rapid.Ptr(float, true).Draw(t, "queue ms"), ServerPromptMS: rapid.Ptr(float, true).Draw(t, "prompt ms"),
		ServerPredictedMS: rapid.Ptr(float, true).Draw(t, "predicted ms"), Status: text.Draw(t, "status"),
		ErrorKind: text.Draw(t, "kind"), ErrorMessage: text.Draw(t, "message"), HTTPStatus: int32s.Draw(t, "http"),
		FinishReason: text.Draw(t, "finish"), Attempts: int32s.Draw(t, "attempts"),
		ConnectionReused: rapid.Bool().Draw(t, "reused"), BytesReceived: ns.Draw(t, "bytes"),
		ResponseText: rapid.Ptr(text, true).Draw(t, "text"), Expected: rapid.Ptr(text, true).Draw(t, "expected"),
		Score: rapid.Ptr(float, true).Draw(t, "score"),
	}
}

// readAll returns copies of the records of a file.
func readAll(t testing.TB, path string) (*results.File, []results.Record) {
	t.Helper()
	f, err := results.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	recs, err := collect(f)
	if err != nil {
		t.Fatal(err)
	}
	return f, recs
}

func collect(f *results.File) ([]results.Record, error) {
	var recs []results.Record
	for r, err := range f.Records() {
		if err != nil {
			return recs, err
		}
		c := *r
		c.ChunkNS, c.ChunkTokens = slices.Clone(r.ChunkNS), slices.Clone(r.ChunkTokens)
		recs = append(recs, c)
	}
	return recs, nil
}

// write writes records 0 to n-1 to a new file.
func write(t testing.TB, path string, n int) {
	t.Helper()
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := w.Write(aRecord(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(aRun()); err != nil {
		t.Fatal(err)
	}
}
