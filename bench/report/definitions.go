package report

import "github.com/promptmill/promptmill/bench/metrics"

// A definition says what a name in a report means.
type definition struct{ Label, Text, Also string }

// shown leads from the names of figures to what a report calls them, in the order of a report.
var shown = []struct{ name, label string }{
	{"latency", "Latency"}, {"scheduled_latency", "Scheduled latency"}, {"send_lag", "Send lag"}, {"ttft", "TTFT"},
	{"tpot", "TPOT (ITL)"}, {"chunk_gap", "Chunk gap"}, {"gen_speed", "Gen speed"}, {"output_tokens_per_second", "Output tok/s"},
	{"requests_per_second", "Req/s"}, {"concurrency", "Concurrency"}, {"window_seconds", "Window"}, {"drain_seconds", "Drain"},
	{"percentiles", "Percentiles"}, {"certified", uncertified + " (uncertified)"},
}

// definitions are those of package metrics for the names that a report uses.
func definitions() []definition {
	byName := map[string]metrics.Definition{}
	for _, d := range metrics.Metrics() {
		byName[d.Name] = d
	}
	var ds []definition
	for _, s := range shown {
		if d, ok := byName[s.name]; ok {
			ds = append(ds, definition{s.label, d.Definition, d.Also})
		}
	}
	return ds
}
