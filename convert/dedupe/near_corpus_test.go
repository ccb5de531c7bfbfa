package dedupe_test

import (
	"bufio"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// corpusQuestions returns the questions of a real dataset.
func corpusQuestions(t *testing.T) (questions []string) {
	t.Helper()
	dir := os.Getenv("PROMPTMILL_CORPUS")
	if dir == "" {
		t.Skip("PROMPTMILL_CORPUS is not set: it names the folder with the real datasets")
	}
	f, err := os.Open(filepath.Join(dir, "gsm8k/test.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var row struct{ Question string }
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		questions = append(questions, row.Question)
	}
	return questions
}

var word = regexp.MustCompile(`[\p{L}\p{M}\p{Nd}]+`)

// shinglesOf is what is said of shingles, in the plainest way; it is right for text without accents.
func shinglesOf(text string) map[string]bool {
	words := word.FindAllString(strings.ToLower(text), -1)
	set := map[string]bool{}
	for end := min(5, len(words)); end <= len(words); end++ {
		set[strings.Join(words[max(0, end-5):end], " ")] = true
	}
	return set
}

// nearest compares a set with all of those that share a shingle with it.
func nearest(set map[string]bool, kept []map[string]bool, with map[string][]int) (best float64) {
	shared := map[int]int{}
	for s := range set {
		for _, i := range with[s] {
			shared[i]++
		}
	}
	for i, n := range shared {
		best = max(best, float64(n)/float64(len(set)+len(kept[i])-n))
	}
	return best
}

// edited replaces some words of a text, drawn by r, so that copies of every nearness come to be.
func edited(text string, r *rand.Rand) string {
	words := strings.Fields(text)
	for range r.IntN(1 + len(words)/8) {
		words[r.IntN(len(words))] = "replaced"
	}
	return strings.Join(words, " ")
}

// TestNear_corpus holds Near against every pair of prompts compared by force: real questions and copies of them with some
// words replaced, of which some are nearer than the threshold and some are not.
func TestNear_corpus(t *testing.T) {
	texts := corpusQuestions(t)
	r := rand.New(rand.NewPCG(3, 4))
	for _, q := range texts {
		texts = append(texts, edited(q, r), edited(q, r))
	}
	for _, threshold := range []float64{0.5, 0.7, 0.9} {
		n := near(t, threshold)
		var kept []map[string]bool
		with := map[string][]int{}
		var right, wrong, missed, far int
		for _, text := range texts {
			set := shinglesOf(text)
			similarity := nearest(set, kept, with)
			seen := n.Seen(text)
			switch {
			case seen && similarity >= threshold:
				right++
			case seen:
				wrong++
			case similarity >= threshold:
				missed++
			}
			if seen && similarity < threshold-0.3 {
				far++
			}
			if !seen {
				for s := range set {
					with[s] = append(with[s], len(kept))
				}
				kept = append(kept, set)
			}
		}
		precision, recall := float64(right)/float64(right+wrong), float64(right)/float64(right+missed)
		t.Logf("threshold %v: precision %.3f, recall %.3f, of %d texts %d near", threshold, precision, recall, len(texts), right+missed)
		if precision < 0.8 || recall < 0.85 || far > 1 || right+missed < 400 {
			t.Errorf("threshold %v: precision %.3f, recall %.3f, %d dropped that are far, %d near; want 0.8, 0.85, 1 at most, 400",
				threshold, precision, recall, far, right+missed)
		}
	}
}
