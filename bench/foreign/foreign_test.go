package foreign_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/foreign"
)

func open(t testing.TB, name string) *compare.Result {
	t.Helper()
	r, err := foreign.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// near reports whether two figures are the same to a part in a thousand: the tools round and interpolate.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-3*math.Max(math.Abs(a), math.Abs(b)) }

// Each file gives the load, the counts and the figures that its tool says.
func TestOpen(t *testing.T) {
	for _, tt := range []struct {
		file, tool, model, benchmark string
		ok, failed                   int
		requests                     bool    // it has them one by one
		latency, rate                float64 // mean and requests/s as the tool says, 0 where it does not
	}{
		{"guidellm.json", "GuideLLM 0.8.1", "mock-model", "concurrent 2", 12, 0, true, 0.07753467559814453, 0},
		{"aiperf", "AIPerf 0.13.0", "mock-model", "concurrent 2", 8, 0, true, 0.0920226775, 0},
		{"aiperf/profile_export_aiperf.json", "AIPerf 0.13.0", "mock-model", "concurrent 2", 8, 0, true, 0.0920226775, 0},
		{"inference-perf", "inference-perf", "mock-model", "constant 5/s", 15, 0, true, 0.09463816793286242, 0},
		{"inference-perf/summary_lifecycle_metrics.json", "inference-perf", "", "unknown load", 15, 0, false, 0.09463816793286242, 5.120598240560853},
		{"vllm.json", "vLLM bench serve", "mock-model", "concurrent 8", 15, 1, false, 0, 19.162},
		{"vllm_detailed.json", "vLLM bench serve", "mock-model", "poisson 20/s", 15, 1, true, 0, 19.162},
		{"sglang.jsonl", "SGLang bench_serving", "", "concurrent 4", 15, 1, true, 0, 19.162},
	} {
		t.Run(tt.file, func(t *testing.T) {
			r := open(t, tt.file)
			if r.Tool != tt.tool || r.Model != tt.model || !r.Foreign || len(r.Benchmarks) != 1 || len(r.Notes) == 0 {
				t.Fatalf("tool %q, model %q, foreign %v, %d benchmarks, notes %q", r.Tool, r.Model, r.Foreign, len(r.Benchmarks), r.Notes)
			}
			b := &r.Benchmarks[0]
			if b.Name != tt.benchmark || b.Counts.OK != tt.ok || b.Counts.Errors != tt.failed || (b.Requests != nil) != tt.requests {
				t.Errorf("got %s with %d ok, %d errors, requests %v; want %s, %d, %d, %v",
					b.Name, b.Counts.OK, b.Counts.Errors, b.Requests != nil, tt.benchmark, tt.ok, tt.failed, tt.requests)
			}
			if tt.latency > 0 && !near(b.Latency.Mean, tt.latency) {
				t.Errorf("mean latency %v, the tool says %v", b.Latency.Mean, tt.latency)
			}
			if tt.rate > 0 && math.Abs(b.RequestsPerSecond-tt.rate) > 0.1 {
				t.Errorf("%v requests/s, the tool says %v", b.RequestsPerSecond, tt.rate)
			}
		})
	}
}

// The requests of a file and its summary tell the same: what is computed here is what the tool computed.
func TestOpen_requestsAgreeWithTheSummary(t *testing.T) {
	detailed, summary := &open(t, "vllm_detailed.json").Benchmarks[0], &open(t, "vllm.json").Benchmarks[0]
	for name, pair := range map[string][2]float64{
		"ttfc":    {detailed.TTFC.Mean, summary.TTFC.Mean},
		"tpot":    {detailed.TPOT.Mean, summary.TPOT.Mean},
		"gap":     {detailed.ChunkGap.Mean, summary.ChunkGap.Mean},
		"tokens":  {detailed.OutputTokensPerSecond, summary.OutputTokensPerSecond},
		"request": {detailed.RequestsPerSecond, summary.RequestsPerSecond},
	} {
		if !near(pair[0], pair[1]) || pair[0] == 0 {
			t.Errorf("%s: %v from the requests, %v from the summary", name, pair[0], pair[1])
		}
	}
	if detailed.TTFT.Count != 0 || summary.TTFT.Count != 0 {
		t.Error("vLLM's ttft is taken for ours, which is another")
	}
}

// vLLM's tpot begins with another instant than ours: that it differs is no change.
func TestOpen_vllmTPOTIsNotTested(t *testing.T) {
	r := open(t, "vllm_detailed.json")
	c, err := compare.Compare(r, open(t, "vllm_detailed.json"), compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range c.Pairs[0].Rows {
		if row.Metric == "tpot" && row.Test != "" {
			t.Errorf("tpot.%s is tested by %s", row.Stat, row.Test)
		}
	}
	if !strings.Contains(strings.Join(r.Notes, " "), "vLLM's tpot is the time from the first chunk") {
		t.Errorf("notes %q", r.Notes)
	}
}

// Two results of one tool compare, and so do results of two, with a warning.
func TestOpen_compares(t *testing.T) {
	guide, ai := open(t, "guidellm.json"), open(t, "aiperf")
	c, err := compare.Compare(guide, ai, compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Pairs[0].Name != "concurrent 2" || !strings.Contains(strings.Join(c.Warnings, " "), "each in its own way") {
		t.Errorf("pair %q, warnings %q", c.Pairs[0].Name, c.Warnings)
	}
	for _, r := range c.Pairs[0].Rows {
		if r.Metric == "latency" && r.Stat == "p50" && (math.IsNaN(r.Change) || r.Tested()) {
			t.Errorf("latency p50 of 12 and 8 requests: change %v, test %q; want a change and no test", r.Change, r.Test)
		}
	}
}

func TestOpen_refuses(t *testing.T) {
	dir := t.TempDir()
	for name, tt := range map[string]struct {
		text string
		want error
	}{
		"empty":             {"", foreign.ErrUnknown},
		"other JSON":        {`{"a": 1}`, foreign.ErrUnknown},
		"a list of numbers": {`[1, 2]`, foreign.ErrUnknown},
		"cut off":           {`{"benchmarks": [{"conf`, foreign.ErrUnknown},
		"newer GuideLLM":    {`{"metadata": {"version": 9}, "benchmarks": [{}]}`, foreign.ErrCorrupt},
		"no benchmark":      {`{"metadata": {"version": 2}, "benchmarks": []}`, foreign.ErrCorrupt},
		"wrong type":        {`{"request_throughput": 1, "model_id": 7}`, foreign.ErrCorrupt},
		"wrong rate":        {`{"request_throughput": 1, "model_id": "m", "request_rate": "fast"}`, foreign.ErrCorrupt},
		"uneven arrays":     {`{"request_throughput": 1, "model_id": "m", "ttfts": [1], "itls": [[]], "output_lens": [1], "errors": ["", ""]}`, foreign.ErrCorrupt},
		"no times":          {`{"metadata": {}, "metrics": {}}`, foreign.ErrCorrupt},
		"second line bad":   {"{\"metadata\": {}, \"metrics\": {}}\n{", foreign.ErrCorrupt},
	} {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "_"))
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := foreign.Open(path); !errors.Is(err, tt.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want one that is %v and names the file", name, err, tt.want)
		} else if strings.Contains(err.Error(), "Go ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error in words of Go, or in lines: %v", name, err)
		}
	}
	if _, err := foreign.Open(dir); !errors.Is(err, foreign.ErrUnknown) {
		t.Errorf("a folder without results: %v", err)
	}
}

// Whatever the bytes: a result that can be compared with itself, or an error that wraps a sentinel.
func FuzzOpen(f *testing.F) {
	for _, name := range []string{
		"guidellm.json", "aiperf/profile_export.jsonl", "aiperf/profile_export_aiperf.json", "vllm.json", "vllm_detailed.json",
		"sglang.jsonl", "inference-perf/per_request_lifecycle_metrics.json", "inference-perf/stage_0_lifecycle_metrics.json",
	} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"metadata":{"request_start_ns":9223372036854775807,"request_end_ns":1},"metrics":{"request_latency":{"value":1e308}}}`))
	path := filepath.Join(f.TempDir(), "results")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := foreign.Open(path)
		if err != nil {
			if !errors.Is(err, foreign.ErrUnknown) && !errors.Is(err, foreign.ErrCorrupt) {
				t.Fatalf("error without a sentinel: %v", err)
			}
			return
		}
		c, err := compare.Compare(r, r, compare.Options{})
		if err != nil && !errors.Is(err, compare.ErrNothing) {
			t.Fatal(err)
		}
		if err == nil && c.Count(compare.Worse)+c.Count(compare.Better) > 0 {
			t.Fatal("a result differs from itself")
		}
	})
}
