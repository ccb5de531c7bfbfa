package bench

import (
	"context"

	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
)

// worker is what performs requests one after another without allocating for each.
type worker struct {
	*benchmark
	call    call
	input   openai.Input
	req     openai.Request
	resp    openai.Response
	pending openai.Pending // of a request that was started
	started bool

	ctx       context.Context // of the request under way
	abandon   abandonment     // of the request under way
	tokenless bool            // it has been sent, and no token has come
	session   session         // the conversation that the requests are turns of
}

func (b *benchmark) worker() *worker {
	w := &worker{benchmark: b}
	if b.prefill != nil || b.limits.Saturation != nil || b.Cancel.Chunks > 0 {
		w.req.OnToken = w.token
	}
	return w
}

// prepare makes the request of a call that was taken.
func (w *worker) prepare() {
	w.req.ID = w.call.id
	w.input = w.call.prompt.Input()
	w.input.Model = w.call.model
	if n := w.strategy.maxTokens(w.call.begun()); n > 0 {
		w.input.MaxTokens = n
	}
	w.session.prepare(&w.input)
	w.req.Body = w.Body(w.req.Body[:0], &w.input)
	if w.Headers != nil {
		w.req.Header = w.Headers(w.req.Header[:0], &w.input)
	}
}

// begin is called when the request is about to be sent, and has passed the gates.
func (w *worker) begin(ctx context.Context) {
	w.ctx = w.abandon.begin(ctx, w.Cancel, w.call.chance)
	w.tokenless = true
	w.waiting.Add(1)
}

// start writes the request that was prepared, where the client can do so at once.
func (w *worker) start() {
	if s, ok := w.Client.(Starter); ok {
		w.pending, w.started = s.Start(w.ctx, &w.req, &w.resp)
	}
}

// token is called when so many chunks of the answer have come.
func (w *worker) token(chunks int) {
	w.answered()
	w.abandon.token(chunks)
}

// answered is called when the request no longer waits for its first token.
func (w *worker) answered() {
	if w.tokenless {
		w.tokenless = false
		w.waiting.Add(-1)
		w.prefill.leave()
	}
}

// do performs what is left of the request and records it. It returns whether it failed for want of a connection.
func (w *worker) do() (unconnected bool) {
	w.Progress.Sent.Add(1)
	w.Progress.InFlight.Add(1)
	if w.started {
		w.pending.Finish()
		w.started = false
	} else {
		w.Client.Do(w.ctx, &w.req, &w.resp)
	}
	w.answered()
	w.abandon.end()
	rec := w.out.record()
	w.fill(rec)
	w.session.add(w, rec.Status)
	w.Progress.InFlight.Add(-1)
	w.Progress.count(rec)
	if reason, detail := w.failures.add(rec, w.call.taken); reason != "" && (reason != StopErrors || !w.full()) {
		w.halt(reason, detail, w.limits.Grace)
	}
	unconnected = rec.Status == results.StatusError && rec.ConnectedNS == 0
	w.out.add(rec)
	return unconnected
}

// miss records a request that was due and is never sent.
func (w *worker) miss() {
	w.abandon = abandonment{}
	w.resp = openai.Response{Err: &openai.Error{Kind: openai.KindNotSent, Message: "never sent: there was no room for it while the benchmark lasted"}}
	rec := w.out.record()
	w.fill(rec)
	w.Progress.count(rec)
	w.out.add(rec)
}
