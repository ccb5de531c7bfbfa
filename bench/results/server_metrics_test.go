package results_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/promptmill/promptmill/bench/results"
)

// aSample is sample i of a server whose second figure comes up late and goes away again.
func aSample(i int) *results.ServerSample {
	s := &results.ServerSample{
		Target: "http://127.0.0.1:8000/metrics", Server: "vllm", AtNS: int64(i+1) * 1e9,
		Values: []results.ServerValue{{Name: results.ServerRunning, Raw: "vllm:num_requests_running", Value: float64(i)}},
	}
	if i >= 3 && i < 6 {
		s.Values = append(s.Values, results.ServerValue{Name: results.ServerKVUse, Raw: "vllm:kv_cache_usage_perc", Value: 0.25})
	}
	return s
}

// metricsOf are samples 0 to n-1.
func metricsOf(n int) []results.ServerMetrics {
	m := results.ServerMetrics{
		Target: "http://127.0.0.1:8000/metrics", Server: "vllm",
		Series: []results.ServerSeries{{Name: "running", Raw: "vllm:num_requests_running"}, {Name: "kv_use", Raw: "vllm:kv_cache_usage_perc"}},
	}
	for i := range n {
		kv := math.NaN()
		if i >= 3 && i < 6 {
			kv = 0.25
		}
		m.AtNS = append(m.AtNS, int64(i+1)*1e9)
		m.Series[0].Values = append(m.Series[0].Values, float64(i))
		m.Series[1].Values = append(m.Series[1].Values, kv)
	}
	return []results.ServerMetrics{m}
}

// Samples are in the growing file with every checkpoint, with rows or without, and in the closed one.
func TestWriter_serverSamples(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		err := w.AddServerSample(aSample(i))
		if i%3 == 0 {
			err = errors.Join(err, w.Write(aRecord(i)))
		}
		if err := errors.Join(err, w.Checkpoint()); err != nil {
			t.Fatal(err)
		}
		if f, _ := readAll(t, path); i > 3 {
			if diff := cmp.Diff(metricsOf(i+1), f.Run.ServerMetrics, cmpopts.EquateNaNs()); diff != "" || !f.Partial {
				t.Fatalf("after sample %d: %s", i, diff)
			}
		}
	}
	run := aRun()
	earlier := results.ServerMetrics{Server: "tgi", AtNS: []int64{1}, Series: []results.ServerSeries{{Name: "running", Values: results.Values{2}}}}
	run.ServerMetrics = []results.ServerMetrics{earlier}
	if err := w.Close(run); err != nil {
		t.Fatal(err)
	}
	f, rows := readAll(t, path)
	if diff := cmp.Diff(append(run.ServerMetrics, metricsOf(20)...), f.Run.ServerMetrics, cmpopts.EquateNaNs()); diff != "" || len(rows) != 7 {
		t.Errorf("%d rows: %s", len(rows), diff)
	}
}

// A damaged block of samples is an error, not a figure.
func TestOpen_damagedServerSamples(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for i := range 5 {
		if err := errors.Join(w.AddServerSample(aSample(i)), w.Checkpoint()); err != nil {
			t.Fatal(err)
		}
	}
	name := path + results.PartialSuffix
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	i := strings.Index(string(b), `"value":2`)
	b[i+len(`"value":`)] = '7'
	if err := os.WriteFile(name, b, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := results.Open(path); !errors.Is(err, results.ErrCorrupt) || !strings.Contains(err.Error(), "server metrics: the checksum") {
		t.Errorf("%v", err)
	}
}
