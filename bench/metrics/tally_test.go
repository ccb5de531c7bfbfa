package metrics_test

import (
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// tallied is what a tally says of n answers, of which so many have a TTFT of 2 s and the others of 100 ms, and of
// failures.
func tallied(t *testing.T, slo string, n, slow, failed int) metrics.Judgement {
	t.Helper()
	s, err := metrics.ParseSLO(slo)
	if err != nil {
		t.Fatal(err)
	}
	halves := []*metrics.Tally{metrics.NewTally(s), metrics.NewTally(s)}
	for i := range n {
		first := int64(1e9 + 1e8)
		if i < slow {
			first = 3e9
		}
		halves[i%2].Add(&results.Record{Status: results.StatusOK, DueNS: 1e9, SentNS: 1e9, FirstTokenNS: first, LastTokenNS: first + 1e8, DoneNS: first + 1e8, OutputTokens: 11})
	}
	for i := range failed {
		halves[i%2].Add(&results.Record{Status: results.StatusError, DueNS: 1e9, SentNS: 1e9, DoneNS: 1e9 + 1})
	}
	for _, apart := range []results.Record{{Warmup: true}, {Cooldown: true}, {Status: results.StatusCancelled}} {
		halves[0].Add(&apart)
	}
	halves[0].Merge(halves[1])
	if got := halves[0].Requests(); got != n+failed {
		t.Errorf("%d requests counted, want %d", got, n+failed)
	}
	return halves[0].Judge(0.95)
}

func TestTally(t *testing.T) {
	tests := []struct {
		name            string
		slo             string
		n, slow, failed int
		kept, sure      bool
		reason          string
	}{
		{"nothing was measured", "ttft<=1s", 0, 0, 0, false, true, "no request was measured"},
		{"each keeps it, and they are enough", "ttft<=1s", 299, 0, 0, true, true, "0 of 299 requests miss it, where 1 % may"},
		{"each keeps it, and one is lacking", "ttft<=1s", 298, 0, 0, true, false, "0 of 298"},
		{"a percentile is kept", "ttft.p99<=1s", 299, 0, 0, true, true, "ttft.p99<=1s: 0 of 299 requests miss it, where 1 % may"},
		{"a percentile is kept by luck", "ttft.p90<=1s", 100, 9, 0, true, false, "9 of 100"},
		{"a percentile is missed by bad luck", "ttft.p90<=1s", 100, 11, 0, false, false, "11 of 100"},
		{"a percentile is missed", "ttft.p90<=1s", 100, 20, 0, false, true, "20 of 100"},
		{"the median is kept", "ttft.p50<=1s", 100, 30, 0, true, true, "30 of 100"},
		{"failures miss a percentile", "ttft.p90<=1s", 80, 0, 20, false, true, "20 of 100 requests"},
		{"a percentile that must be reached", "gen_speed.p90>=20", 100, 100, 0, false, true, "100 of 100"},
		{"a lower percentile that must be reached", "gen_speed.p50>=20", 100, 20, 0, true, true, "where 50 % may"},
		{"the mean is kept", "ttft.mean<=150ms", 300, 1, 0, true, true, "the mean of 300 requests is 0.1063 s"},
		{"the mean is missed", "ttft.mean<=150ms", 300, 100, 0, false, true, "is 0.7333 s"},
		{"the mean is missed by a hair", "ttft.mean<=150ms", 300, 8, 0, false, false, "is 0.1507 s"},
		{"the maximum", "ttft.max<=1s", 300, 0, 0, true, false, "0 of 300"},
		{"the maximum is missed", "ttft.max<=1s", 300, 1, 0, false, true, "1 of 300"},
		{"the mean of those that did not fail", "ttft.mean<=1s", 300, 0, 30, false, true, "30 of 330 requests failed"},
		{"the one that is missed decides", "ttft.p99<=1s,tpot<=1ms,latency.mean<=9s", 400, 0, 0, false, true, "400 of 400"},
		{"of two that are kept the unsure one decides", "ttft.p50<=1s,ttft.p99<=1s", 100, 0, 0, true, false, "ttft.p99<=1s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tallied(t, tt.slo, tt.n, tt.slow, tt.failed)
			if got.Kept != tt.kept || got.Sure != tt.sure || !strings.Contains(got.Reason, tt.reason) {
				t.Errorf("got %+v, want kept %v, sure %v, because of %q", got, tt.kept, tt.sure, tt.reason)
			}
		})
	}
}
