package merge_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/promptmill/promptmill/bench/merge"
	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

const second = int64(1e9)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// aRun is a run of 10 requests/s for ten seconds that started at a time.
func aRun(id string, at time.Time) *results.Run {
	return &results.Run{
		ID: id, Tool: "promptmill 1", Model: "m", StartedAt: at, Prompts: results.PromptSet{SHA256: "ab"},
		Config: map[string]any{"profile": "constant", "rate": "10", "output": id}, Host: results.Host{OS: "linux", CPUs: 4},
		Benchmarks: []results.Benchmark{{
			Strategy: "constant", TargetRate: 10, StartNS: second, SendEndNS: 10 * second, WindowEndNS: 11 * second, EndNS: 11 * second,
			StopReason: "max_requests", Health: results.Health{CPUSeconds: 1, WallSeconds: 10, Pacing: "thread"},
		}},
	}
}

// requests are every step-th of 100 from the first on: 10 a second from the first second, slower and slower.
func requests(id string, first, step int, shard int32) []results.Record {
	var recs []results.Record
	for i := first; i < 100; i += step {
		at := second + int64(i)*second/10
		took := 100e6 + int64(i)*1e6
		recs = append(recs, results.Record{
			Run: id, Strategy: "constant", TargetRate: 10, Sequence: int64(i), Shard: shard, DueNS: at, SentNS: at, HeadersNS: at + 1000,
			FirstTokenNS: at + took/2, LastTokenNS: at + took, DoneNS: at + took, ChunkNS: []int64{at + took/2, at + took},
			OutputTokens: 2, TokenSource: results.TokensFromUsage, TimeSource: "kernel", Status: results.StatusOK, Attempts: 1,
		})
	}
	return recs
}

