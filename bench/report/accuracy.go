package report

import (
	"math"

	"github.com/promptmill/promptmill/bench/metrics"
)

// accuracies shows how many answers were right at each load, so that a server that gets worse under load is seen.
func (t *terminal) accuracies() {
	g := &grid{columns: []gridColumn{{head: "Answers", left: true}, {head: "Accuracy"}, {head: "95 %", sub: "interval"},
		{head: "Scored", sub: "answers"}, {head: "By", left: true}}}
	for i := range t.s.Benchmarks {
		if b := &t.s.Benchmarks[i]; b.Accuracy != nil {
			g.rows = append(g.rows, []string{b.Name, percent(*b.Accuracy), accuracyInterval(b), scored(b), scorer(t.s)})
		}
	}
	if len(g.rows) > 0 {
		t.grid(g, unstyled)
	}
}

// accuracy is the accuracy in words.
func accuracy(b *metrics.Benchmark) string {
	text := percent(*b.Accuracy)
	if b.Scores != nil && b.AccuracyInterval != nil {
		text += " of " + scored(b) + " scored answers; " + accuracyInterval(b) + " at 95 % confidence"
	}
	return text
}

func accuracyInterval(b *metrics.Benchmark) string {
	if b.AccuracyInterval == nil {
		return none
	}
	return percent(b.AccuracyInterval.Low) + " to " + percent(b.AccuracyInterval.High)
}

func scored(b *metrics.Benchmark) string {
	if b.Scores == nil {
		return none
	}
	return integer(b.Scores.Count)
}

// scorer is the method by which the run scored answers.
func scorer(s *metrics.Summary) string {
	if method, ok := s.Run.Config["score"].(string); ok && method != "" {
		return method
	}
	return none
}

// accuracyNoise is the standard error of the accuracy of b. Every success is taken as scored, and as right or wrong,
// where the results do not say.
func accuracyNoise(b *metrics.Benchmark) float64 {
	if b.Scores != nil && b.Scores.Count > 1 {
		return b.Scores.Std / math.Sqrt(float64(b.Scores.Count))
	}
	return math.Sqrt(*b.Accuracy * (1 - *b.Accuracy) / float64(b.Counts.OK))
}
