package bench_test

import (
	"cmp"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
)

// sentAs is what a request is known by, whichever machine sends it.
type sentAs struct {
	Benchmark int32
	Sequence  int64
	Line      int64
	Model     string
	Status    string // that of one that is given up on purpose depends on seed and sequence
	Warmup    bool
	Due       time.Duration // since the start of the benchmark; 0 where the answers decide it
}

// A division is a run that is divided among machines.
type division struct {
	strategy bench.Strategy
	limits   bench.Limits
	seed     uint64
	prompts  int
}

// send runs the division's strategy, and another after it that goes on with the prompts, as one shard does.
func (d *division) send(t *testing.T, shard bench.Shard) []sentAs {
	t.Helper()
	r, sink := newRunner(time.Second)
	start := [...]time.Time{r.Epoch.Add(time.Second), {}}
	r.Shard, r.Start, r.Seed = shard, start[0], d.seed
	r.Cancel = bench.Cancellation{Rate: 0.3, After: time.Millisecond}
	var err error
	if r.Models, err = openai.ParseMix("a=1,b=2", int64(d.seed)); err != nil {
		t.Fatal(err)
	}
	r.Prompts = nil
	for i := range d.prompts {
		r.Prompts = append(r.Prompts, bench.Prompt{Line: int64(i + 1), Messages: msg("user", "a")})
	}
	_, _, err = r.Run(t.Context(), 0, d.strategy, d.limits)
	if err != nil {
		t.Fatal(err)
	}
	start[1] = time.Now().Add(time.Second)
	r.Start = start[1]
	_, _, err = r.Run(t.Context(), 1, bench.Strategy{Kind: bench.Poisson, Rate: 3, Seed: d.seed}, bench.Limits{MaxRequests: 11})
	if err != nil {
		t.Fatal(err)
	}
	var all []sentAs
	for _, rec := range sink.records {
		s := sentAs{Benchmark: rec.Benchmark, Sequence: rec.Sequence, Line: rec.PromptLine, Model: rec.Model, Status: rec.Status, Warmup: rec.Warmup}
		if rec.Shard != int32(shard.Index) {
			t.Errorf("a request of shard %v is recorded as of shard %d", shard, rec.Shard)
		}
		if d.strategy.Open() || rec.Benchmark == 1 {
			s.Due = r.Epoch.Add(time.Duration(rec.DueNS)).Sub(start[rec.Benchmark])
		}
		all = append(all, s)
	}
	return all
}

func inOrder(all []sentAs) []sentAs {
	return slices.SortedFunc(slices.Values(all), func(a, b sentAs) int {
		return cmp.Or(cmp.Compare(a.Benchmark, b.Benchmark), cmp.Compare(a.Sequence, b.Sequence))
	})
}

// shardable are loads of every shape.
func shardable(t *testing.T) map[string]bench.Strategy {
	t.Helper()
	all := openStrategies(t)
	all["synchronous"] = bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}
	all["concurrent"] = bench.Strategy{Kind: bench.Concurrent, Concurrency: 7}
	all["concurrent ramp-up"] = bench.Strategy{Kind: bench.Concurrent, Concurrency: 5, Rampup: 3 * time.Second}
	all["throughput"] = bench.Strategy{Kind: bench.Throughput, Concurrency: 64}
	all["users"] = bench.Strategy{Kind: bench.Users, Concurrency: 3, Think: bench.Think{Least: time.Second, Most: time.Second}}
	all["users at random"] = bench.Strategy{Kind: bench.Users, Concurrency: 3, Think: bench.Think{Least: time.Second, Most: 3 * time.Second}, Seed: 1}
	return all
}

// TestShards_unionIsTheWhole: for every shape of load, shards together send the requests of one machine, each once, under its
// number, with its prompt, its model and its fate, and where the load has instants at its instant.
func TestShards_unionIsTheWhole(t *testing.T) {
	shapes := shardable(t)
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(shapes))).Draw(rt, "shape")
		count := rapid.IntRange(2, 6).Draw(rt, "shards")
		d := drawDivision(rt, shapes[name])
		var want, got []sentAs
		synctest.Test(t, func(t *testing.T) {
			want = d.send(t, bench.Shard{})
			for i := range count {
				got = append(got, d.send(t, bench.Shard{Index: i, Count: count})...)
			}
		})
		if diff := gocmp.Diff(inOrder(want), inOrder(got)); diff != "" {
			rt.Fatalf("%d shards send otherwise than one machine (-one, +shards):\n%s", count, diff)
		}
	})
}

