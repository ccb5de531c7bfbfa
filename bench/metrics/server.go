package metrics

import (
	"math"
	"slices"

	"github.com/promptmill/promptmill/bench/results"
)

// Server is what a server said of itself inside the measured window of a benchmark. A figure that it does not give, or
// that makes no sense over the window, is nil.
type Server struct {
	Target  string `json:"target"` // URL of its metrics
	Server  string `json:"server"` // "vllm", ...
	Samples int    `json:"samples"`

	Running *Level `json:"running,omitempty"` // requests in a batch or slot
	Waiting *Level `json:"waiting,omitempty"` // requests that wait for one
	KVUse   *Level `json:"kv_use,omitempty"`  // share of the KV cache in use

	// PrefixHitShare is the share of the prompt tokens looked up in the prefix cache that were there: by counters, or the
	// mean of the rate that the server gives.
	PrefixHitShare *float64 `json:"prefix_hit_share,omitempty"`
	Preemptions    *float64 `json:"preemptions,omitempty"` // requests put back into the queue
}

// Level is a gauge over the samples of a window.
type Level struct {
	Mean float64 `json:"mean"`
	Max  float64 `json:"max"`
}

// servers are the figures of the servers with samples inside the windows.
func servers(all []results.ServerMetrics, ws []results.Window) []Server {
	var out []Server
	for i := range all {
		m := &all[i]
		s := Server{Target: m.Target, Server: m.Server}
		for _, at := range m.AtNS {
			if inside(ws, at) {
				s.Samples++
			}
		}
		if s.Samples == 0 {
			continue
		}
		s.Running, s.Waiting = level(m, results.ServerRunning, ws), level(m, results.ServerWaiting, ws)
		s.KVUse = level(m, results.ServerKVUse, ws)
		s.Preemptions = growth(m, results.ServerPreemptions, ws)
		s.PrefixHitShare = prefixHits(m, ws)
		out = append(out, s)
	}
	return out
}

func level(m *results.ServerMetrics, name string, ws []results.Window) *Level {
	var values []float64
	eachValue(m, name, func(at int64, v float64) {
		if inside(ws, at) {
			values = append(values, v)
		}
	})
	if len(values) == 0 {
		return nil
	}
	return &Level{Mean: dist(values).Mean, Max: slices.Max(values)}
}

// growth is by how much a counter grew inside the windows: from the last sample up to the start of each, or the first
// inside, to the first at or after its end, or the last there is. Nil where it fell, as it does when a server starts
// anew.
func growth(m *results.ServerMetrics, name string, ws []results.Window) *float64 {
	sum, known := 0.0, false
	for _, w := range ws {
		first, last := math.NaN(), math.NaN()
		ended := false
		eachValue(m, name, func(at int64, v float64) {
			if at <= w.StartNS || math.IsNaN(first) {
				first = v
			}
			if !ended {
				last, ended = v, at >= w.WindowEndNS
			}
		})
		grown := last - first
		if grown < 0 {
			return nil
		}
		if !math.IsNaN(grown) {
			sum, known = sum+grown, true
		}
	}
	if !known {
		return nil
	}
	return &sum
}

func prefixHits(m *results.ServerMetrics, ws []results.Window) *float64 {
	hits, queries := growth(m, results.ServerPrefixHits, ws), growth(m, results.ServerPrefixQueries, ws)
	if hits != nil && queries != nil && *queries > 0 && *hits <= *queries {
		return new(*hits / *queries)
	}
	if rate := level(m, results.ServerPrefixHitRate, ws); rate != nil {
		return &rate.Mean
	}
	return nil
}

// eachValue calls f with the values of the first series of a name, in the order of time.
func eachValue(m *results.ServerMetrics, name string, f func(at int64, v float64)) {
	i := slices.IndexFunc(m.Series, func(s results.ServerSeries) bool { return s.Name == name })
	if i < 0 {
		return
	}
	for j, v := range m.Series[i].Values {
		if j < len(m.AtNS) && !math.IsNaN(v) {
			f(m.AtNS[j], v)
		}
	}
}
