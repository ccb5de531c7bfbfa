package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/pace"
	"github.com/promptmill/promptmill/bench/results"
)

// Runner sends the requests of a run. Its fields are set once; Run is called for one benchmark after another.
type Runner struct {
	Client   Client
	Sink     Sink
	Prompts  []Prompt                                           // at least one; sent in order, over and over
	Body     func(dst []byte, messages []openai.Message) []byte // appends the JSON body of a request
	Waiter   func() (pace.Waiter, error)                        // paces open loops; called on the goroutine that will wait
	Epoch    time.Time                                          // instants count from here, in the client too
	RunID    string
	Shard    int32
	Progress *Progress // may be nil

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
	first    int64        // index of the first prompt
	budget   int64        // requests that may be sent; 0 is no limit
	sequence atomic.Int64 // requests taken so far
	inFlight sync.WaitGroup
	out      *collector
	giveUp   func() // ends sending, if it has not ended
	gaveUp   atomic.Bool
	failed   atomic.Int64 // of the first hopelessAfter requests
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
	b := &benchmark{
		Runner: r, index: index, strategy: s, limits: l,
		first: r.next, budget: int64(l.requests(len(r.Prompts))),
		out: newCollector(r.Sink, fail),
	}
	err := b.send(runCtx)
	b.inFlight.Wait()
	err = errors.Join(err, b.out.close())
	r.next += b.sequence.Load()
	desc := b.describe(ctx.Err() != nil)
	desc.Health = b.health(probe)
	return desc, b.outcome(desc), err
}

// contexts returns the one that ends requests and the one that ends sending, which is the sooner of the two.
func (b *benchmark) contexts(ctx context.Context) (requests, sending context.Context, release func()) {
	var cancels []context.CancelFunc
	requests = ctx
	if d := b.limits.MaxDuration; d > 0 {
		var cancel context.CancelFunc
		requests, cancel = context.WithDeadlineCause(ctx, b.start.Add(d+b.limits.Grace), ErrGraceOver)
		cancels = append(cancels, cancel)
		ctx, cancel = context.WithDeadline(ctx, b.start.Add(d))
		cancels = append(cancels, cancel)
	}
	sending, stop := context.WithCancel(ctx)
	b.giveUp = func() {
		if sending.Err() == nil {
			b.gaveUp.Store(true)
			stop()
		}
	}
	return requests, sending, func() {
		for _, cancel := range append(cancels, stop) {
			cancel()
		}
	}
}

// openLead is how long before its first request an open loop is ready, so that the first is paced like the others.
const openLead = 2 * time.Millisecond

// send sends everything and returns when the last answer is in.
func (b *benchmark) send(ctx context.Context) (err error) {
	b.start, b.pacing = time.Now(), "none"
	schedule := b.strategy.schedule()
	if schedule == nil {
		requests, sending, release := b.contexts(ctx)
		defer release()
		b.closedLoop(sending, requests)
		return nil
	}
	waiter, err := b.Waiter()
	if err != nil {
		return fmt.Errorf("pace requests: %w", err)
	}
	defer func() { err = errors.Join(err, waiter.Close()) }()
	b.start, b.pacing = time.Now().Add(openLead), waiter.Name()
	requests, sending, release := b.contexts(ctx)
	defer release()
	err = b.openLoop(sending, requests, waiter, schedule)
	b.inFlight.Wait()
	return err
}

// take reserves the next request and describes it in c; ok is false when the budget is spent.
func (b *benchmark) take(c *call) (ok bool) {
	for {
		n := b.sequence.Load()
		if b.budget > 0 && n >= b.budget {
			return false
		}
		if b.sequence.CompareAndSwap(n, n+1) {
			p := &b.Prompts[(b.first+n)%int64(len(b.Prompts))]
			*c = call{prompt: p, sequence: n, id: b.requestID(n)}
			return true
		}
	}
}

