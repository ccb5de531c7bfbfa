package scrape

import "github.com/promptmill/promptmill/bench/results"

// A figure is one of a server's, by our name and by those that releases of the server give it.
type figure struct {
	name  string
	raws  []string // the first that is there counts
	share bool     // of several series (of engines, of models) the mean counts, not the sum
}

// A server is what one kind of server calls its figures.
type server struct {
	name    string
	figures []figure
}

var servers = []server{
	{"vllm", []figure{
		{name: results.ServerRunning, raws: []string{"vllm:num_requests_running"}},
		{name: results.ServerWaiting, raws: []string{"vllm:num_requests_waiting"}},
		{name: results.ServerKVUse, raws: []string{"vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"}, share: true},
		{name: results.ServerPrefixQueries, raws: []string{"vllm:prefix_cache_queries_total", "vllm:gpu_prefix_cache_queries_total"}},
		{name: results.ServerPrefixHits, raws: []string{"vllm:prefix_cache_hits_total", "vllm:gpu_prefix_cache_hits_total"}},
		{name: results.ServerPreemptions, raws: []string{"vllm:num_preemptions_total"}},
		{name: results.ServerPromptTokens, raws: []string{"vllm:prompt_tokens_total"}},
		{name: results.ServerOutputTokens, raws: []string{"vllm:generation_tokens_total"}},
	}},
	{"sglang", []figure{
		{name: results.ServerRunning, raws: []string{"sglang:num_running_reqs"}},
		{name: results.ServerWaiting, raws: []string{"sglang:num_queue_reqs"}},
		{name: results.ServerKVUse, raws: []string{"sglang:token_usage"}, share: true},
		{name: results.ServerPrefixHitRate, raws: []string{"sglang:cache_hit_rate"}, share: true},
		{name: results.ServerPreemptions, raws: []string{"sglang:num_retracted_requests_total", "sglang:num_retracted_reqs_total"}},
		{name: results.ServerPromptTokens, raws: []string{"sglang:prompt_tokens_total"}},
		{name: results.ServerOutputTokens, raws: []string{"sglang:generation_tokens_total"}},
	}},
	{"llama.cpp", []figure{
		{name: results.ServerRunning, raws: []string{"llamacpp:requests_processing"}},
		{name: results.ServerWaiting, raws: []string{"llamacpp:requests_deferred"}},
		{name: results.ServerKVUse, raws: []string{"llamacpp:kv_cache_usage_ratio"}, share: true},
		{name: results.ServerPromptTokens, raws: []string{"llamacpp:prompt_tokens_total"}},
		{name: results.ServerOutputTokens, raws: []string{"llamacpp:tokens_predicted_total"}},
	}},
	{"tgi", []figure{
		{name: results.ServerRunning, raws: []string{"tgi_batch_current_size"}},
		{name: results.ServerWaiting, raws: []string{"tgi_queue_size"}},
		{name: results.ServerPromptTokens, raws: []string{"tgi_request_input_length_sum"}},
		{name: results.ServerOutputTokens, raws: []string{"tgi_request_generated_tokens_sum"}},
	}},
}

// wanted are the raw names of all servers.
var wanted = func() map[string]bool {
	all := map[string]bool{}
	for _, s := range servers {
		for _, f := range s.figures {
			for _, raw := range f.raws {
				all[raw] = true
			}
		}
	}
	return all
}()

// Parse reads the figures of the first server that page has any of. What is not the text of Prometheus has none.
func Parse(page []byte) (server string, values []results.ServerValue) {
	found := scan(page)
	for _, s := range servers {
		for _, f := range s.figures {
			if v, ok := f.of(found); ok {
				values = append(values, v)
			}
		}
		if len(values) > 0 {
			return s.name, values
		}
	}
	return "", nil
}

func (f *figure) of(found map[string]total) (results.ServerValue, bool) {
	for _, raw := range f.raws {
		t, ok := found[raw]
		if !ok {
			continue
		}
		if f.share {
			t.sum /= float64(t.series)
		}
		return results.ServerValue{Name: f.name, Raw: raw, Value: t.sum}, true
	}
	return results.ServerValue{}, false
}
