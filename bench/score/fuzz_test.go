package score_test

import (
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/score"
)

// FuzzScore: a score is from 0 to 1, and the expected text itself scores 1 wherever the method can make something of
// it; normalising twice is normalising once.
func FuzzScore(f *testing.F) {
	for _, s := range []string{
		"Paris", "The answer is (B).", "#### 1,234.5", `\boxed{\frac{1}{2}}`, "1e-400", "-.5e+9", "5/0", "</think>", "a\u0301", "İ", "ǅ", "1,23,456",
		"q!\u0323\u0307", "0x10", "1_000", "1.2.3", "b", "A", "...", "c'd", "E\u0301",
	} {
		f.Add(s, s)
		f.Add(s, "42")
	}
	scorers := map[score.Method]*score.Scorer{}
	for _, m := range score.Methods {
		s, err := score.New(score.Options{Method: m})
		if err != nil {
			f.Fatal(err)
		}
		scorers[m] = s
	}
	f.Fuzz(func(t *testing.T, answer, expected string) {
		for m, s := range scorers {
			got, _ := s.Score(answer, expected)
			if !(got >= 0 && got <= 1) {
				t.Errorf("%s: %v", m, got)
			}
			itself, ok := s.Score(expected, expected)
			switch {
			case !ok, itself == 1, m == score.Regex, s.Check(expected) != nil:
			case strings.Contains(expected, "</think>"): // only what follows is the answer
			case score.DefaultNormalization(m).Apply(expected) == "":
			default:
				t.Errorf("%s: %q scores %v against itself", m, expected, itself)
			}
		}
		for i := range 16 {
			n := score.Normalization{Case: i&1 > 0, Punctuation: i&2 > 0, Whitespace: i&4 > 0, Articles: i&8 > 0}
			once := n.Apply(answer)
			if twice := n.Apply(once); twice != once {
				t.Errorf("%+v: %q is %q, and again %q", n, answer, once, twice)
			}
		}
	})
}
