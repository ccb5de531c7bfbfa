package bench_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/bench"
)

// TestShard_unionIsTheWhole: shards together send the requests of one machine, each at its instant and under its
// number, and no request twice.
func TestShard_unionIsTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(1, 9).Draw(t, "shards")
		total := rapid.Int64Range(0, 300).Draw(t, "requests")
		whole := bench.Schedules([]bench.Stage{{From: 5, To: 5}}, bench.PoissonArrivals(rapid.Uint64().Draw(t, "seed")))
		want := make([]time.Duration, 0, total)
		for due := range whole {
			if int64(len(want)) == total {
				break
			}
			want = append(want, due)
		}
		got := make([]time.Duration, total)
		sent := int64(0)
		for i := range count {
			shard := bench.Shard{Index: i, Count: count}
			n := int64(0)
			for due := range shard.Schedule(slices.Values(want)) {
				got[shard.Sequence(n)] = due
				n++
			}
			if n != shard.Of(total) {
				t.Fatalf("shard %v of %d requests sends %d and says %d", shard, total, n, shard.Of(total))
			}
			sent += n
		}
		if sent != total || !slices.Equal(got, want) {
			t.Fatalf("%d shards send %d requests of %d, or at other instants", count, sent, total)
		}
	})
}

func TestShard_zeroIsAll(t *testing.T) {
	var s bench.Shard
	if s.Of(7) != 7 || s.Sequence(5) != 5 || s.String() != "0/1" {
		t.Errorf("the zero shard sends %d of 7, request 5 as %d, and is called %v", s.Of(7), s.Sequence(5), s)
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
