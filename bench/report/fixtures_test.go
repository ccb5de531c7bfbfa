package report

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"time"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// dist is a plausible distribution of n samples around p50, with a tail up to p99.
func dist(n int, p50, p99 float64) metrics.Dist {
	d := metrics.Dist{Count: n, Mean: p50 + (p99-p50)/8, Std: (p99 - p50) / 4, Min: p50 * 0.9, P50: p50, P90: p50 + (p99-p50)*0.5,
		P95: p50 + (p99-p50)*0.7, P99: p99, P999: p99 + (p99-p50)*0.2, Max: p99 + (p99-p50)*0.3}
	for _, c := range []struct {
		n int
		p float64
	}{{11, 50}, {64, 90}, {130, 95}, {662, 99}, {6636, 99.9}} {
		if n >= c.n {
			d.Certified = c.p
		}
	}
	return d
}

// healthy is a benchmark in which n requests of 100 tokens went well.
func healthy(index int, strategy, name string, n int, ttft, tpot, conc float64) metrics.Benchmark {
	latency := ttft + 99*tpot
	rate := conc / latency
	window := float64(n) / rate
	start := int64(index)*int64(600e9) + 1e9
	return metrics.Benchmark{
		Benchmark: results.Benchmark{
			Index: index, Strategy: strategy, StartNS: start, SendEndNS: start + int64((window-latency)*1e9),
			WindowEndNS: start + int64(window*1e9), EndNS: start + int64(window*1e9), StopReason: "max_requests",
			Health: results.Health{CPUSeconds: window / 20, WallSeconds: window, GCCount: 3, GCPauseMaxNS: 120_000, SinkBacklogMax: 2,
				ConnectionsOpened: int(conc + 0.5), ConnectionsReused: n - int(conc+0.5), Pacing: "thread"},
		},
		Name:          name,
		Counts:        metrics.Counts{Total: n, OK: n, Warmup: 2},
		WindowSeconds: window, DrainSeconds: 0,
		Latency: dist(n, latency, latency*1.2), ScheduledLatency: dist(n, latency+30e-6, latency*1.2+90e-6),
		SendLag: dist(n, 12e-6, 80e-6), TTFB: dist(n, ttft*0.9, ttft*1.5), TTFC: dist(n, ttft*0.95, ttft*1.6), TTFT: dist(n, ttft, ttft*1.8),
		TTFO: dist(n, ttft, ttft*1.8), TPOT: dist(n, tpot, tpot*1.1), ChunkGap: dist(n*99, tpot, tpot*2.5),
		TokensPerChunk: dist(n, 1, 1), GenSpeed: dist(n, 100/latency, 105/latency), PromptTokens: dist(n, 64, 210), OutputTokens: dist(n, 100, 100),
		RequestsPerSecond: rate, OutputTokensPerSecond: 100 * rate, TotalTokensPerSecond: 170 * rate, SentPerSecond: rate,
		Concurrency: conc, ConcurrencyMax: int(conc + 0.999),
		TokenSources: map[string]int{"usage": n}, TimeSources: map[string]int{"kernel": n}, FinishReasons: map[string]int{"stop": n},
	}
}

func run() results.Run {
	return results.Run{
		SchemaVersion: 1, ID: "01JD0000000000000000000000", Tool: "promptmill 0.1.0 (cef0190)",
		StartedAt: time.Date(2026, 11, 23, 12, 34, 56, 0, time.UTC), Target: "http://127.0.0.1:8000", Endpoint: "/v1/chat/completions",
		Model: "Qwen/Qwen2.5-0.5B-Instruct", Engine: "net/http", Seed: 42,
		Config:  map[string]any{"profile": "sweep", "max_tokens": float64(100), "max_requests": float64(1000), "rate": []any{float64(4)}, "timeout": "2m0s"},
		Prompts: results.PromptSet{Path: "prompts.jsonl", Format: "jsonl", SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Count: 1319},
		Host: results.Host{OS: "linux", Arch: "amd64", Kernel: "6.12.0", CPU: "AMD EPYC 7763 64-Core Processor", CPUs: 8,
			MemoryBytes: 32 << 30, GoVersion: "go1.26.8"},
		Manifest: json.RawMessage(`{"manifest_version":1,"tool":{"name":"promptmill","version":"0.1.0"},"source":{"repo":"openai/gsm8k","commit":"740312add88f781978c0658806c59bfc2815b9866","config":"main","split":"test","files":[{"name":"main/test-00000-of-00001.parquet","sha256":"00","rows_read":1319}]},"mapping":{"rule":"R3","prompt":"question","expected":"answer"},"rows":{"read":1319,"written":1318,"dropped":{"prompt is blank":1}}}`),
	}
}

