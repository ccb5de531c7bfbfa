package metrics_test

import (
	"math"
	"testing"

	"github.com/promptmill/promptmill/bench/results"
)

func TestSummarize_accuracyInterval(t *testing.T) {
	for name, tt := range map[string]struct {
		scores    []float64
		mean      float64
		low, high float64
		matches   int // -1: not all are 0 or 1
	}{
		"8 of 10":      {[]float64{1, 1, 1, 1, 1, 1, 1, 1, 0, 0}, 0.8, 0.490162, 0.943318, 8}, // as R's prop.test(8, 10, correct=FALSE)
		"all":          {[]float64{1, 1, 1, 1, 1}, 1, 0.565518, 1, 5},
		"none":         {[]float64{0, 0, 0, 0, 0}, 0, 0, 0.434482, 0},
		"one":          {[]float64{1}, 1, 0.206543, 1, 1},
		"partly":       {[]float64{0.25, 0.75}, 0.5, 0.01, 0.99, -1}, // 0.5 -+ 1.96 * 0.3536 / sqrt(2)
		"one in parts": {[]float64{0.5}, 0.5, 0.5, 0.5, -1},
		"all but one":  {[]float64{1, 1, 0.5}, 0.8333333, 0.506673, 1, -1},
	} {
		var recs []*results.Record
		for i, s := range tt.scores {
			at := int64(i+1) * sec
			recs = append(recs, &results.Record{
				Status: results.StatusOK, Sequence: int64(i), DueNS: at, SentNS: at, FirstTokenNS: at + 1, DoneNS: at + 2, OutputTokens: 1, Score: new(s),
			})
		}
		b := one(t, aRun(), recs...)
		in := b.AccuracyInterval
		if in == nil || math.Abs(*b.Accuracy-tt.mean) > 1e-6 || math.Abs(in.Low-tt.low) > 1e-4 || math.Abs(in.High-tt.high) > 1e-4 {
			t.Errorf("%s: %v in %+v, want %v in %v to %v", name, *b.Accuracy, in, tt.mean, tt.low, tt.high)
		}
		n, ok := b.Scores.Matches()
		if ok != (tt.matches >= 0) || ok && n != tt.matches {
			t.Errorf("%s: %d match, %v, want %d", name, n, ok, tt.matches)
		}
	}
	if b := one(t, aRun(), &results.Record{Status: results.StatusOK, SentNS: 1, DoneNS: 2}); b.AccuracyInterval != nil || b.Scores != nil {
		t.Errorf("without scores: %+v, %+v", b.AccuracyInterval, b.Scores)
	}
}
