package bench

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Shard is one of Count machines that together send what one machine would: of its requests, which are numbered
// from 0, shard Index sends those whose number leaves Index when divided by Count. The zero value is all of them.
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

// Sequence is the number, in the whole, of request n of the shard.
func (s Shard) Sequence(n int64) int64 { return n*int64(max(s.Count, 1)) + int64(s.Index) }

// Of is how many of the first total requests of the whole, or of its slots, are the shard's.
func (s Shard) Of(total int64) int64 {
	count := int64(max(s.Count, 1))
	return (total - int64(s.Index) + count - 1) / count
}

// Schedule is what the shard sends of the schedule of the whole, at the same instants.
func (s Shard) Schedule(whole Schedule) Schedule {
	if s.Count <= 1 {
		return whole
	}
	return func(yield func(time.Duration) bool) {
		n := 0
		for due := range whole {
			if n == s.Index && !yield(due) {
				return
			}
			n = (n + 1) % s.Count
		}
	}
}

// String is the shard as [ParseShard] reads it.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, max(s.Count, 1)) }
