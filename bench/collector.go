package bench

import (
	"context"
	"sync"
	"time"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
)

// collectorBuffer is how many records may wait for the sink before a request has to.
const collectorBuffer = 1 << 14

// collector hands the records of one benchmark to the sink, in the one goroutine that the sink is called from.
type collector struct {
	sink     Sink
	fail     context.CancelCauseFunc // ends the benchmark when the sink fails
	records  chan *results.Record
	pool     sync.Pool
	done     chan struct{}
	backlog  int // the most records that were waiting
	opened   int
	reused   int
	lastDone int64
	lastSent int64

	firstMeasured int64 // sent, 0 is never
	firstCool     int64 // sent in the cool-down
	notSent       int   // requests

	okDone []int64        // when each success ended
	trend  *trend         // nil where no outcome is to tell of it
	tally  *metrics.Tally // nil without an SLO
	err    error
}

func newCollector(sink Sink, fail context.CancelCauseFunc) *collector {
	c := &collector{
		sink:    sink,
		fail:    fail,
		records: make(chan *results.Record, collectorBuffer),
		done:    make(chan struct{}),
	}
	c.pool.New = func() any { return new(results.Record) }
	go c.run()
	return c
}

// record returns an empty record; its slices keep their capacity.
func (c *collector) record() *results.Record {
	r := c.pool.Get().(*results.Record)
	*r = results.Record{ChunkNS: r.ChunkNS[:0], ChunkTokens: r.ChunkTokens[:0]}
	return r
}

// add gives the record to the sink. It blocks only when the sink is far behind.
func (c *collector) add(r *results.Record) { c.records <- r }

// close waits until the sink has every record.
func (c *collector) close() error {
	close(c.records)
	<-c.done
	return c.err
}

func (c *collector) run() {
	defer close(c.done)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case r, open := <-c.records:
			if !open {
				return
			}
			c.backlog = max(c.backlog, len(c.records)+1)
			c.count(r)
			c.tally.Add(r)
			c.check(func() error { return c.sink.Write(r) })
			c.pool.Put(r)
		case <-tick.C:
			c.check(c.sink.Tick)
		}
	}
}

// check calls the sink until it has failed once; after that records are dropped, so that no request blocks.
func (c *collector) check(call func() error) {
	if c.err != nil {
		return
	}
	if err := call(); err != nil {
		c.err = err
		c.fail(err)
	}
}

func (c *collector) count(r *results.Record) {
	c.lastDone = max(c.lastDone, r.DoneNS)
	c.lastSent = max(c.lastSent, r.SentNS)
	c.countPhase(r)
	if r.ErrorKind == string(openai.KindNotSent) {
		c.notSent++
	}
	c.trend.add(r)
	if r.ConnectedNS > 0 {
		if r.ConnectionReused {
			c.reused++
		} else {
			c.opened++
		}
	}
	if r.Status == results.StatusOK {
		c.okDone = append(c.okDone, r.DoneNS)
	}
}

func (c *collector) countPhase(r *results.Record) {
	switch {
	case r.SentNS == 0 || r.Warmup:
	case r.Cooldown:
		c.firstCool = min(orNever(c.firstCool), r.SentNS)
	default:
		c.firstMeasured = min(orNever(c.firstMeasured), r.SentNS)
	}
}

// okWithin counts the successes that ended after start, and by end.
func (c *collector) okWithin(start, end int64) int {
	n := 0
	for _, d := range c.okDone {
		if d > start && d <= end {
			n++
		}
	}
	return n
}
