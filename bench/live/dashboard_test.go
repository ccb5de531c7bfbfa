package live_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"

	"github.com/promptmill/promptmill/bench/live"
	"github.com/promptmill/promptmill/bench/results"
)

var update = flag.Bool("update", false, "write the golden files")

// busy is an open loop after 40 of its 60 seconds.
func busy(t *testing.T) *live.Snapshot {
	t.Helper()
	r := newRun()
	r.Begin(0, live.Plan{Name: "constant 20/s", TargetRate: 20, Duration: time.Minute})
	for second := range 40 {
		now := time.Duration(second) * time.Second
		for i := range min(20, 2+second) {
			r.answer(now, time.Duration(300+5*second+i)*time.Millisecond, 64)
		}
		if second%9 == 8 {
			r.fail(results.StatusError, "timeout")
		}
		r.gauge.InFlight = int64(min(9, second))
		r.Tick(now + time.Second)
	}
	s, ok := r.Snapshot(40 * time.Second)
	if !ok {
		t.Fatal("no snapshot")
	}
	return &s
}

func TestDashboard(t *testing.T) {
	s := busy(t)
	var got strings.Builder
	for _, columns := range []int{80, 120} {
		got.WriteString(strings.Join(live.Dashboard(s, columns, false), "\n") + "\n\n")
	}
	got.WriteString(strings.ReplaceAll(strings.Join(live.Dashboard(s, 80, true), "\n"), "\x1b", "ESC") + "\n")
	const path = "testdata/dashboard.txt"
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// A line that wraps would spoil every redraw after it, and a name must not reach the terminal as more than text.
func TestDashboard_fits(t *testing.T) {
	huge := busy(t)
	huge.Name = strings.Repeat("trace 日本語\x1b[2J\n", 30)
	huge.Requests, huge.SentRate, huge.TokenRate, huge.Tokens, huge.Errors = 1e9, 1e7, 1e9, 1e12, 1e9
	empty := &live.Snapshot{}
	for _, s := range []*live.Snapshot{huge, busy(t), empty} {
		for columns := live.DashboardColumns; columns < 300; columns += 7 {
			lines := live.Dashboard(s, columns, false)
			if len(lines) != live.DashboardLines {
				t.Fatalf("%d lines, want %d", len(lines), live.DashboardLines)
			}
			for _, line := range lines {
				if n := runewidth.StringWidth(line); n > columns || strings.ContainsAny(line, "\x1b\n") {
					t.Errorf("%d columns: %d wide: %q", columns, n, line)
				}
			}
		}
	}
}

func BenchmarkDashboard(b *testing.B) {
	r := newRun()
	r.Begin(0, live.Plan{Name: "constant 20/s", TargetRate: 20, Duration: time.Minute})
	for second := range 60 {
		for range 1000 {
			r.answer(time.Duration(second)*time.Second, 300*time.Millisecond, 64)
		}
		r.Tick(time.Duration(second+1) * time.Second)
	}
	b.ReportAllocs()
	for b.Loop() {
		s, _ := r.Snapshot(time.Minute)
		live.Dashboard(&s, 80, true)
	}
}
