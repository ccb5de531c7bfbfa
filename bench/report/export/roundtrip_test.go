package export_test

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/foreign"
	"github.com/promptmill/promptmill/bench/metrics"
)

// What is exported and read back gives the figures of the original, where the other tool's words mean the same.
func TestRoundTrip(t *testing.T) {
	for _, tt := range []struct {
		format, file string  // of the first benchmark
		within       float64 // seconds; GuideLLM's clock has a quarter of a microsecond
		same         []string
		unfinished   bool // it has a place for them
	}{
		{"vllm", "%s.json", 1e-9, []string{"latency", "ttfc"}, false},
		{"guidellm", "benchmarks.json", 1e-6, []string{"latency", "scheduled_latency", "ttfc", "ttft", "ttfo", "tpot"}, true},
		{"aiperf", "%s", 1e-9, []string{"latency", "ttft", "ttfo"}, true},
	} {
		t.Run(tt.format, func(t *testing.T) {
			f := mixed()
			original, dir := f.source(t).Summary, inFolder(t, tt.format, f)
			for i, label := range []string{"0-concurrent-8", "1-constant-10-s"} {
				file, index := tt.file, i
				if tt.file[0] == '%' {
					file, index = label+tt.file[2:], 0
				}
				r, err := foreign.Open(filepath.Join(dir, file))
				if err != nil {
					t.Fatal(err)
				}
				if r.Model != "test/model" {
					t.Errorf("model %q", r.Model)
				}
				got, want := &r.Benchmarks[index], &original.Benchmarks[i]
				if got.Name != want.Name {
					t.Errorf("benchmark %q, want %q", got.Name, want.Name)
				}
				checkCounts(t, got, want, tt.unfinished)
				if i == 1 && !tt.unfinished {
					continue // vLLM takes the first chunk of an answer without a token for a token
				}
				for _, metric := range tt.same {
					checkDist(t, want.Name+" "+metric, distOf(&got.Benchmark, metric), distOf(want, metric), tt.within)
				}
			}
		})
	}
}

func checkCounts(t *testing.T, got *compare.Benchmark, want *metrics.Benchmark, unfinished bool) {
	t.Helper()
	cut := want.Counts.Unfinished
	if !unfinished {
		cut = 0
	}
	if got.Counts.OK != want.Counts.OK || got.Counts.Total != want.Counts.Total || got.Counts.Unfinished != cut {
		t.Errorf("%s: counts %+v, want %+v", want.Name, got.Counts, want.Counts)
	}
	if want.TargetRate > 0 {
		return // requests of the drain are in the other tools' rates
	}
	for name, pair := range map[string][2]float64{
		"requests/s": {got.RequestsPerSecond, want.RequestsPerSecond}, "tokens/s": {got.OutputTokensPerSecond, want.OutputTokensPerSecond},
	} {
		if math.Abs(pair[0]/pair[1]-1) > 1e-3 {
			t.Errorf("%s: %s %v, want %v", want.Name, name, pair[0], pair[1])
		}
	}
}

func checkDist(t *testing.T, name string, got, want metrics.Dist, within float64) {
	t.Helper()
	if got.Count != want.Count || want.Count == 0 {
		t.Errorf("%s: %d samples, want %d", name, got.Count, want.Count)
	}
	for _, pair := range [][2]float64{{got.P50, want.P50}, {got.P99, want.P99}, {got.Mean, want.Mean}, {got.Min, want.Min}, {got.Max, want.Max}} {
		if math.Abs(pair[0]-pair[1]) > within {
			t.Errorf("%s: %+v, want %+v", name, got, want)
			return
		}
	}
}

func distOf(b *metrics.Benchmark, metric string) metrics.Dist {
	return map[string]metrics.Dist{
		"latency": b.Latency, "scheduled_latency": b.ScheduledLatency, "ttfc": b.TTFC, "ttft": b.TTFT, "ttfo": b.TTFO, "tpot": b.TPOT,
	}[metric]
}