// worker is what performs requests one after another without allocating for each.
type worker struct {
	*benchmark
	call    call
	req     openai.Request
	resp    openai.Response
	pending openai.Pending // of a request that was started
	started bool
}

// prepare makes the request of a call that was taken.
func (w *worker) prepare() {
	w.req.ID = w.call.id
	w.req.Body = w.Body(w.req.Body[:0], w.call.prompt.Messages)
}

// start writes the request that was prepared, where the client can do so at once.
func (w *worker) start(ctx context.Context) {
	if s, ok := w.Client.(Starter); ok {
		w.pending, w.started = s.Start(ctx, &w.req, &w.resp)
	}
}

// do performs what is left of the request and records it. It returns whether it failed for want of a connection.
func (w *worker) do(ctx context.Context) (unconnected bool) {
	w.Progress.Sent.Add(1)
	w.Progress.InFlight.Add(1)
	if w.started {
		w.pending.Finish()
		w.started = false
	} else {
		w.Client.Do(ctx, &w.req, &w.resp)
	}
	rec := w.out.record()
	w.fill(rec, &w.call, &w.resp)
	w.Progress.InFlight.Add(-1)
	if rec.Status == results.StatusOK {
		w.Progress.OK.Add(1)
		w.Progress.Tokens.Add(rec.OutputTokens)
	} else {
		w.Progress.Failed.Add(1)
		w.countFailure(rec)
	}
	unconnected = rec.Status == results.StatusError && rec.ConnectedNS == 0
	w.out.add(rec)
	return unconnected
}

// countFailure ends sending when the first requests have all failed: more of them would tell nothing, and a server
// that refuses connections would be called as fast as the client can. Failures of later requests do not count: a
// server that is full refuses many while it still works at the first.
func (b *benchmark) countFailure(rec *results.Record) {
	cutOff := rec.Status == results.StatusUnfinished // by the benchmark itself
	if !cutOff && rec.Sequence < hopelessAfter && b.failed.Add(1) == hopelessAfter {
		b.giveUp()
	}
}

// since is t in ns since the epoch.
func (b *benchmark) since(t time.Time) int64 { return t.Sub(b.Epoch).Nanoseconds() }

func (b *benchmark) describe(interrupted bool) results.Benchmark {
	full := b.budget > 0 && b.sequence.Load() >= b.budget
	d := results.Benchmark{
		Index: b.index, Strategy: string(b.strategy.Kind),
		TargetRate: b.strategy.Rate, TargetConcurrency: b.strategy.Concurrency,
		StartNS: b.since(b.start), SendEndNS: b.out.lastSent,
		EndNS:      max(b.out.lastDone, b.since(b.start)+1),
		StopReason: b.limits.reason(full, interrupted, b.gaveUp.Load()),
	}
	d.WindowEndNS = d.EndNS
	timeUp := d.StartNS + b.limits.MaxDuration.Nanoseconds()
	switch {
	case d.StopReason == StopDuration:
		d.SendEndNS, d.WindowEndNS = timeUp, timeUp
	case d.StopReason == StopInterrupted && b.limits.MaxDuration > 0:
		d.WindowEndNS = min(d.WindowEndNS, timeUp) // the time may have been over, and only answers awaited
	}
	d.SendEndNS = max(d.SendEndNS, d.StartNS+1)
	d.EndNS = max(d.EndNS, d.WindowEndNS)
	return d
}

func (b *benchmark) health(p healthProbe) results.Health {
	h := p.stop()
	h.Pacing = b.pacing
	h.SinkBacklogMax = b.out.backlog
	h.ConnectionsOpened, h.ConnectionsReused = b.out.opened, b.out.reused
	return h
}

func (b *benchmark) outcome(d results.Benchmark) Outcome {
	window := time.Duration(d.WindowEndNS - d.StartNS).Seconds()
	return Outcome{Strategy: b.strategy, RequestsPerSecond: float64(b.out.okWithin(d.WindowEndNS)) / window}
}
