package bench

import (
	"fmt"
	"strconv"
	"strings"
)

// A Shard is one of Count machines that together send what one machine would: the same requests under the same numbers,
// with the same prompts, at the same instants where the load has instants. The zero value is all of them.
type Shard struct {
	Index, Count int // 0 <= Index < Count, or both 0
}

// ParseShard reads "1/4": shard 1 of those numbered 0 to 3.
func ParseShard(text string) (Shard, error) {
	index, count, found := strings.Cut(text, "/")
	i, err1 := strconv.Atoi(index)
	n, err2 := strconv.Atoi(count)
	if !found || err1 != nil || err2 != nil || n < 1 || i < 0 || i >= n {
		return Shard{}, fmt.Errorf("shard %q: expected INDEX/COUNT with an index from 0 to COUNT-1, such as 0/4", text)
	}
	return Shard{Index: i, Count: n}, nil
}

// Has reports whether item number n of the whole, from 0, is the shard's.
func (s Shard) Has(n int64) bool { return n%s.count() == int64(s.Index) }

// Of is how many of the first total items of the whole are the shard's.
func (s Shard) Of(total int64) int64 { return (total - int64(s.Index) + s.count() - 1) / s.count() }

// Check returns the error of a limit on what is in flight that is too low to be divided among the shards: prefill is
// that of the runner.
func (s Shard) Check(load Strategy, prefill int) error {
	for _, limit := range []struct {
		what string
		most int
	}{{"in flight", load.Cap}, {"before their first token", prefill}} {
		if n := limit.most; n > 0 && int64(n) < s.count() {
			return fmt.Errorf("at most %d requests %s cannot be divided among %d shards: allow one for each", n, limit.what, s.Count)
		}
	}
	return nil
}

// share is the shard's part of a limit; 0 stays none.
func (s Shard) share(limit int) int { return int(s.Of(int64(limit))) }

func (s Shard) count() int64 { return int64(max(s.Count, 1)) }

// String is the shard as [ParseShard] reads it.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.count()) }

// A deal says which numbers are a shard's when they go round a table like cards: hand h gets number h, then h+hands.
// The shard holds the hands that are its own.
//
// The hands of a closed loop are its slots, so that a shard with more slots sends more, and one without any sends
// nothing. Those of an open loop are the shards.
type deal struct {
	shard Shard
	hands int64
}

// number is the n-th of those dealt to the shard, from 0. It must hold a hand.
func (d deal) number(n int64) int64 {
	own := d.shard.Of(d.hands)
	return n/own*d.hands + n%own*d.shard.count() + int64(d.shard.Index)
}

// of is how many of the first total numbers are the shard's.
func (d deal) of(total int64) int64 {
	return total/d.hands*d.shard.Of(d.hands) + d.shard.Of(total%d.hands)
}

// nothing is a limit under which nothing is sent, as 0 is none.
const nothing = -1

// limit is the shard's part of the first total numbers as a limit; a total of 0 is no limit.
func (d deal) limit(total int64) int64 {
	switch own := d.of(total); {
	case total == 0 && d.shard.Of(d.hands) > 0:
		return 0
	case own == 0:
		return nothing
	default:
		return own
	}
}
