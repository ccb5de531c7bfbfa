package score_test

import (
	"math"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/score"
)

func TestScore(t *testing.T) {
	for _, tt := range []struct {
		method           score.Method
		answer, expected string
		want             float64
	}{
		{score.Exact, "Paris", "paris", 1},
		{score.Exact, "  Paris \n", "Paris", 1},
		{score.Exact, "Paris.", "Paris", 0},
		{score.Exact, "<think>London? No.</think>\n\nParis", "Paris", 1},
		{score.Exact, "cafe\u0301", "caf\u00e9", 1},
		{score.Exact, "", "Paris", 0},

		{score.Contains, "It is Paris, of course.", "paris", 1},
		{score.Contains, "42", "4", 0},
		{score.Contains, "I know", "no", 0},
		{score.Contains, "I know, no.", "no", 1},
		{score.Contains, "答案是北京市", "北京", 1},
		{score.Contains, "x = -4.", "-4", 1},
		{score.Contains, "costs $4 a day", "$4", 1},
		{score.Contains, "New\nYork City", "new york", 1},
		{score.Contains, "aaab aab", "aab", 1},

		{score.Regex, "The year was 1969.", `\b1969\b`, 1},
		{score.Regex, "YES", `(?i)^yes`, 1},
		{score.Regex, "no", `yes`, 0},

		{score.Numeric, "So 3 + 4 = 7", "she has 3 and 4\n#### 7", 1},
		{score.Numeric, "The total is $1,234.50.", "1234.5", 1},
		{score.Numeric, "#### 18\nI hope that helps, 100%!", "18", 1},
		{score.Numeric, `Thus \boxed{\frac{3}{4}} of all 12.`, "0.75", 1},
		{score.Numeric, `\boxed{1{,}000}`, "1000", 1},
		{score.Numeric, `\boxed{72\,000}`, "72,000", 1},
		{score.Numeric, "between 5-7", "7", 1},
		{score.Numeric, "x = -7", "-7", 1},
		{score.Numeric, "it fell to −3 degrees", "-3", 1},
		{score.Numeric, "a loss of -$20", "-20", 1},
		{score.Numeric, "12,34,567 rupees", "1234567", 1},
		{score.Numeric, "1 234 567 km", "1234567", 0}, // plain spaces part numbers: the last is 567
		{score.Numeric, "1\u202f234\u202f567 km", "1234567", 1},
		{score.Numeric, "1.50e3", "1500", 1},
		{score.Numeric, "half, so .5", "1/2", 1},
		{score.Numeric, "50%", "50", 1},
		{score.Numeric, "no idea", "50", 0},
		{score.Numeric, "1, 2, 3", "3", 1},
		{score.Numeric, "0.1", "0.10000000000000001", 0},
		{score.Numeric, strings.Repeat("9", 5000), "9", 0},
		{score.Numeric, "5/0", "5", 1},
		{score.Numeric, "1e999999999", "1", 0},

		{score.F1, "the cat sat on a mat", "The cat sat.", 2 * 2.0 / (4 + 2)},
		{score.F1, "Paris, France", "Paris", 2 * 1.0 / 3},
		{score.F1, "a b b", "b b c", 2 * 2.0 / 5}, // the article goes
		{score.F1, "!!!", "Paris", 0},

		{score.Choice, "B", "B", 1},
		{score.Choice, "b)", "B", 1},
		{score.Choice, "(B) Paris", "B", 1},
		{score.Choice, "B. Paris", "(B)", 1},
		{score.Choice, "**C**", "C", 1},
		{score.Choice, "A is wrong and B too. The answer is (C).", "C", 1},
		{score.Choice, "Answer: D\nbecause A and B are not", "D", 1},
		{score.Choice, "the correct answer is option B", "B", 1},
		{score.Choice, "The answer is a mystery.", "A", 0},
		{score.Choice, "The answer is **E**.", "E", 1},
		{score.Choice, `so \boxed{\text{B}}`, "B", 1},
		{score.Choice, "I think it is D", "D", 1},
		{score.Choice, "A cat, I guess", "A", 0},
		{score.Choice, "I'd say A, no: B. Sorry, I'd go for C", "C", 1},
		{score.Choice, "London", "B", 0},
	} {
		s, err := score.New(score.Options{Method: tt.method})
		if err != nil {
			t.Fatal(err)
		}
		got, ok := s.Score(tt.answer, tt.expected)
		if !ok || math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%s: %.40q against %.40q: %v, %v, want %v", tt.method, tt.answer, tt.expected, got, ok, tt.want)
		}
	}
}

