package results

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
)

// Names of [ServerSeries]: what servers call by names of their own.
const (
	ServerRunning       = "running"         // requests in a batch or slot
	ServerWaiting       = "waiting"         // requests that wait for one
	ServerKVUse         = "kv_use"          // share of the KV cache in use, 0 to 1
	ServerPrefixQueries = "prefix_queries"  // counter: prompt tokens looked up in the prefix cache
	ServerPrefixHits    = "prefix_hits"     // counter: those found there
	ServerPrefixHitRate = "prefix_hit_rate" // share found there, 0 to 1, over a time that is the server's choice
	ServerPreemptions   = "preemptions"     // counter: requests put back into the queue, for want of memory
	ServerPromptTokens  = "prompt_tokens"   // counter: prompt tokens taken in
	ServerOutputTokens  = "output_tokens"   // counter: tokens generated
)

// ServerMetrics is what one server said of itself while the run lasted, about once a second.
type ServerMetrics struct {
	Target string         `json:"target"` // URL of its metrics, without secrets
	Server string         `json:"server"` // what it is by the names that it uses: "vllm", "llama.cpp", "sglang", "tgi"
	AtNS   []int64        `json:"at_ns"`  // ns since the start of the run, ascending: when each sample had come
	Series []ServerSeries `json:"series"` // in the order in which they came up
}

// ServerSeries is one figure of a server over time.
type ServerSeries struct {
	Name   string `json:"name"`   // one of the constants above
	Raw    string `json:"raw"`    // as the server calls it; of several series of that name, such as those of engines or models, the sum (the mean of shares)
	Values Values `json:"values"` // one for each of AtNS
}

// Values are numbers of which any may be missing: NaN, which JSON has as null.
type Values []float64

// MarshalJSON writes what is no finite number as null.
func (v Values) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, x := range v {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(x) || math.IsInf(x, 0) {
			b = append(b, "null"...)
			continue
		}
		b = strconv.AppendFloat(b, x, 'g', -1, 64)
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads null as NaN.
func (v *Values) UnmarshalJSON(b []byte) error {
	var list []*float64
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	*v = make(Values, len(list))
	for i, x := range list {
		(*v)[i] = math.NaN()
		if x != nil {
			(*v)[i] = *x
		}
	}
	return nil
}

// ServerSample is what one server said at one moment.
type ServerSample struct {
	Target string        `json:"target"`
	Server string        `json:"server"`
	AtNS   int64         `json:"at_ns"`
	Values []ServerValue `json:"values"`
}

// ServerValue is one figure of a [ServerSample], a finite number.
type ServerValue struct {
	Name  string  `json:"name"`
	Raw   string  `json:"raw"`
	Value float64 `json:"value"`
}

// AddServerSample adds s to what all holds of the same server.
func AddServerSample(all []ServerMetrics, s *ServerSample) []ServerMetrics {
	i := slices.IndexFunc(all, func(m ServerMetrics) bool { return m.Target == s.Target && m.Server == s.Server })
	if i < 0 {
		i = len(all)
		all = append(all, ServerMetrics{Target: s.Target, Server: s.Server})
	}
	m := &all[i]
	m.AtNS = append(m.AtNS, s.AtNS)
	for _, v := range s.Values {
		m.add(v)
	}
	for j := range m.Series {
		m.Series[j].fill(len(m.AtNS))
	}
	return all
}

// add puts v at the last instant of m.
func (m *ServerMetrics) add(v ServerValue) {
	i := slices.IndexFunc(m.Series, func(s ServerSeries) bool { return s.Name == v.Name && s.Raw == v.Raw })
	if i < 0 {
		i = len(m.Series)
		m.Series = append(m.Series, ServerSeries{Name: v.Name, Raw: v.Raw})
	}
	s := &m.Series[i]
	s.fill(len(m.AtNS) - 1)
	s.Values = append(s.Values, v.Value)
}

// fill makes s n values long, with none where there was none.
func (s *ServerSeries) fill(n int) {
	for len(s.Values) < n {
		s.Values = append(s.Values, math.NaN())
	}
}
