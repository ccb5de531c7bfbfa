package report

import (
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/metrics"
)

// levelled is a closed loop of 8, 32 and 64 slots whose output stops growing after 8.
func levelled() *metrics.Summary {
	var bs []metrics.Benchmark
	for i, slots := range []int{8, 32, 64} {
		b := healthy(i, "concurrent", "concurrent "+integer(slots), 700, 0.05*float64(slots), 0.010, float64(slots))
		b.TargetConcurrency, b.OutputTokensPerSecond = slots, 100
		bs = append(bs, b)
	}
	return summaryOf(bs...)
}

func TestSaturation_ignoresWhatTheClientLimited(t *testing.T) {
	if _, ok := finding(levelled(), "saturation"); !ok {
		t.Fatal("no saturation where output does not grow")
	}
	s := levelled()
	for i := range s.Benchmarks[1:] {
		s.Benchmarks[1+i].ClientLimited = []string{"The client was slow."}
	}
	for _, rule := range []string{"saturation", "ttft-grows"} {
		if f, ok := finding(s, rule); ok {
			t.Errorf("%s is concluded from levels that the client limited: %s", rule, f.Text)
		}
	}
	if page := shownAs(t, "html", s); strings.Contains(page, ">saturation</text>") {
		t.Error("the page draws a saturation that only the client shows")
	}
}

// Levels with other options are no levels of one ladder.
func TestSaturation_ofOneKindOfWork(t *testing.T) {
	s := levelled()
	for i := range s.Benchmarks {
		s.Benchmarks[i].Vary = map[string]string{"max-tokens": integer(100 - i)}
	}
	for _, rule := range []string{"saturation", "ttft-grows"} {
		if f, ok := finding(s, rule); ok {
			t.Errorf("%s mixes what varies: %s", rule, f.Text)
		}
	}
}

func TestLadders(t *testing.T) {
	level := func(strategy string, rate float64, vary string) metrics.Benchmark {
		b := healthy(0, strategy, strategy, 100, 0.05, 0.01, 1)
		b.TargetRate = rate
		if vary != "" {
			b.Vary = map[string]string{"max-tokens": vary}
		}
		return b
	}
	s := summaryOf(level("constant", 4, ""), level("poisson", 8, ""), level("synchronous", 0, "20"), level("constant", 2, ""), level("concurrent", 0, ""))
	var got []string
	for _, l := range ladders(s) {
		var text strings.Builder
		text.WriteString(l.name + ":")
		for _, at := range l.levels {
			text.WriteString(" " + integer(at.n))
		}
		got = append(got, text.String())
	}
	want := "closed loop max-tokens=20: 2, closed loop: 4, constant: 3 0, poisson: 1"
	if strings.Join(got, ", ") != want {
		t.Errorf("ladders %q, want %q", got, want)
	}
}

// The lines of a figure are by what the legend says, and a band up to a p99 of few requests is marked.
func TestLoadFigure_series(t *testing.T) {
	s := levelled()
	for i, strategy := range []string{"constant", "constant", "poisson", "poisson"} {
		s.Benchmarks = append(s.Benchmarks, constant(healthy(3+i, strategy, strategy, 100, 0.05, 0.01, float64(1+i)), float64(1+i)))
	}
	f := loadFigure(s, quantities[1], loadAxes[0])
	var names []string
	for _, l := range f.Legend {
		names = append(names, l.Name)
	}
	if strings.Join(names, ", ") != "closed loop, constant, poisson" {
		t.Errorf("legend %q", names)
	}
	var classes []string
	for _, b := range f.Bands {
		classes = append(classes, b.Class)
	}
	if strings.Join(classes, ", ") != "s0, s1 unsure, s2 unsure" || f.Note == "" {
		t.Errorf("bands %q, note %q", classes, f.Note)
	}
}

// A p99 of a few requests is one of them, and beats none.
func TestFrontier_certified(t *testing.T) {
	has := func(s *metrics.Summary) bool {
		for _, f := range frontierFigures(s) {
			if f.ID == "frontier-ttft" {
				return true
			}
		}
		return false
	}
	if s := levelled(); !has(s) {
		t.Error("no frontier of certified percentiles")
	}
	s := levelled()
	for i := range s.Benchmarks[:2] {
		s.Benchmarks[i].TTFT = dist(100, 0.05, 0.06)
	}
	if has(s) {
		t.Error("a frontier of p99s of 100 requests")
	}
}

// TestAsked: a schedule whose rate varies is told by what it asked for in the window, not by its mean.
func TestAsked(t *testing.T) {
	b := healthy(0, "stages", "stages 5/s:1s,50/s:1s", 700, 0.05, 0.010, 1)
	b.TargetRate, b.AskedPerSecond = 27.5, 50
	if got := offered(&b); got != 50 {
		t.Errorf("offered %v, want 50", got)
	}
	if told := asked(&b); told != "50" {
		t.Errorf("asked for %s, want 50", told)
	}
}
