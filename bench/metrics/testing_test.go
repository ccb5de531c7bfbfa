package metrics_test

import (
	"fmt"
	"iter"
	"testing"

	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// ms is a millisecond in the unit of instants.
const ms = int64(1_000_000)

// ok is a success: sent 1 ms late at sent, 10 prompt tokens, and one token every 10 ms from 100 ms on.
func ok(sequence, sent int64, tokens int) *results.Record {
	r := &results.Record{
		Strategy: "synchronous", Sequence: sequence, PromptSHA256: fmt.Sprint(sequence),
		DueNS: sent - ms, SentNS: sent, ConnectedNS: sent, HeadersNS: sent + 50*ms,
		FirstChunkNS: sent + 60*ms, DoneNS: sent + 200*ms,
		TimeSource: "kernel", TokenSource: results.TokensFromUsage, OutputTokens: int64(tokens),
		PromptTokens: new(int64(10)), Status: results.StatusOK, FinishReason: "stop", Attempts: 1,
	}
	for i := range tokens {
		r.ChunkNS = append(r.ChunkNS, sent+100*ms+int64(i)*10*ms)
	}
	if tokens > 0 {
		r.FirstTokenNS, r.LastTokenNS = r.ChunkNS[0], r.ChunkNS[tokens-1]
		r.FirstOutputNS = r.FirstTokenNS
		r.DoneNS = r.LastTokenNS + ms
	}
	return r
}

// aRun is a run of one benchmark with a window of one second from 1 s on.
func aRun() *results.Run {
	return &results.Run{
		Host: results.Host{CPUs: 2},
		Benchmarks: []results.Benchmark{{
			Strategy: "synchronous", TargetConcurrency: 1,
			StartNS: 1000 * ms, SendEndNS: 2000 * ms, WindowEndNS: 2000 * ms, EndNS: 2500 * ms,
		}},
	}
}

func seq(recs []*results.Record) iter.Seq2[*results.Record, error] {
	return func(yield func(*results.Record, error) bool) {
		for _, r := range recs {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func summarize(t testing.TB, run *results.Run, recs ...*results.Record) *metrics.Summary {
	t.Helper()
	s, err := metrics.Summarize(run, seq(recs))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// one returns the only benchmark of the summary.
func one(t testing.TB, run *results.Run, recs ...*results.Record) *metrics.Benchmark {
	t.Helper()
	s := summarize(t, run, recs...)
	if len(s.Benchmarks) != 1 {
		t.Fatalf("%d benchmarks", len(s.Benchmarks))
	}
	return &s.Benchmarks[0]
}

// anyRecord draws a record that a run could have made, or nearly: some instants run backwards.
func anyRecord(t *rapid.T) *results.Record {
	at := rapid.Int64Range(0, 5000*ms)
	few := rapid.SampledFrom([]string{"", "a", "b", "c"})
	tokens := rapid.Ptr(rapid.Int64Range(0, 100), true)
	r := &results.Record{
		Benchmark: rapid.Int32Range(0, 3).Draw(t, "benchmark"), Strategy: "concurrent",
		Sequence: rapid.Int64Range(0, 20).Draw(t, "sequence"), Warmup: rapid.Bool().Draw(t, "warmup"),
		PromptSHA256: few.Draw(t, "prompt"),
		DueNS:        at.Draw(t, "due"), SentNS: at.Draw(t, "sent"), HeadersNS: at.Draw(t, "headers"),
		FirstChunkNS: at.Draw(t, "chunk"), FirstTokenNS: at.Draw(t, "first"), FirstOutputNS: at.Draw(t, "output"),
		LastTokenNS: at.Draw(t, "last"), DoneNS: at.Draw(t, "done"), ChunkNS: rapid.SliceOf(at).Draw(t, "chunks"),
		TimeSource:      rapid.SampledFrom([]string{"kernel", "clock"}).Draw(t, "times"),
		CoalescedChunks: rapid.Int32Range(0, 3).Draw(t, "coalesced"), PromptTokens: tokens.Draw(t, "prompt tokens"),
		OutputTokens: rapid.Int64Range(0, 50).Draw(t, "tokens"), CachedTokens: tokens.Draw(t, "cached"),
		TokenSource: rapid.SampledFrom([]string{"usage", "chunks", "none"}).Draw(t, "source"),
		Status:      rapid.SampledFrom([]string{"ok", "ok", "error", "unfinished", "?"}).Draw(t, "status"),
		ErrorKind:   few.Draw(t, "kind"), ErrorMessage: few.Draw(t, "message"), FinishReason: few.Draw(t, "finish"),
		Attempts: rapid.Int32Range(1, 2).Draw(t, "attempts"),
		Score:    rapid.Ptr(rapid.Float64Range(0, 1), true).Draw(t, "score"),
	}
	return r
}
