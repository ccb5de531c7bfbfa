package metrics_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

const sec = int64(1e9)

// serverMetrics has a sample at each second from 0 on.
func serverMetrics(series map[string][]float64) results.ServerMetrics {
	m := results.ServerMetrics{Target: "http://s/metrics", Server: "vllm"}
	for name, values := range series {
		m.Series = append(m.Series, results.ServerSeries{Name: name, Raw: "raw_" + name, Values: values})
		m.AtNS = m.AtNS[:0]
		for i := range values {
			m.AtNS = append(m.AtNS, int64(i)*sec)
		}
	}
	return m
}

// serversOf are the servers of a run with a benchmark of the given windows, in seconds.
func serversOf(t *testing.T, m results.ServerMetrics, windows ...[2]int64) []metrics.Server {
	t.Helper()
	b := results.Benchmark{Strategy: "synchronous"}
	for _, w := range windows {
		b.Windows = append(b.Windows, results.Window{StartNS: w[0] * sec, SendEndNS: w[1] * sec, WindowEndNS: w[1] * sec, EndNS: w[1] * sec})
	}
	b.StartNS, b.WindowEndNS = b.Windows[0].StartNS, b.Windows[len(b.Windows)-1].WindowEndNS
	run := &results.Run{Benchmarks: []results.Benchmark{b}, ServerMetrics: []results.ServerMetrics{m}}
	s, err := metrics.Summarize(run, func(func(*results.Record, error) bool) {})
	if err != nil {
		t.Fatal(err)
	}
	return s.Benchmarks[0].Servers
}

func TestSummarize_servers(t *testing.T) {
	nan := math.NaN()
	got := serversOf(t, serverMetrics(map[string][]float64{
		"running": {9, 9, 1, 2, nan, 6, 9}, "waiting": {0, 0, 0, 0, 0, 0, 0}, "kv_use": {1, 1, 0.25, 0.5, 0.25, 0.5, 1},
		"prefix_queries": {0, 100, 200, 300, 400, 500, 900}, "prefix_hits": {0, 0, 25, 50, 75, 100, 400},
		"preemptions": {5, 5, 5, 6, 7, 8, 8},
	}), [2]int64{1, 5})
	want := []metrics.Server{{
		Target: "http://s/metrics", Server: "vllm", Samples: 4, // at 2, 3, 4 and 5 s
		Running: &metrics.Level{Mean: 3, Max: 6}, Waiting: &metrics.Level{}, KVUse: &metrics.Level{Mean: 0.375, Max: 0.5},
		PrefixHitShare: new(0.25), Preemptions: new(3.0),
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Counters grow over each window by itself; one that falls says nothing; a rate stands in for missing counters.
func TestSummarize_serverCounters(t *testing.T) {
	series := map[string][]float64{"preemptions": {0, 1, 2, 4, 8, 16, 32}, "prefix_hit_rate": {0, 0.5, 0.5, 0, 0.25, 0.75, 0}}
	got := serversOf(t, serverMetrics(series), [2]int64{0, 2}, [2]int64{3, 5})
	if len(got) != 1 || got[0].Preemptions == nil || *got[0].Preemptions != 2+12 || *got[0].PrefixHitShare != 0.5 {
		t.Errorf("over two windows: %+v", got)
	}
	series["preemptions"] = []float64{5, 6, 0, 1, 2, 3, 4}
	if got := serversOf(t, serverMetrics(series), [2]int64{0, 6}); got[0].Preemptions != nil {
		t.Errorf("preemptions of a server that started anew: %v", *got[0].Preemptions)
	}
	if got := serversOf(t, serverMetrics(series), [2]int64{20, 30}); got != nil {
		t.Errorf("no samples in the window: %+v", got)
	}
}