func summaryOf(bs ...metrics.Benchmark) *metrics.Summary {
	s := &metrics.Summary{Run: run(), Benchmarks: bs}
	for i := range bs {
		bs[i].Index = i
		s.Run.Benchmarks = append(s.Run.Benchmarks, bs[i].Benchmark)
	}
	return s
}

func constant(b metrics.Benchmark, rate float64) metrics.Benchmark {
	b.TargetRate, b.SentPerSecond = rate, rate
	return b
}

// graded has n of all answers of b right.
func graded(b *metrics.Benchmark, n, all int) {
	mean := float64(n) / float64(all)
	b.Accuracy, b.Scores = &mean, &metrics.Dist{Count: all, Mean: mean, Std: math.Sqrt(mean * (1 - mean)), P50: 1, P90: 1, P95: 1, P99: 1, P999: 1, Max: 1}
	half := 1.96 * math.Sqrt(mean*(1-mean)/float64(all))
	b.AccuracyInterval = &metrics.Range{Low: mean - half, High: mean + half}
}

// cleanRun is three strategies without a flaw but a p99 of too few requests in the first.
func cleanRun() *metrics.Summary {
	throughput := healthy(1, "throughput", "throughput", 1000, 0.250, 0.020, 64)
	graded(&throughput, 731, 1000)
	sync := healthy(0, "synchronous", "synchronous", 120, 0.0501, 0.010, 1)
	graded(&sync, 89, 120)
	return summaryOf(sync, throughput, constant(healthy(2, "constant", "constant 8.5/s", 1000, 0.061, 0.0112, 9.96), 8.5))
}

// levelsRun is a closed loop at five levels beside an open one at two, past saturation.
func levelsRun() *metrics.Summary {
	var bs []metrics.Benchmark
	for i, c := range []struct {
		slots      int
		ttft, tpot float64
	}{{1, 0.05, 0.010}, {4, 0.055, 0.0105}, {16, 0.08, 0.013}, {32, 0.21, 0.022}, {64, 0.9, 0.040}} {
		b := healthy(i, "concurrent", fmt.Sprintf("concurrent %d", c.slots), 700, c.ttft, c.tpot, float64(c.slots))
		b.TargetConcurrency = c.slots
		bs = append(bs, b)
	}
	bs = append(bs, constant(healthy(5, "constant", "constant 4/s", 700, 0.052, 0.0103, 4.3), 4))
	over := constant(healthy(6, "constant", "constant 16/s", 700, 1.9, 0.045, 90), 16)
	over.Counts.OK, over.Counts.Errors, over.Counts.Unfinished = 640, 48, 12
	over.Counts.ErrorKinds = []metrics.ErrorKind{{Kind: "timeout", Count: 40, Example: "no end of the answer within 10s"},
		{Kind: "stream_truncated", Count: 8, Example: "body ended after 52 chunks without [DONE]"}}
	over.DrainSeconds = 6.2
	over.ClientLimited = []string{"At least 1 % of the requests were sent 81ms late or more, where 64ms is tolerable (1 ms or 1 % of the median latency)."}
	bs = append(bs, over)
	s := summaryOf(bs...)
	s.Warnings = []string{"The server gave no usage for 12 of 4840 answers: their output tokens are counted by chunks, a lower bound."}
	return s
}

// failedRun is two strategies in which nothing succeeded.
func failedRun() *metrics.Summary {
	bs := []metrics.Benchmark{
		{Name: "synchronous", Benchmark: results.Benchmark{Strategy: "synchronous", StopReason: "max_requests"},
			Counts: metrics.Counts{Total: 10, Errors: 10, ErrorKinds: []metrics.ErrorKind{
				{Kind: "connection_refused", Count: 10, Example: "dial tcp 127.0.0.1:8000: connect: connection refused"}}}},
		{Name: "constant 4/s", Benchmark: results.Benchmark{Strategy: "constant", TargetRate: 4, StopReason: "max_seconds"},
			SendLag: dist(40, 12e-6, 80e-6), SentPerSecond: 4, WindowSeconds: 10,
			Counts: metrics.Counts{Total: 40, Errors: 40, ErrorKinds: []metrics.ErrorKind{
				{Kind: "connection_refused", Count: 36, Example: "dial tcp 127.0.0.1:8000: connect: connection refused"},
				{Kind: "http_status", Count: 4, Example: `503 Service Unavailable: {"error":"loading model"}`}}}},
	}
	return summaryOf(bs...)
}

