package dedupe_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/convert/dedupe"
)

// TestExact_model holds that Exact is a set of texts.
func TestExact_model(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, model := dedupe.NewExact(), make(map[string]bool)
		for _, s := range rapid.SliceOfN(rapid.StringN(0, 3, -1), 0, 400).Draw(t, "texts") {
			if got := e.Seen(s); got != model[s] {
				t.Fatalf("Seen(%q) = %v, want %v", s, got, model[s])
			}
			model[s] = true
		}
	})
}

// TestExact_many holds what is said of memory, and that nothing is lost while the tables grow.
func TestExact_many(t *testing.T) {
	const n = 500_000
	before := heap()
	e := dedupe.NewExact()
	for i := range n {
		if e.Seen(fmt.Sprint("text ", i)) {
			t.Fatalf("text %d is new", i)
		}
	}
	if perText := float64(heap()-before) / n; perText > 24.5 {
		t.Errorf("%.1f bytes for each text, 24 are promised", perText)
	}
	for i := range n {
		if !e.Seen(fmt.Sprint("text ", i)) {
			t.Fatalf("text %d was forgotten", i)
		}
	}
	if e.Seen("another") {
		t.Error("a text that was never there was seen")
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// pair returns two texts whose sets of shingles share shared of total: a common run of words, and for each text words of
// its own after it. Every shingle of the texts is another, because all words are.
func pair(seed, shared, total int) (a, b string, jaccard float64) {
	word := func(kind string, i int) string {
		return kind + strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprint(seed, "", i))
	}
	var common, left, right []string
	for i := range shared + 4 {
		common = append(common, word("c", i))
	}
	own := (total - shared) / 2
	for i := range own {
		left, right = append(left, word("l", i)), append(right, word("r", i))
	}
	text := func(own []string) string { return strings.Join(slices.Concat(common, own), " ") }
	return text(left), text(right), float64(shared) / float64(shared+2*own)
}

// TestNear_probability holds the promise of MinHash on pairs of known similarity: they are found with the probability
// that the bands have, within what chance allows (five standard deviations).
func TestNear_probability(t *testing.T) {
	for _, threshold := range []float64{0.5, 0.7, 0.9} {
		for _, shared := range []int{20, 40, 60, 70, 80, 90, 98} {
			const pairs = 400
			var found, jaccard float64
			var bands, rows int
			for seed := range pairs {
				n := near(t, threshold)
				bands, rows = n.Shape()
				var a, b string
				a, b, jaccard = pair(seed, shared, 100)
				if n.Seen(a) {
					t.Fatal("the first text is new")
				}
				if n.Seen(b) {
					found++
				}
			}
			want := 1 - math.Pow(1-math.Pow(jaccard, float64(rows)), float64(bands))
			slack := 5*math.Sqrt(want*(1-want)/pairs) + 1.0/pairs
			if got := found / pairs; math.Abs(got-want) > slack {
				t.Errorf("threshold %v (%d x %d), similarity %.2f: found %.3f, want %.3f ± %.3f", threshold, bands, rows, jaccard, got, want, slack)
			}
		}
	}
}

func near(t *testing.T, threshold float64) *dedupe.Near {
	t.Helper()
	n, err := dedupe.NewNear(threshold)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNear_shape(t *testing.T) {
	for _, threshold := range []float64{0.7, 0.72} {
		if bands, rows := near(t, threshold).Shape(); bands != 14 || rows != 8 {
			t.Errorf("%d bands of %d at %v, want 14 of 8", bands, rows, threshold)
		}
	}
	for _, bad := range []float64{0, -1, 0.09, 1.01, math.NaN(), math.Inf(1)} {
		if _, err := dedupe.NewNear(bad); err == nil {
			t.Errorf("threshold %v is taken", bad)
		}
	}
}

// TestNear_normalised has texts that are one when case, accents and punctuation do not count, and their neighbours that
// are not.
func TestNear_normalised(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"How many apples has Anna?", "how many  apples has anna", true},
		{"Ein Käse für René, bitte sehr!", "ein kase fur rene bitte sehr", true},
		{"cafe\u0301 one two three four", "café one two three four", true},
		{"It costs 12.50 and not 7", "It costs 12,50 and not 7!", true},
		{"It costs 12.50 and not 7", "It costs 99.00 and not 1000", false},
		{"Add 12 and 7.", "Add 127.", false},
		{"It costs 12 and not 7", "It costs twelve and not 7", false},
		{"one two three", "one two three four", false},
		{"one two three", "One, two; three", true},
		{"中文提示请回答问题", "中文 提示，请回答问题。", true},
		{"中文提示请回答问题", "英语考试不要去学校", false},
		{"?!", "?!", false},
		{"", "", false},
		{"اكتب قصيدة", "اكتب رسالة", false},
		{"हिन्दी में लिखो", "हिन्दी में लिखो!", true},
	}
	for _, tt := range tests {
		n := near(t, 0.7)
		if n.Seen(tt.a) {
			t.Errorf("%q is new", tt.a)
		}
		if got := n.Seen(tt.b); got != tt.want {
			t.Errorf("%q after %q: %v, want %v", tt.b, tt.a, got, tt.want)
		}
	}
}

