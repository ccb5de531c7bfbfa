package results_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/promptmill/promptmill/bench/results"
)

// streams are records of answers of 128 tokens at 10 ms each, as a run with 500 of them in flight has them: arrivals
// jitter by some 100 µs, ids and prompts differ.
func streams(n int) []results.Record {
	rng := rand.New(rand.NewPCG(1, 2))
	recs := make([]results.Record, n)
	for i := range recs {
		at := int64(i)*2_560_000 + rng.Int64N(1e6)
		r := aRecord(0)
		r.Sequence, r.RequestID, r.PromptLine = int64(i), "b06a0c4c2a64-0-"+strconv.Itoa(i), int64(i%1319+1)
		r.PromptSHA256 = prompts[i%len(prompts)]
		r.DueNS, r.SentNS, r.ConnectedNS, r.HeadersNS = at, at+rng.Int64N(5e4), at+rng.Int64N(5e4)+6e4, at+49e6+rng.Int64N(1e6)
		r.ChunkNS, r.ChunkTokens = make([]int64, 128), nil
		for j := range r.ChunkNS {
			r.ChunkNS[j] = at + 50e6 + int64(j)*10e6 + int64(rng.NormFloat64()*1e5)
		}
		r.FirstChunkNS, r.FirstTokenNS, r.FirstOutputNS = r.HeadersNS+2000, r.ChunkNS[0], r.ChunkNS[0]
		r.LastTokenNS, r.DoneNS, r.OutputTokens = r.ChunkNS[127], r.ChunkNS[127]+3e4, 128
		r.BytesReceived = 30_000 + rng.Int64N(4000)
		recs[i] = *r
	}
	return recs
}

// prompts are digests, which no compression makes smaller.
var prompts = func() []string {
	rng := rand.New(rand.NewPCG(3, 4))
	all := make([]string, 1319)
	for i := range all {
		for range 4 {
			all[i] += strconv.FormatUint(rng.Uint64()|1<<63, 16)
		}
	}
	return all
}()

// BenchmarkWriter writes answers of 128 tokens, checkpoints and the closing rewrite included. It reports what a second
// holds, what a row takes on the disk and the most memory in use. With -benchtime 1000000x it is a run of a million.
func BenchmarkWriter(b *testing.B) {
	recs := streams(20_000)
	path := filepath.Join(b.TempDir(), "r.parquet")
	w, err := results.Create(path, aRun())
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	most, n := uint64(0), 0
	for b.Loop() {
		if err := w.Write(&recs[n%len(recs)]); err != nil {
			b.Fatal(err)
		}
		if n++; n%10_000 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
	}
	written := b.Elapsed()
	if err := w.Close(aRun()); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(n)/written.Seconds(), "rows/s")
	b.ReportMetric(float64(info.Size())/float64(n), "B/row")
	b.ReportMetric(float64(most)/(1<<20), "MiB-heap")
}