// drawDivision draws how a load ends and what it sends.
func drawDivision(t *rapid.T, s bench.Strategy) division {
	d := division{strategy: s, limits: bench.Limits{Grace: time.Minute}, seed: rapid.Uint64().Draw(t, "seed"), prompts: rapid.IntRange(1, 40).Draw(t, "prompts")}
	if s.Kind != bench.Trace {
		d.strategy.Seed = d.seed
	}
	switch rapid.IntRange(0, 2).Draw(t, "end") {
	case 0:
		d.limits.MaxRequests = rapid.IntRange(1, 60).Draw(t, "requests")
	case 1:
		if s.Open() {
			d.limits.MaxDuration = time.Duration(rapid.IntRange(1, 8000).Draw(t, "ms")) * time.Millisecond
		}
	}
	if d.limits.MaxRequests > 10 && len(s.Due) == 0 {
		d.limits.Warmup = bench.Span{Requests: 3}
	}
	return d
}

// TestShards_divideSlots: slots are dealt out, and a shard without one waits out the time.
func TestShards_divideSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for i, want := range []int{20, 20, 10} {
			r, sink := newRunner(time.Second)
			r.Shard = bench.Shard{Index: i, Count: 3}
			b, _, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Concurrent, Concurrency: 5}, bench.Limits{MaxDuration: 9500 * time.Millisecond, Grace: time.Minute})
			if err != nil || len(sink.records) != want || b.TargetConcurrency != 5 {
				t.Errorf("shard %d: %v, %d requests, want %d", i, err, len(sink.records), want)
			}
		}
		r, sink := newRunner(time.Second)
		r.Shard = bench.Shard{Index: 1, Count: 2}
		b, _, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{MaxDuration: 10 * time.Second})
		if took := time.Duration(b.WindowEndNS - b.StartNS); err != nil || len(sink.records) != 0 || took != 10*time.Second || b.StopReason != bench.StopDuration {
			t.Errorf("without a slot: %v, %d requests, over after %v by %s", err, len(sink.records), took, b.StopReason)
		}
	})
}

// TestShards_sessions: each conversation is one shard's, all of it.
func TestShards_sessions(t *testing.T) {
	for _, load := range []bench.Strategy{{Kind: bench.Concurrent, Concurrency: 2}, {Kind: bench.Constant, Rate: 5}} {
		synctest.Test(t, func(t *testing.T) {
			var got []turn
			for i := range 2 {
				r, sink := fakeRunner(&fakeServer{ttft: steadily(time.Second), count: 1})
				r.Prompts, r.Sessions, r.Shard = conversations(t), bench.LiveReplies, bench.Shard{Index: i, Count: 2}
				b, _ := run(t, r, load, bench.Limits{})
				if b.StopReason != bench.StopPrompts {
					t.Errorf("shard %d ended by %s", i, b.StopReason)
				}
				got = append(got, turns(sink.records)...)
			}
			slices.SortFunc(got, func(a, b turn) int {
				return cmp.Or(cmp.Compare(a.Session, b.Session), cmp.Compare(a.Turn, b.Turn))
			})
			want := []turn{{0, 0, 1}, {0, 1, 1}, {0, 2, 1}, {1, 0, 2}, {2, 0, 3}, {2, 1, 3}}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%v: %s", load, diff)
			}
		})
	}
}

func turns(records []results.Record) (all []turn) {
	for _, r := range records {
		all = append(all, turn{*r.Session, *r.Turn, r.PromptLine})
	}
	return all
}

// TestShard_Check: a limit that leaves a shard nothing in flight is refused.
func TestShard_Check(t *testing.T) {
	four := bench.Shard{Index: 3, Count: 4}
	for _, tt := range []struct {
		limit, prefill int
		ok             bool
	}{{0, 0, true}, {4, 4, true}, {3, 0, false}, {0, 3, false}} {
		if err := four.Check(bench.Strategy{Kind: bench.Constant, Rate: 1, Cap: tt.limit}, tt.prefill); (err == nil) != tt.ok {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}

func TestShard_zeroIsAll(t *testing.T) {
	var s bench.Shard
	if s.Of(7) != 7 || !s.Has(5) || s.String() != "0/1" {
		t.Errorf("the zero shard sends %d of 7, request 5: %v, and is called %v", s.Of(7), s.Has(5), s)
	}
}

func TestParseShard(t *testing.T) {
	if s, err := bench.ParseShard("3/4"); err != nil || s != (bench.Shard{Index: 3, Count: 4}) {
		t.Errorf("3/4: got %v and %v", s, err)
	}
	for _, text := range []string{"", "1", "4/4", "-1/4", "0/0", "a/b", "1/2/3", "1/"} {
		if s, err := bench.ParseShard(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, s)
		}
	}
}