// TestNear_firstWins holds that a text that was near another is not remembered: nearness does not pass on.
func TestNear_firstWins(t *testing.T) {
	text := func(from, to int) string {
		var words []string
		for i := range 300 {
			kind := "y"
			if from <= i && i < to {
				kind = "x"
			}
			words = append(words, kind+strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprint(i)))
		}
		return strings.Join(words, " ")
	}
	first, middle, last := text(0, 300), text(0, 150), text(0, 0)
	n := near(t, 0.2)
	if n.Seen(first) || !n.Seen(middle) {
		t.Fatal("the second text is near the first")
	}
	if n.Seen(last) {
		t.Error("the third text is near the second alone, which was dropped")
	}
	if n := near(t, 0.2); n.Seen(middle) || !n.Seen(last) {
		t.Error("the third text is near the second")
	}
}

// TestNear_deterministic: the same texts in the same order give the same answers.
func TestNear_deterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"a b c d e f", "A b c d e f g", "a 1 b 22", "a 2 b 3", "42"})), 0, 50).Draw(t, "texts")
		threshold := rapid.Float64Range(0.1, 1).Draw(t, "threshold")
		a, _ := dedupe.NewNear(threshold)
		b, _ := dedupe.NewNear(threshold)
		seen := make(map[string]bool)
		for _, s := range texts {
			got := a.Seen(s)
			if again := b.Seen(s); again != got {
				t.Fatalf("Seen(%q) = %v and %v", s, got, again)
			}
			if seen[s] && !got && strings.ContainsFunc(s, func(r rune) bool { return 'a' <= r && r <= 'z' }) {
				t.Fatalf("%q came twice and is not near itself", s)
			}
			seen[s] = true
		}
	})
}

// TestNear_memory holds what is said of memory.
func TestNear_memory(t *testing.T) {
	const n = 20_000
	r := rand.New(rand.NewPCG(1, 2))
	texts := make([]string, n)
	for i := range texts {
		words := make([]string, 12)
		for j := range words {
			words[j] = string([]rune{'a' + rune(r.IntN(26)), 'a' + rune(r.IntN(26)), 'a' + rune(r.IntN(26)), 'a' + rune(r.IntN(26))})
		}
		texts[i] = strings.Join(words, " ")
	}
	before := heap()
	d := near(t, 0.7)
	for _, s := range texts {
		d.Seen(s)
	}
	if perText := float64(heap()-before) / n; perText > 14*12+1 {
		t.Errorf("%.1f bytes for each text, %d are promised", perText, 14*12)
	}
	runtime.KeepAlive(d)
}
