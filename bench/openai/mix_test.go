package openai_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/openai"
)

// TestMix: each model gets its share, by the seed alone.
func TestMix(t *testing.T) {
	m, err := openai.ParseMix("base=7, lora/x=2,y=1", 5)
	if err != nil {
		t.Fatal(err)
	}
	const n = 100_000
	got := map[string]int{}
	for i := range int64(n) {
		got[m.Pick(i)]++
	}
	for model, share := range map[string]float64{"base": 0.7, "lora/x": 0.2, "y": 0.1} {
		if off := math.Abs(float64(got[model])/n - share); off > 4*math.Sqrt(share*(1-share)/n) {
			t.Errorf("%s: %d of %d, want %g", model, got[model], n, share)
		}
	}
	again, _ := openai.ParseMix("base=0.7,lora/x=0.2,y=0.1", 5)
	other, _ := openai.ParseMix("base=0.7,lora/x=0.2,y=0.1", 6)
	differ := false
	for i := range int64(100) {
		if m.Pick(i) != again.Pick(i) {
			t.Fatalf("request %d: %s, then %s", i, m.Pick(i), again.Pick(i))
		}
		differ = differ || m.Pick(i) != other.Pick(i)
	}
	if !differ {
		t.Error("another seed made no difference")
	}
}

func TestMix_one(t *testing.T) {
	for _, name := range []string{"org/model", "org/model=v1", "a=b=c"} {
		m, err := openai.ParseMix(name, 0)
		if err != nil || m.Pick(3) != name {
			t.Errorf("%s: %q, %v", name, m.Pick(3), err)
		}
	}
	m, err := openai.ParseMix("only=2", 0)
	two, err2 := openai.ParseMix("a=3,b/c=1", 0)
	if got := two.String(); got != "a=0.75,b/c=0.25" || err2 != nil {
		t.Error(got, err2)
	}
	if diff := cmp.Diff([]string{"only"}, m.Models()); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if got := new(openai.Mix).Pick(1); got != "" {
		t.Errorf("the zero mix picks %q", got)
	}
}

func TestMix_errors(t *testing.T) {
	for s, want := range map[string]string{
		"": "expected NAME=WEIGHT", "a=0.5,b": "model \"b\"", "a=0,b=1": "model \"a=0\"", "a=-1,b=1": "expected", "a=1,a=1": "twice",
		"a=NaN,b=1": "expected", "a=Inf,b=1": "expected", "=1,b=1": "expected", "a=1,": "expected", "a=1e300,b=1": "expected",
	} {
		if _, err := openai.ParseMix(s, 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", s, err, want)
		}
	}
}