// cutRun was interrupted after its first answer.
func cutRun() *metrics.Summary {
	b := healthy(0, "synchronous", "synchronous", 1, 0.0501, 0.010, 1)
	b.Counts = metrics.Counts{Total: 2, OK: 1, Unfinished: 1}
	b.StopReason = "interrupted"
	s := summaryOf(b)
	s.Run.Stopped = "interrupted"
	s.Warnings = []string{"The run stopped before its plan did: interrupted. The figures cover what was measured."}
	return s
}

// hostileText breaks out of every format that does not escape it.
const hostileText = "</script><script>alert(1)</script><!-- \x1b[31mred\x1b[0m \x07 | a|b `code` **bold** [x](http://evil.example) " +
	"\u202egnp.exe\u2066 \u2028 new\nline\r\n# heading \"quoted' {{.Run}} onload=x \xff\xfe \u200b\U000e0041 &lt; @someone"

// hostileRun has hostileText in every text of a summary.
func hostileRun() *metrics.Summary {
	s := cleanRun()
	s.Warnings = []string{""}
	s.Run.Stopped = "x"
	s.Run.Config = map[string]any{"a": []any{"", map[string]any{"b": ""}}} // one key: fill would make two the same
	b := &s.Benchmarks[2]
	b.Counts.Errors, b.Counts.OK = 3, 997
	b.Counts.ErrorKinds = []metrics.ErrorKind{{Count: 3}}
	b.ClientLimited = []string{""}
	s.Run.Manifest = nil
	fill(reflect.ValueOf(s).Elem())
	source := map[string]any{"repo": hostileText, "commit": hostileText, "config": hostileText, "split": hostileText}
	s.Run.Manifest, _ = json.Marshal(map[string]any{"tool": map[string]any{"name": hostileText}, "source": source,
		"mapping": map[string]any{"rule": hostileText, "prompt": hostileText, "expected": hostileText},
		"rows":    map[string]any{"read": 3, "written": 2, "dropped": map[string]any{hostileText: 1}}})
	return s
}

// fill sets every string below v, keys of maps included, to hostileText.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(hostileText)
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type() != reflect.TypeFor[time.Time]() {
				fill(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Interface, reflect.Map:
		fillInner(v)
	}
}

func fillInner(v reflect.Value) {
	if v.IsNil() {
		return
	}
	if v.Kind() == reflect.Interface {
		inner := reflect.New(v.Elem().Type()).Elem()
		inner.Set(v.Elem())
		fill(inner)
		v.Set(inner)
		return
	}
	out := reflect.MakeMap(v.Type())
	for it := v.MapRange(); it.Next(); {
		k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		e.Set(it.Value())
		fill(k)
		fill(e)
		out.SetMapIndex(k, e)
	}
	v.Set(out)
}

// requests are samples that fit s: slots that take turns, or a schedule; the same ones every time.
func requests(s *metrics.Summary, perBenchmark int) []Sample {
	rng := rand.New(rand.NewPCG(1, 2))
	var out []Sample
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		start := float64(b.StartNS) / 1e9
		free := make([]float64, max(1, b.ConcurrencyMax))
		for n := range min(b.Counts.Total, perBenchmark) {
			ttft := b.TTFT.P50 * (0.85 + 0.3*rng.Float64() + 0.15*rng.ExpFloat64())
			tokens := 60 + rng.Int64N(41)
			took := ttft + float64(tokens-1)*b.TPOT.P50*(0.95+0.1*rng.Float64())
			slot := slices.Index(free, slices.Min(free))
			sent := start + free[slot]
			if b.TargetRate > 0 {
				sent = start + float64(n)/b.TargetRate
			}
			free[slot] += took + 1e-4
			x := Sample{Benchmark: b.Index, Sequence: int64(n), PromptLine: int64(n + 1), Due: sent, Sent: sent, First: sent + ttft,
				Last: sent + took, Done: sent + took, PromptTokens: int64(ttft * 1000), OutputTokens: tokens,
				RequestID: fmt.Sprintf("%s-%d-%d", "01JD", b.Index, n), Status: results.StatusOK, Weight: 1}
			if b.Counts.OK == 0 || b.Counts.Errors > 0 && n%14 == 3 {
				x.Status, x.ErrorKind, x.First, x.Last, x.OutputTokens = results.StatusError, b.Counts.ErrorKinds[0].Kind, 0, 0, 0
			} else if b.Counts.Unfinished > 0 && n > b.Counts.OK {
				x.Status, x.Done = results.StatusUnfinished, 0
			}
			out = append(out, x)
		}
	}
	return out
}
