package report

import (
	"bytes"
	"errors"
	"iter"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/results"
)

// sent is n requests in each of two benchmarks, every tenth an error, after two for warm-up and one never sent.
func sent(n int) []*results.Record {
	var rs []*results.Record
	for b := range int32(2) {
		for i := range n {
			r := &results.Record{Benchmark: b, Sequence: int64(i), PromptLine: int64(i + 1), DueNS: int64(i) * 1e6, SentNS: int64(i)*1e6 + 5,
				FirstTokenNS: int64(i)*1e6 + 50e6, LastTokenNS: int64(i)*1e6 + 900e6, DoneNS: int64(i)*1e6 + 901e6, OutputTokens: 100,
				Status: results.StatusOK}
			if i%10 == 9 {
				r.Status, r.ErrorKind = results.StatusError, "timeout"
			}
			rs = append(rs, r)
		}
		rs = append(rs, &results.Record{Benchmark: b, Sequence: 1e6, SentNS: 1, Warmup: true}, &results.Record{Benchmark: b, Sequence: 1e6 + 1, Status: results.StatusUnfinished})
	}
	return rs
}

func records(rs []*results.Record) iter.Seq2[*results.Record, error] {
	return func(yield func(*results.Record, error) bool) {
		for _, r := range rs {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func collect(t *testing.T, rs []*results.Record, room int) []Sample {
	t.Helper()
	out, err := Collect(records(rs), room)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCollect_keepsAllThatFit(t *testing.T) {
	got := collect(t, sent(50), 50)
	if len(got) != 100 {
		t.Fatalf("%d samples, want 100", len(got))
	}
	want := Sample{Benchmark: 1, Sequence: 7, PromptLine: 8, Due: 0.007, Sent: 0.007000005, First: 0.057, Last: 0.907, Done: 0.908,
		OutputTokens: 100, Status: results.StatusOK, Weight: 1}
	if d := cmp.Diff(want, got[57]); d != "" {
		t.Errorf("sample -want +got:\n%s", d)
	}
}

func TestCollect_thinsWithWeights(t *testing.T) {
	const n, room = 10_000, 400
	got := collect(t, sent(n), room)
	count, weight, failed := map[int]int{}, map[string]float64{}, 0
	var mean float64
	for _, x := range got {
		count[x.Benchmark]++
		weight[x.Status] += x.Weight
		mean += float64(x.Sequence) / float64(len(got))
		if x.Status == results.StatusError {
			failed++
		}
	}
	if count[0] != room || count[1] != room {
		t.Errorf("samples per benchmark: %v, want %d each", count, room)
	}
	if failed != room {
		t.Errorf("%d errors of %d samples, want half", failed, len(got))
	}
	if math.Abs(weight["ok"]-0.9*2*n) > 1e-6 || math.Abs(weight["error"]-0.1*2*n) > 1e-6 {
		t.Errorf("weights add up to %v, want 18000 ok and 2000 errors", weight)
	}
	if math.Abs(mean-n/2) > n/10 {
		t.Errorf("the mean sequence number is %.0f of %d: the choice is not even", mean, n)
	}
	if !slices.IsSortedFunc(got, func(a, b Sample) int { return a.Benchmark - b.Benchmark }) {
		t.Error("samples are not sorted by benchmark")
	}
}

// Shards of a run may be merged in any order.
func TestCollect_isTheSameInAnyOrder(t *testing.T) {
	rs := sent(3000)
	want := collect(t, rs, 100)
	slices.Reverse(rs)
	if d := cmp.Diff(want, collect(t, rs, 100)); d != "" {
		t.Errorf("another order of records gives other samples:\n%s", d)
	}
}

func TestCollect_returnsWhatCameBeforeAnError(t *testing.T) {
	broken := errors.New("page is corrupt")
	got, err := Collect(func(yield func(*results.Record, error) bool) {
		for _, r := range sent(20)[:20] {
			if !yield(r, nil) {
				return
			}
		}
		yield(nil, broken)
	}, 100)
	if !errors.Is(err, broken) || len(got) != 20 {
		t.Errorf("%d samples and error %v, want 20 and %v", len(got), err, broken)
	}
}

func TestCollect_noRoom(t *testing.T) {
	if got := collect(t, sent(10), 0); len(got) != 0 {
		t.Errorf("%d samples for no room", len(got))
	}
}

// The slowest requests are shown one by one, so none of them may be lost in the lottery, nor count for others.
func TestCollect_keepsTheSlowest(t *testing.T) {
	rs := sent(5000)
	for _, at := range []int{17, 2600, 4441} {
		rs[at].DoneNS += int64(at) * 1e6
		rs[at+1].FirstTokenNS += 300e6
	}
	ttfts, latencies, weight := 0, 0, 0.0
	for _, x := range collect(t, rs, 200) {
		if x.Benchmark != 0 {
			continue
		}
		weight += x.Weight
		if x.Done-x.Sent > 0.91 {
			latencies++
		}
		if x.First > 0 && x.First-x.Sent > 0.3 {
			ttfts++
		}
	}
	if latencies != 3 || ttfts != 3 {
		t.Errorf("%d of 3 long latencies and %d of 3 long TTFTs are kept", latencies, ttfts)
	}
	if math.Abs(weight-5000) > 1e-6 {
		t.Errorf("the weights add up to %v, want 5000", weight)
	}
}

// Looking at the samples in between must not change which ones are kept in the end.
func TestSampler_mayBeLookedAt(t *testing.T) {
	rs := sent(2000)
	s := NewSampler(100)
	for i, r := range rs {
		s.Add(r)
		if i%97 == 0 {
			s.Samples()
		}
	}
	if d := cmp.Diff(collect(t, rs, 100), s.Samples()); d != "" {
		t.Errorf("looking changes the samples:\n%s", d)
	}
}

// A page of a million requests must stay one that a browser opens at once.
func TestHTML_ofAMillionRequests(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a million records")
	}
	s := levelsRun()
	perBenchmark := 1_000_000 / len(s.Benchmarks)
	samples, err := Collect(func(yield func(*results.Record, error) bool) {
		var r results.Record
		for i := range s.Benchmarks {
			for n := range int64(perBenchmark) {
				sent := s.Benchmarks[i].StartNS + n*1e5
				r = results.Record{Benchmark: int32(i), Sequence: n, PromptLine: n, SentNS: sent, FirstTokenNS: sent + 5e7, LastTokenNS: sent + 9e8,
					DoneNS: sent + 9e8 + n%1000*1e5, OutputTokens: 90 + n%20, RequestID: "a", Status: results.StatusOK}
				if !yield(&r, nil) {
					return
				}
			}
		}
	}, SamplesFor(len(s.Benchmarks)))
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := HTML(&page, s, samples); err != nil {
		t.Fatal(err)
	}
	if page.Len() > 4<<20 {
		t.Errorf("the page has %d bytes, want at most 4 MiB", page.Len())
	}
	if note := "A sample of 4000 requests; the strips are scaled up to all."; !bytes.Contains(page.Bytes(), []byte(note)) {
		t.Errorf("the page does not say %q", note)
	}
}
