package scrape_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/results"
	"github.com/promptmill/promptmill/bench/scrape"
)

func TestParse(t *testing.T) {
	for file, want := range map[string]struct {
		server string
		values []results.ServerValue
	}{
		"vllm.txt": {"vllm", []results.ServerValue{
			{Name: "running", Raw: "vllm:num_requests_running", Value: 8},
			{Name: "waiting", Raw: "vllm:num_requests_waiting", Value: 2},
			{Name: "kv_use", Raw: "vllm:kv_cache_usage_perc", Value: 0.375}, // the mean of the engines
			{Name: "prefix_queries", Raw: "vllm:prefix_cache_queries_total", Value: 1048576},
			{Name: "prefix_hits", Raw: "vllm:prefix_cache_hits_total", Value: 524288},
			{Name: "preemptions", Raw: "vllm:num_preemptions_total", Value: 4},
			{Name: "prompt_tokens", Raw: "vllm:prompt_tokens_total", Value: 2e6},
			{Name: "output_tokens", Raw: "vllm:generation_tokens_total", Value: 3e5},
		}},
		"vllm-0.6.txt": {"vllm", []results.ServerValue{
			{Name: "running", Raw: "vllm:num_requests_running", Value: 1},
			{Name: "waiting", Raw: "vllm:num_requests_waiting"},
			{Name: "kv_use", Raw: "vllm:gpu_cache_usage_perc", Value: 0.125},
			{Name: "preemptions", Raw: "vllm:num_preemptions_total"},
		}},
		"sglang.txt": {"sglang", []results.ServerValue{
			{Name: "running", Raw: "sglang:num_running_reqs", Value: 162},
			{Name: "waiting", Raw: "sglang:num_queue_reqs", Value: 2826},
			{Name: "kv_use", Raw: "sglang:token_usage", Value: 0.28},
			{Name: "prefix_hit_rate", Raw: "sglang:cache_hit_rate", Value: 0.0075},
			{Name: "preemptions", Raw: "sglang:num_retracted_requests_total", Value: 7},
			{Name: "prompt_tokens", Raw: "sglang:prompt_tokens_total", Value: 8128902},
			{Name: "output_tokens", Raw: "sglang:generation_tokens_total", Value: 7557572},
		}},
		"llama.cpp.txt": {"llama.cpp", []results.ServerValue{
			{Name: "running", Raw: "llamacpp:requests_processing", Value: 4},
			{Name: "waiting", Raw: "llamacpp:requests_deferred", Value: 46},
			{Name: "prompt_tokens", Raw: "llamacpp:prompt_tokens_total", Value: 900},
			{Name: "output_tokens", Raw: "llamacpp:tokens_predicted_total", Value: 4096},
		}},
		"tgi.txt": {"tgi", []results.ServerValue{
			{Name: "running", Raw: "tgi_batch_current_size", Value: 4},
			{Name: "waiting", Raw: "tgi_queue_size", Value: 7},
			{Name: "prompt_tokens", Raw: "tgi_request_input_length_sum", Value: 1234},
			{Name: "output_tokens", Raw: "tgi_request_generated_tokens_sum", Value: 8123},
		}},
	} {
		page, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		server, values := scrape.Parse(page)
		if diff := cmp.Diff(want.values, values); diff != "" || server != want.server {
			t.Errorf("%s is %s: %s", file, server, diff)
		}
	}
}

// Lines that are not well formed, and values that are no numbers, count for nothing.
func TestParse_malformed(t *testing.T) {
	for _, line := range []string{
		"", "vllm:num_requests_running", "vllm:num_requests_running ", "vllm:num_requests_running x",
		"vllm:num_requests_running NaN", "vllm:num_requests_running +Inf", `vllm:num_requests_running{a="b 1`, `vllm:num_requests_running{a="b\"} 1`,
		"vllm:num_requests_running 1 2 3", "# vllm:num_requests_running 1", "xvllm:num_requests_running 1", "vllm:num_requests_running_x 1",
		"<html>", `{"vllm:num_requests_running": 1}`,
	} {
		if server, values := scrape.Parse([]byte(line)); server != "" || values != nil {
			t.Errorf("%q: %s %v", line, server, values)
		}
		_, values := scrape.Parse([]byte(line + "\nvllm:num_requests_running{} 7 123\r\n"))
		if want := []results.ServerValue{{Name: "running", Raw: "vllm:num_requests_running", Value: 7}}; !cmp.Equal(want, values) {
			t.Errorf("behind %q: %v", line, values)
		}
	}
}

// FuzzParse: figures are finite, and the order of the lines counts for nothing but the rounding of sums.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, name := range files {
		page, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(page)
	}
	f.Add([]byte("vllm:num_requests_running 1e308\nvllm:num_requests_running 1e308\n"))
	f.Add([]byte(`vllm:num_requests_running{a="\\"} 1`))
	f.Fuzz(func(t *testing.T, page []byte) {
		server, values := scrape.Parse(page)
		if (server == "") != (len(values) == 0) {
			t.Fatalf("%q with %d values", server, len(values))
		}
		seen := map[string]bool{}
		for _, v := range values {
			if v.Value-v.Value != 0 || seen[v.Name] {
				t.Errorf("%+v", v)
			}
			seen[v.Name] = true
		}
		again, _ := scrape.Parse(append([]byte("# a comment\n\nother{x=\"y\"} 1\n"), page...))
		if again != server {
			t.Errorf("%q, and behind other lines %q", server, again)
		}
	})
}
