package convert

import "context"

// dropSample is the reason for dropping a row that sampling has.
const dropSample = "not in the sample"

// An item is a line on its way from its row to the output.
type item struct {
	key  uint64 // drawn: what samples and shuffles go by
	n    int64  // the place among all items, which no two share
	row  int64  // the number of its row over all files
	kind reshape
	body []byte // the line without its line feed, after the hash of its row where there is a lineage
}

// before is the order of a shuffle.
func (i *item) before(j *item) bool { return i.key < j.key || i.key == j.key && i.n < j.n }

// A sink takes items in the order of the input. What it is given is valid during the call only.
type sink interface {
	add(*item) error
	end(context.Context) error // nothing follows: it hands on what it holds
	close()                    // gives back what it took of the machine, also after an error
}

// draw returns the number that seed draws for a line: it depends on nothing but the seed, the row and the turn in it, so
// that neither memory nor the other rows change a choice. It is the finalizer of SplitMix64, chained.
func draw(seed uint64, row int64, turn int) uint64 {
	return mix(mix(mix(seed)^uint64(row)) ^ uint64(turn))
}

func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// shaped reports options for which rows have to come one after the other, with their numbers.
func (o Options) shaped() bool {
	return o.Shard.Count > 0 || o.Sample > 0 || o.Shuffle || o.Lineage != nil
}

// until returns next for an item after another until ctx ends.
func until(ctx context.Context, next func(*item) error) func(*item) error {
	n := 0
	return func(it *item) error {
		if n++; n%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return next(it)
	}
}

// direct hands on each item as it comes.
type direct struct{ next func(*item) error }

func (d direct) add(it *item) error        { return d.next(it) }
func (d direct) end(context.Context) error { return nil }
func (d direct) close()                    {}

// newShape returns the way from the rows to last that the options ask for, or nil when lines go straight to the output.
// Dropped is called for every item that a sample leaves out.
func newShape(o Options, dropped func(reason string), last func(*item) error) sink {
	var s sink
	if o.Lineage != nil {
		s = direct{last}
	}
	if o.Shuffle {
		s = newShuffle(o.Scratch, last)
		last = s.add
	}
	if o.Sample > 0 {
		s = &sample{size: o.Sample, spool: spool{dir: o.Scratch}, dropped: dropped, next: last, after: s}
	}
	return s
}
