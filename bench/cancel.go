package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/promptmill/promptmill/bench/openai"
)

// Cancellation gives up a share of the requests on purpose, as users do who stop an answer or close a page. The zero
// value gives up none.
type Cancellation struct {
	Rate   float64       // share of the requests, 0 to 1; which ones, seed and sequence decide
	After  time.Duration // since it was sent; 0 where Chunks counts, or at once
	Chunks int           // content chunks of the answer, about tokens; 0 where After counts
}

// errAbandoned is the cause with which requests are ended that are given up on purpose.
var errAbandoned = errors.New("cancelled on purpose")

// ParseCancelAfter reads when requests are given up: "500ms" or "2s" after they were sent, or "3tok", after so many
// chunks of the answer. It returns a Cancellation without its rate.
func ParseCancelAfter(text string) (Cancellation, error) {
	if number, ok := strings.CutSuffix(text, "tok"); ok {
		if n, err := strconv.Atoi(number); err == nil && n > 0 {
			return Cancellation{Chunks: n}, nil
		}
	} else if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return Cancellation{After: d}, nil
	}
	return Cancellation{}, fmt.Errorf("%q: expected a time or a number of tokens, such as 500ms or 3tok", text)
}

// takes reports whether a request is given up whose chance is the given one.
func (c Cancellation) takes(chance uint64) bool {
	return c.Rate >= 1 || c.Rate > 0 && float64(chance) < c.Rate*math.MaxUint64
}

// chance is a random number of a request, the same for the same seed on every machine.
func chance(seed uint64, benchmark int, sequence int64) uint64 {
	return scatter(scatter(scatter(seed)^uint64(benchmark)) ^ uint64(sequence))
}

// abandonment gives up one request after another, where that is wanted. The zero value is ready.
type abandonment struct {
	ctx    context.Context         // of the request under way, nil when it is not to be given up
	cancel context.CancelCauseFunc // ends it
	timer  *time.Timer             // will end it
	chunks int                     // ends it after so many, if above 0
}

// begin returns the context of a request that is about to be sent.
func (a *abandonment) begin(ctx context.Context, c Cancellation, chance uint64) context.Context {
	*a = abandonment{}
	if !c.takes(chance) {
		return ctx
	}
	ctx, cancel := context.WithCancelCause(ctx)
	a.ctx, a.cancel = ctx, cancel
	if c.Chunks > 0 {
		a.chunks = c.Chunks
	} else {
		a.timer = time.AfterFunc(c.After, func() { cancel(errAbandoned) }) // which may be late, when a serves another
	}
	return a.ctx
}

// token is called when so many chunks have come.
func (a *abandonment) token(chunks int) {
	if a.chunks > 0 && chunks >= a.chunks {
		a.cancel(errAbandoned)
	}
}

// end is called when the request is over. What ended it stays known.
func (a *abandonment) end() {
	if a.timer != nil {
		a.timer.Stop()
	}
	if a.cancel != nil {
		a.cancel(nil)
	}
}

// ended reports whether it was the abandonment that ended the request, and not its answer or something else.
func (a *abandonment) ended(resp *openai.Response) bool {
	return a.ctx != nil && resp.Err != nil && resp.Err.Kind == openai.KindCancelled && errors.Is(context.Cause(a.ctx), errAbandoned)
}
