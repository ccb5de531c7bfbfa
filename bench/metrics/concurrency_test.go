package metrics_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/results"
)

func TestConcurrency(t *testing.T) {
	type span struct{ sent, done int64 } // ms; done 0: never
	times := func(n int, f func(i int64) span) (spans []span) {
		for i := range int64(n) {
			spans = append(spans, f(i))
		}
		return spans
	}
	for name, tt := range map[string]struct {
		spans []span
		mean  float64
		most  int
	}{
		"nothing":            {nil, 0, 0},
		"sequential":         {times(10, func(i int64) span { return span{1000 + 100*i, 1100 + 100*i} }), 1, 1},
		"parallel":           {times(10, func(int64) span { return span{1000, 2000} }), 10, 10},
		"burst":              {times(10, func(int64) span { return span{1400, 1600} }), 2, 10},
		"bursts that touch":  {[]span{{1000, 1500}, {1000, 1500}, {1500, 2000}, {1500, 2000}}, 2, 2},
		"triangular":         {times(10, func(i int64) span { return span{1000 + 50*i, 2000 - 50*i} }), 5.5, 10},
		"around the window":  {[]span{{500, 2500}}, 1, 1},
		"before and after":   {[]span{{100, 1000}, {2000, 2500}, {500, 900}}, 0, 0},
		"into and out of it": {[]span{{500, 1250}, {1750, 2500}}, 0.5, 1},
		"never done":         {[]span{{1500, 0}}, 0.5, 1},
		"done before sent":   {[]span{{1500, 1200}}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var recs []*results.Record
			for i, s := range tt.spans {
				r := ok(int64(i), s.sent*ms, 1)
				r.DoneNS = s.done * ms
				recs = append(recs, r)
			}
			b := one(t, aRun(), recs...)
			if diff := cmp.Diff(tt.mean, b.Concurrency, near); diff != "" {
				t.Error(diff)
			}
			if b.ConcurrencyMax != tt.most {
				t.Errorf("most %d, want %d", b.ConcurrencyMax, tt.most)
			}
		})
	}
}