func write(t testing.TB, name string, run *results.Run, recs []results.Record) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	w, err := results.Create(path, run)
	if err != nil {
		t.Fatal(err)
	}
	for i := range recs {
		if err := w.Write(&recs[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(run); err != nil {
		t.Fatal(err)
	}
	return path
}

func merged(t testing.TB, paths ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "merged.parquet")
	if _, err := merge.Files(out, paths); err != nil {
		t.Fatal(err)
	}
	return out
}

func summarize(t testing.TB, path string) *metrics.Summary {
	t.Helper()
	f, err := results.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := metrics.Summarize(&f.Run, f.Records())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The shards of a run, merged, have the figures of the whole run to the last bit, in whatever order they are given.
func TestFiles_shardsAreTheWhole(t *testing.T) {
	whole := summarize(t, write(t, "whole", aRun("w", monday), requests("w", 0, 1, 0)))
	var shards []string
	for i := range 3 {
		shards = append(shards, write(t, "shard", aRun(string(rune('a'+i)), monday), requests("x", i, 3, int32(i))))
	}
	out := merged(t, shards...)
	got := summarize(t, out)
	ignore := cmpopts.IgnoreFields(metrics.Benchmark{}, "Benchmark")
	if diff := cmp.Diff(whole.Benchmarks, got.Benchmarks, ignore); diff != "" {
		t.Error(diff)
	}
	if b := got.Benchmarks[0]; b.StartNS != second || b.WindowEndNS != 11*second || b.Windows != nil {
		t.Errorf("window from %d to %d, %v; want that of the shards", b.StartNS, b.WindowEndNS, b.Windows)
	}
	if len(got.Run.Parts) != 3 || !slices.Equal(got.Run.Parts[2].Shards, []int32{2}) || got.Run.Parts[2].Rows != 33 {
		t.Errorf("parts %+v", got.Run.Parts)
	}
	slices.Reverse(shards)
	first, err1 := os.ReadFile(out)
	second, err2 := os.ReadFile(merged(t, shards...))
	if err1 != nil || err2 != nil || string(first) != string(second) {
		t.Errorf("another order of the same files gives other bytes (%v, %v)", err1, err2)
	}
}

// Runs of two days have the percentiles of all their requests and the rates of the time that was measured; the night
// between them counts for nothing. Merging a third day into the two gives what merging three does.
func TestFiles_days(t *testing.T) {
	day := func(n int) string {
		id := string(rune('a' + n))
		return write(t, id, aRun(id, monday.AddDate(0, 0, n).Add(17*time.Nanosecond)), requests(id, 0, 1, 0))
	}
	a, b, c := day(0), day(1), day(2)
	one, two := &summarize(t, a).Benchmarks[0], summarize(t, merged(t, a, b))
	got := &two.Benchmarks[0]
	if got.Counts.OK != 200 || got.Latency.P50 != one.Latency.P50 || got.Latency.Max != one.Latency.Max || got.Latency.Certified != 95 {
		t.Errorf("%d answers with latency %+v; want 200 with the percentiles of a day", got.Counts.OK, got.Latency)
	}
	for name, pair := range map[string][2]float64{
		"window": {got.WindowSeconds, 2 * one.WindowSeconds}, "requests/s": {got.RequestsPerSecond, one.RequestsPerSecond},
		"tokens/s": {got.OutputTokensPerSecond, one.OutputTokensPerSecond}, "sent/s": {got.SentPerSecond, one.SentPerSecond},
		"concurrency": {got.Concurrency, one.Concurrency}, "most in flight": {float64(got.ConcurrencyMax), float64(one.ConcurrencyMax)},
	} {
		if d := pair[0] - pair[1]; d > 1e-9 || d < -1e-9 || pair[1] == 0 {
			t.Errorf("%s: %v over two days, want %v", name, pair[0], pair[1])
		}
	}
	if len(got.Windows) != 2 || two.Run.Parts[1].OffsetNS != 24*3600*second {
		t.Errorf("windows %v, parts %+v", got.Windows, two.Run.Parts)
	}
	if diff := cmp.Diff(summarize(t, merged(t, a, b, c)), summarize(t, merged(t, c, merged(t, a, b)))); diff != "" {
		t.Error(diff)
	}
}

// What the servers of each run said is kept, on the clock of the first run.
func TestFiles_serverMetrics(t *testing.T) {
	said := func(server string, at ...int64) []results.ServerMetrics {
		s := results.ServerSeries{Name: results.ServerRunning, Raw: "r", Values: make(results.Values, len(at))}
		return []results.ServerMetrics{{Server: server, AtNS: at, Series: []results.ServerSeries{s}}}
	}
	a, b := aRun("a", monday), aRun("b", monday.Add(time.Hour))
	a.ServerMetrics, b.ServerMetrics = said("vllm", 1, 2), said("tgi", 3)
	got := summarize(t, merged(t, write(t, "b", b, requests("b", 0, 1, 0)), write(t, "a", a, requests("a", 0, 1, 0)))).Run.ServerMetrics
	if diff := cmp.Diff(slices.Concat(said("vllm", 1, 2), said("tgi", 3600*second+3)), got); diff != "" {
		t.Error(diff)
	}
}

// Instants move to the clock of the first run, and nothing else in a record changes.
func TestFiles_keepsRecords(t *testing.T) {
	early, late := requests("a", 0, 1, 0), requests("b", 0, 1, 1)
	late[3].FirstTokenNS, late[3].Status = 0, results.StatusError
	out := merged(t, write(t, "b", aRun("b", monday.Add(time.Second)), late), write(t, "a", aRun("a", monday), early))
	f, err := results.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var got []results.Record
	for r, err := range f.Records() {
		if err != nil {
			t.Fatal(err)
		}
		c := *r
		c.ChunkNS, c.ChunkTokens = slices.Clone(r.ChunkNS), nil
		got = append(got, c)
	}
	for i := range late {
		r := &late[i]
		for _, at := range []*int64{&r.DueNS, &r.SentNS, &r.HeadersNS, &r.FirstTokenNS, &r.LastTokenNS, &r.DoneNS, &r.ChunkNS[0], &r.ChunkNS[1]} {
			if *at != 0 {
				*at += second
			}
		}
	}
	if diff := cmp.Diff(slices.Concat(early, late), got); diff != "" {
		t.Error(diff)
	}
}

// What the benchmarks of two days say of themselves is in the merged one: the earliest start of a warm-up, the last
// end of a cool-down, every reason, the longest pause.
func TestFiles_benchmarks(t *testing.T) {
	day := func(id string, n int, suspended int64) string {
		run := aRun(id, monday.AddDate(0, 0, n))
		b := &run.Benchmarks[0]
		b.Shape, b.Cap, b.Vary = "gamma 0.5", 8, map[string]string{"max-tokens": "9"}
		b.StopReason, b.StopDetail, b.WarmupStartNS, b.CooldownEndNS = "errors", id+" of 100, all early", second/2, 12*second
		b.Health.SuspendedNS = suspended
		return write(t, id, run, requests(id, 0, 1, 0))
	}
	got := summarize(t, merged(t, day("1", 0, 7), day("2", 1, 9), day("3", 2, 8))).Run.Benchmarks[0]
	want := results.Benchmark{
		Strategy: "constant", TargetRate: 10, Shape: "gamma 0.5", Cap: 8, Vary: map[string]string{"max-tokens": "9"},
		StopReason: "errors", StopDetail: "1 of 100, all early; 2 of 100, all early; 3 of 100, all early",
		WarmupStartNS: second / 2, CooldownEndNS: (2*24*3600 + 12) * second,
		Health: results.Health{SuspendedNS: 9},
	}
	ignore := cmpopts.IgnoreFields(results.Benchmark{}, "StartNS", "SendEndNS", "WindowEndNS", "EndNS", "Windows")
	health := cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "Health" },
		cmp.Comparer(func(a, b results.Health) bool { return a.SuspendedNS == b.SuspendedNS }))
	if diff := cmp.Diff(want, got, ignore, health); diff != "" {
		t.Error(diff)
	}
}

