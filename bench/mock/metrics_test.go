package mock_test

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/promptmill/promptmill/bench/mock"
)

// metricsOf asks for the metrics and returns the response.
func metricsOf(t *testing.T, s *mock.Server) string {
	t.Helper()
	return exchange(t, s, "GET", "/metrics", "")
}

func TestMetrics(t *testing.T) {
	for like, want := range map[string][2][]string{ // with two requests that run and one that waits; and at the end
		"vllm": {
			{
				"Content-Type: text/plain; version=0.0.4", "# TYPE vllm:num_requests_running gauge\n",
				`vllm:num_requests_running{engine="0",model_name="a \"b\\$m"} 2` + "\n", `vllm:num_requests_waiting{engine="0",model_name="a \"b\\$m"} 1` + "\n",
				`vllm:kv_cache_usage_perc{engine="0",model_name="a \"b\\$m"} 1` + "\n", `vllm:generation_tokens_total{engine="0",model_name="a \"b\\$m"} 0` + "\n",
			},
			{`running{engine="0",model_name="a \"b\\$m"} 0` + "\n", `vllm:generation_tokens_total{engine="0",model_name="a \"b\\$m"} 6` + "\n"},
		},
		"llama-server": {
			{"llamacpp:requests_processing 2\n", "llamacpp:requests_deferred 1\n", "llamacpp:tokens_predicted_total 0\n"},
			{"llamacpp:requests_processing 0\n", "llamacpp:tokens_predicted_total 6\n"},
		},
		"ollama": {{"404 Not Found"}, {"404 Not Found"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(t, mock.Config{
				Like: like, Model: `a "b\$m`, GoTimers: true, TTFT: time.Second, ITL: time.Second, Tokens: 2, Slots: 2, Queue: 3,
			})
			check := func(when string, want []string) {
				page := metricsOf(t, s)
				for _, w := range want {
					if !strings.Contains(page, w) {
						t.Errorf("%s, %s: no %q in\n%s", like, when, w, page)
					}
				}
			}
			conns := []io.Reader{ask(t, s, "1"), ask(t, s, "2"), ask(t, s, "3")}
			check("under load", want[0])
			for _, c := range conns {
				if _, err := io.ReadAll(c); err != nil {
					t.Fatal(err)
				}
			}
			check("at the end", want[1])
		})
	}
}
