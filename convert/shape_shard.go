package convert

import (
	"fmt"
	"math"
)

// dropShard is the reason for dropping a row of another shard.
const dropShard = "in another shard"

// Shard is one of Count parts of the rows of all files: of equal length, give or take a row, and one after the other, so
// that the lines of the shards in their order are those of the whole. The zero value has all rows.
type Shard struct {
	Index, Count int64
}

// String writes the shard as "Index/Count", "" for the zero value.
func (s Shard) String() string {
	if s.Count == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Count)
}

func (s Shard) valid() bool {
	return s == Shard{} || 0 <= s.Index && s.Index < s.Count && s.Count <= math.MaxInt32
}

// of returns which of so many rows are the shard's: those from the first on that come before the end.
func (s Shard) of(rows int64) span {
	if s.Count == 0 {
		return span{0, math.MaxInt64}
	}
	bound := func(i int64) int64 { return rows/s.Count*i + rows%s.Count*i/s.Count }
	return span{bound(s.Index), bound(s.Index + 1)}
}

// A span is rows that follow each other, by their numbers over all files.
type span struct{ first, end int64 }

func (s span) has(row int64) bool { return s.first <= row && row < s.end }

// meets reports whether one of n rows from row on is in the span.
func (s span) meets(row, n int64) bool { return row < s.end && row+n > s.first }

// divide finds which rows are the shard's.
func (p *pipeline) divide() error {
	if p.own.end > 0 {
		return nil
	}
	if p.options.Shard.Count > 0 && p.unified.opened < p.sources {
		return fmt.Errorf("%w: --shard %s: %d of %d files could not be opened, so that nobody knows where it begins",
			ErrLedger, p.options.Shard, p.sources-p.unified.opened, p.sources)
	}
	p.own = p.options.Shard.of(p.unified.rows)
	return nil
}

// pass goes by rows of other shards without reading them.
func (p *pipeline) pass(rows int64) {
	p.seen += rows
	if rows > 0 {
		p.ledger.add(dropShard, rows)
	}
}
