package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/pace"
	"github.com/promptmill/promptmill/bench/results"
)

// Runner sends the requests of a run. Its fields are set once; Run is called for one benchmark after another.
type Runner struct {
	Client   Client
	Sink     Sink
	Prompts  []Prompt                                  // at least one; sent in order, over and over
	Body     func(dst []byte, in *openai.Input) []byte // appends the JSON body of a request
	Models   openai.Mix                                // the models that requests name; empty leaves that to Body
	Waiter   func() (pace.Waiter, error)               // paces open loops; called on the goroutine that will wait
	Epoch    time.Time                                 // instants count from here, in the client too
	RunID    string
	Model    string       // of every request, for its record
	Shard    Shard        // which of the requests are sent; the others are for other machines
	Start    time.Time    // of the first benchmark, so that shards begin together; one that is past, as the zero value, is at once
	Seed     uint64       // of what is random here; a strategy has its own
	Prefill  int          // most requests that wait for their first token at once; what is due then waits. 0 is no such limit
	Cancel   Cancellation // of requests, on purpose
	Sessions Replies      // how conversations are sent turn by turn; the zero value sends each as one request
	DropText bool         // do not record the text of answers, should the client keep it
	Progress *Progress    // may be nil

	// Headers appends the headers of a request alone; nil for none.
	Headers func(dst []openai.HeaderField, in *openai.Input) []openai.HeaderField

	SLO   *metrics.SLO // what outcomes tell of how it was kept; nil for nothing
	Trend bool         // outcomes tell of Early, Late and Lag, which takes 24 bytes for each request of a benchmark; see [Chooses]

	next int64 // index of the next prompt: benchmarks go on where the one before stopped, so a server's cache cannot answer for it
}

// benchmark is one call of Run.
type benchmark struct {
	*Runner
	index    int
	strategy Strategy
	limits   Limits
	start    time.Time
	pacing   string       // the waiter's name; "none" in a closed loop
	prompts  []Prompt     // what is sent, in order, over and over
	first    int64        // index of the first prompt
	deal     deal         // which requests are sent
	whole    int64        // requests that all shards may send together; 0 is no limit
	budget   int64        // the shard's part of them; 0 is no limit
	covered  int64        // when the next request of an open loop would have been due that ran out of them, ns since the epoch; 0 is never
	passed   int64        // due times of an open loop that have been gone through, those of other shards too
	sequence atomic.Int64 // requests taken so far
	inFlight sync.WaitGroup
	out      *collector
	phases   phases
	stop     stopper
	failures failures
	slots    gate         // requests in flight, of an open loop with a cap
	prefill  gate         // requests that wait for their first token
	waiting  atomic.Int64 // requests sent that have no token yet
	held     atomic.Int64 // when the request was due that waits at a gate; 0 is none
	sessions sessions

	suspended suspension
}

// Run performs one benchmark and returns its description and outcome once the last answer is in and stored.
//
// When ctx is done nothing more is sent, requests in flight are cut off and recorded as unfinished, and the
// description says that it was interrupted; that is no error. An error means that the sink or the pacing failed.
func (r *Runner) Run(ctx context.Context, index int, s Strategy, l Limits) (results.Benchmark, Outcome, error) {
	if r.Progress == nil {
		r.Progress = new(Progress)
	}
	runCtx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	probe := startHealth()
	asked := l.MaxRequests
	l = l.within(s)
	b := &benchmark{
		Runner: r, index: index, strategy: s, limits: l,
		prompts: r.Prompts, first: r.next,
		out:   newCollector(r.Sink, fail),
		slots: newGate(r.Shard.share(s.Cap)), prefill: newGate(r.Shard.share(r.Prefill)),
	}
	if s.Prompts != nil {
		b.prompts, b.first = s.Prompts, 0
	}
	if r.SLO != nil {
		b.out.tally = metrics.NewTally(r.SLO)
	}
	if r.Trend {
		b.out.trend = new(trend)
	}
	b.traceSessions(asked)
	once := RequestsOnce(b.prompts, r.Sessions)
	if err := errors.Join(b.limits.Check(s, once), r.Shard.Check(s, r.Prefill)); err != nil {
		return results.Benchmark{}, Outcome{}, errors.Join(fmt.Errorf("%v: %w", s, err), b.out.close())
	}
	b.divide(once)
	b.failures.limits = b.limits
	err := b.send(runCtx)
	b.inFlight.Wait()
	err = errors.Join(err, b.out.close())
	if s.Prompts == nil {
		r.next += b.promptsTaken()
	}
	desc := b.describe(ctx.Err() != nil)
	desc.PromptsTaken, desc.Health = r.next, b.health(probe)
	return desc, b.out.outcome(s, &desc), err
}

// openLead is how long before its first request an open loop is ready, so that the first is paced like the others.
const openLead = 2 * time.Millisecond

// send sends everything and returns when the last answer is in.
func (b *benchmark) send(ctx context.Context) (err error) {
	b.start, b.pacing = b.begins(0), "none"
	schedule := b.strategy.Schedule()
	if schedule == nil {
		return b.during(ctx, func(requests, sending context.Context) error {
			b.closedLoop(sending, requests)
			return nil
		})
	}
	waiter, err := b.Waiter()
	if err != nil {
		return fmt.Errorf("pace requests: %w", err)
	}
	defer func() { err = errors.Join(err, waiter.Close()) }()
	b.start, b.pacing = b.begins(openLead), waiter.Name()
	return b.during(ctx, func(requests, sending context.Context) error {
		return b.openLoop(sending, requests, waiter, schedule)
	})
}

// begins is when the benchmark does: after a lead, and not before the instant that the shards agreed upon.
func (b *benchmark) begins(lead time.Duration) time.Time {
	at := time.Now().Add(lead)
	if b.Start.After(at) {
		return b.Start
	}
	return at
}

// during runs a loop within the limits, and returns when the last answer is in.
func (b *benchmark) during(ctx context.Context, loop func(requests, sending context.Context) error) error {
	requests, sending, release := b.contexts(ctx)
	defer release()
	b.phases = b.limits.phases(b.since(b.start), b.whole)
	watched, stop := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() { b.watch(watched) })
	defer watch.Wait()
	defer stop()
	err := loop(requests, sending)
	b.inFlight.Wait()
	return err
}

// since is t in ns since the epoch.
func (b *benchmark) since(t time.Time) int64 { return t.Sub(b.Epoch).Nanoseconds() }