func TestFiles_refuses(t *testing.T) {
	with := func(change func(r *results.Run)) string {
		run := aRun("b", monday.Add(time.Hour))
		change(run)
		return write(t, "b", run, requests("b", 0, 1, 0))
	}
	a := write(t, "a", aRun("a", monday), requests("a", 0, 1, 0))
	for name, tt := range map[string]struct {
		path string
		want error
		text string
	}{
		"model":     {with(func(r *results.Run) { r.Model = "other" }), merge.ErrDiffers, `model "m" against "other"`},
		"prompts":   {with(func(r *results.Run) { r.Prompts.SHA256 = "" }), merge.ErrDiffers, "prompts"},
		"rate":      {with(func(r *results.Run) { r.Config["rate"] = "20" }), merge.ErrDiffers, `rate "10" against "20"`},
		"benchmark": {with(func(r *results.Run) { r.Benchmarks[0].TargetRate = 11 }), merge.ErrDiffers, "benchmark 0 is constant 10/s in one and constant 11/s"},
		"shape":     {with(func(r *results.Run) { r.Benchmarks[0].Shape = "10/s:9s" }), merge.ErrDiffers, "constant 10/s, 10/s:9s in the other"},
		"cap":       {with(func(r *results.Run) { r.Benchmarks[0].Cap = 8 }), merge.ErrDiffers, "constant 10/s, at most 8 at once in the other"},
		"vary":      {with(func(r *results.Run) { r.Benchmarks[0].Vary = map[string]string{"max-tokens": "9"} }), merge.ErrDiffers, "10/s, max-tokens=9"},
		"twice":     {with(func(r *results.Run) { r.ID = "a" }), merge.ErrTwice, "run a"},
		"together":  {with(func(r *results.Run) { r.StartedAt = monday.Add(5 * time.Second) }), merge.ErrTogether, "as shard 0"},
		"no file":   {filepath.Join(t.TempDir(), "none"), fs.ErrNotExist, "none"},
	} {
		out := filepath.Join(t.TempDir(), "out.parquet")
		_, err := merge.Files(out, []string{a, tt.path})
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: error %v, want %v with %q", name, err, tt.want, tt.text)
		}
		for _, left := range []string{out, out + results.PartialSuffix} {
			if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %s is left", name, left)
			}
		}
	}
	if _, err := merge.Files(a, []string{a, with(func(*results.Run) {})}); !errors.Is(err, merge.ErrOutput) {
		t.Errorf("output that is an input: %v", err)
	}
}

// A damaged input leaves nothing behind; one whose run was killed is merged as far as it goes.
func TestFiles_damagedAndPartial(t *testing.T) {
	a := write(t, "a", aRun("a", monday), requests("a", 0, 1, 0))
	b := write(t, "b", aRun("b", monday.Add(time.Hour)), requests("b", 0, 1, 0))
	bytes, err := os.ReadFile(b)
	if err != nil {
		t.Fatal(err)
	}
	bytes[100] ^= 1
	bad := filepath.Join(t.TempDir(), "bad")
	if err := os.WriteFile(bad, bytes, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := merge.Files(filepath.Join(dir, "out"), []string{a, bad}); !errors.Is(err, results.ErrCorrupt) {
		t.Errorf("a flipped bit: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}

	killed := aRun("k", monday.Add(2*time.Hour))
	killed.Benchmarks = nil
	path := filepath.Join(t.TempDir(), "k.parquet")
	w, err := results.Create(path, killed)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range requests("k", 0, 2, 0) {
		if err := w.Write(&r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Checkpoint(); err != nil { // and no Close
		t.Fatal(err)
	}
	s := summarize(t, merged(t, a, path))
	got := s.Benchmarks[0]
	if got.Counts.OK != 150 || len(got.Windows) != 2 || !strings.Contains(s.Run.Stopped, "k: "+results.StoppedUnclosed) || got.Name != "constant 10/s" {
		t.Errorf("%s with %d answers in %d windows, stopped %q", got.Name, got.Counts.OK, len(got.Windows), s.Run.Stopped)
	}
}

// Of several shards the one that two files both have is named.
func TestFiles_sameShard(t *testing.T) {
	one := write(t, "a", aRun("a", monday), requests("a", 0, 1, 7))
	both := write(t, "b", aRun("b", monday.Add(time.Second)), append(requests("b", 0, 2, 2), requests("b", 1, 2, 7)...))
	if _, err := merge.Files(filepath.Join(t.TempDir(), "out"), []string{one, both}); !errors.Is(err, merge.ErrTogether) || !strings.Contains(err.Error(), "as shard 7") {
		t.Errorf("error %v", err)
	}
}

// What could not be finished leaves nothing that looks like a run to go on with.
func TestFiles_unwritable(t *testing.T) {
	a := write(t, "a", aRun("a", monday), requests("a", 0, 2, 0))
	b := write(t, "b", aRun("b", monday), requests("b", 1, 2, 1))
	out := t.TempDir() // a folder, which no file takes the place of
	if _, err := merge.Files(out, []string{a, b}); err == nil {
		t.Fatal("a folder was replaced")
	}
	if _, err := os.Stat(out + results.PartialSuffix); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the partial file: %v, want none", err)
	}
}

func TestFiles_none(t *testing.T) {
	if _, err := merge.Files(filepath.Join(t.TempDir(), "out"), nil); err == nil || !strings.Contains(err.Error(), "no results to merge") {
		t.Errorf("error %v", err)
	}
}