// Nothing is scored against nothing.
func TestScore_blankExpected(t *testing.T) {
	for _, m := range score.Methods {
		s, err := score.New(score.Options{Method: m})
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := s.Score("Paris", " \n"); ok || got != 0 {
			t.Errorf("%s: %v, %v", m, got, ok)
		}
	}
}

func TestScore_extract(t *testing.T) {
	s, err := score.New(score.Options{Method: score.Exact, Extract: `(?m)^Final: (.*)$`})
	if err != nil {
		t.Fatal(err)
	}
	for answer, want := range map[string]float64{
		"Final: London\nwait\nFinal: Paris\n": 1, "Final: Paris\nFinal: London": 0, "Paris": 0,
	} {
		if got, ok := s.Score(answer, "Paris"); !ok || got != want {
			t.Errorf("%q: %v, %v, want %v", answer, got, ok, want)
		}
	}
}

func TestScore_normalize(t *testing.T) {
	for list, want := range map[string][3]float64{ // of "The  Answer!" against "the answer", "Answer", "The  Answer!"
		"none":                                 {0, 0, 1},
		"case":                                 {0, 0, 1},
		"case,whitespace":                      {0, 0, 1},
		"case, punctuation, whitespace":        {1, 0, 1},
		"case,punctuation,whitespace,articles": {1, 1, 1},
	} {
		n, err := score.ParseNormalization(list)
		if err != nil {
			t.Fatal(err)
		}
		s, err := score.New(score.Options{Method: score.Exact, Normalize: &n})
		if err != nil {
			t.Fatal(err)
		}
		for i, expected := range []string{"the answer", "Answer", "The  Answer!"} {
			if got, _ := s.Score("The  Answer!", expected); got != want[i] {
				t.Errorf("%s: %q scores %v, want %v", list, expected, got, want[i])
			}
		}
	}
}

func TestNew_refuses(t *testing.T) {
	for text, o := range map[string]score.Options{
		`"bleu": expected one of exact, contains, regex, numeric, f1, choice`: {Method: "bleu"},
		"missing closing": {Method: score.Exact, Extract: "("},
	} {
		if _, err := score.New(o); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%+v: %v, want %q", o, err, text)
		}
	}
	if _, err := score.ParseNormalization("case,shape"); err == nil || !strings.Contains(err.Error(), `"shape"`) {
		t.Errorf("normalization: %v", err)
	}
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		method   score.Method
		expected string
		ok       bool
	}{
		{score.Regex, "a(b", false}, {score.Regex, "a(b)", true}, {score.Numeric, "none", false}, {score.Numeric, "#### 3", true},
		{score.Choice, "Paris", false}, {score.Choice, "c", true}, {score.Exact, "anything", true}, {score.Numeric, " ", false}, {score.Numeric, strings.Repeat("9", 5000), false},
	} {
		s, err := score.New(score.Options{Method: tt.method})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Check(tt.expected); (err == nil) != tt.ok {
			t.Errorf("%s %q: %v", tt.method, tt.expected, err)
		}
		if got, ok := s.Score("nothing of the kind", tt.expected); ok != tt.ok || got != 0 {
			t.Errorf("%s %q: scored %v, %v", tt.method, tt.expected, got, ok)
		}
	}
}
