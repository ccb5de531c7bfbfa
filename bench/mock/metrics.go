package mock

import (
	"fmt"
	"strings"
)

// How the names of metrics start.
const (
	metricsVLLM  = "vllm:"
	metricsLlama = "llamacpp:"
)

// metrics answers GET /metrics with the figures of [Stats] and the tokens counted, in the imitated server's words.
func (s *Server) metrics(c *call) {
	st := s.Stats()
	var b strings.Builder
	add := func(name, kind string, value float64) {
		labels := ""
		if s.dialect.metrics == metricsVLLM {
			labels = fmt.Sprintf(`{engine="0",model_name="%s"}`, strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s.cfg.Model))
		}
		fmt.Fprintf(&b, "# TYPE %s%s %s\n%[1]s%[2]s%[4]s %[5]v\n", s.dialect.metrics, name, kind, labels, value)
	}
	prompt, cached, output := float64(s.tally.prompt.Load()), float64(s.tally.cached.Load()), float64(s.tally.output.Load())
	if s.dialect.metrics == metricsVLLM {
		add("num_requests_running", "gauge", float64(st.Running))
		add("num_requests_waiting", "gauge", float64(st.Waiting))
		add("kv_cache_usage_perc", "gauge", s.slotShare(st.Running))
		add("prefix_cache_queries_total", "counter", prompt)
		add("prefix_cache_hits_total", "counter", cached)
		add("num_preemptions_total", "counter", 0)
		add("prompt_tokens_total", "counter", prompt)
		add("generation_tokens_total", "counter", output)
	} else {
		add("prompt_tokens_total", "counter", prompt-cached)
		add("tokens_predicted_total", "counter", output)
		add("requests_processing", "gauge", float64(st.Running))
		add("requests_deferred", "gauge", float64(st.Waiting))
	}
	s.page(c, page{status: 200, kind: "text/plain; version=0.0.4; charset=utf-8", body: "$detail"}, reply{detail: b.String()})
}

// slotShare is the share of the slots in use, which stands for that of a cache; 0 where there is no limit.
func (s *Server) slotShare(running int) float64 {
	if s.cfg.Slots == 0 {
		return 0
	}
	return float64(running) / float64(s.cfg.Slots)
}
