package metrics

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/results"
)

// collector gathers the samples of one benchmark. Times are ns, so that sums do not depend on their order.
type collector struct {
	bench     results.Benchmark
	order     int  // among the benchmarks of the run
	described bool // by the run; else only by its records

	counts   Counts
	failures map[string]*failure
	prompted int // measured requests with a known prompt
	notSent  int // measured requests that were due and never sent
	backward int // pairs of instants that run backwards

	sent, done []int64 // of every request sent, warm-up too; an answer that never came is math.MaxInt64
	sends      []int64 // when the measured requests were sent
	due        []int64 // when every request was due, warm-up too; nil where the load has one rate
	answered   []answer

	latency, scheduled, lag, ttfb, ttfc, ttft, ttfo, gaps []int64
	tpot, tokensPerChunk, speed, promptTokens, outTokens  []float64

	good           *goodCounter // nil without an SLO
	scores         []float64
	tokenSources   map[string]int
	timeSources    map[string]int
	finishReasons  map[string]int
	targets        map[string]*targetCollector
	reconnects     int
	chunks, joined int64
	cached, cachet int64 // cached prompt tokens, and the prompt tokens of the requests that say so
}

// notSent is the error kind of requests that a cap held back until the load was over.
const notSent = "not_sent"

// answer is a success as the throughput sees it.
type answer struct{ done, output, total int64 }

// failure is a class of errors and the earliest request of it.
type failure struct {
	count    int
	sequence int64
	message  string
}

func (c *collector) add(r *results.Record) {
	if r.SentNS != 0 {
		end := r.DoneNS
		if end == 0 {
			end = math.MaxInt64
		}
		c.sent = append(c.sent, r.SentNS)
		c.done = append(c.done, end)
	}
	if ratesVary(&c.bench) {
		c.due = append(c.due, r.DueNS)
	}
	if r.Warmup || r.Cooldown {
		c.addApart(r)
		return
	}
	c.counts.Total++
	c.addTarget(r)
	if prompted(r) {
		c.prompted++
	}
	if r.SentNS == 0 && r.ErrorKind == notSent {
		c.notSent++
	}
	if r.SentNS != 0 {
		c.sends = append(c.sends, r.SentNS)
		c.lag = append(c.lag, max(0, r.SentNS-r.DueNS)) // a nanosecond early is no lag
	}
	if r.Attempts-r.Retries-r.Redirects > 1 {
		c.reconnects++
	}
	if r.Score != nil && !math.IsNaN(*r.Score) && !math.IsInf(*r.Score, 0) {
		c.scores = append(c.scores, *r.Score)
	}
	switch r.Status {
	case results.StatusOK:
		c.addOK(r)
	case results.StatusUnfinished:
		c.counts.Unfinished++
	case results.StatusCancelled:
		c.counts.Cancelled++
	default:
		c.addError(r)
	}
}

// addApart takes in a request of the warm-up or the cool-down. Its answer is in the throughput of the window in which it
// ends: without those that were under way when the window began, it would seem that the server had been idle.
func (c *collector) addApart(r *results.Record) {
	if r.Warmup {
		c.counts.Warmup++
	} else {
		c.counts.Cooldown++
	}
	if r.Status == results.StatusOK {
		c.addAnswer(r)
	}
}

// addAnswer takes a success into the throughput.
func (c *collector) addAnswer(r *results.Record) {
	prompt := int64(0)
	if r.PromptTokens != nil {
		prompt = *r.PromptTokens
	}
	c.answered = append(c.answered, answer{r.DoneNS, r.OutputTokens, r.OutputTokens + prompt})
}

func (c *collector) addError(r *results.Record) {
	c.counts.Errors++
	kind := cmp.Or(r.ErrorKind, "other")
	f := c.failures[kind]
	switch {
	case f == nil:
		if c.failures == nil {
			c.failures = make(map[string]*failure)
		}
		c.failures[strings.Clone(kind)] = &failure{1, r.Sequence, strings.Clone(r.ErrorMessage)}
		return
	case r.Sequence < f.sequence, r.Sequence == f.sequence && r.ErrorMessage < f.message:
		f.sequence, f.message = r.Sequence, strings.Clone(r.ErrorMessage)
	}
	f.count++
}

func (c *collector) addOK(r *results.Record) {
	c.counts.OK++
	count(&c.tokenSources, r.TokenSource)
	count(&c.timeSources, r.TimeSource)
	count(&c.finishReasons, cmp.Or(r.FinishReason, "none"))
	if r.PromptTokens != nil && r.CachedTokens != nil {
		c.cached += *r.CachedTokens
		c.cachet += *r.PromptTokens
	}
	c.addAnswer(r)
	if r.Empty() {
		c.counts.ZeroToken++
		return
	}
	c.addTimes(r)
	c.addTokens(r)
	c.good.add(r)
}

func (c *collector) addTimes(r *results.Record) {
	c.latency = c.span(c.latency, r.SentNS, r.DoneNS)
	if r.SentNS != 0 {
		c.scheduled = c.span(c.scheduled, r.DueNS, r.DoneNS)
	}
	c.ttfb = c.span(c.ttfb, r.SentNS, r.HeadersNS)
	c.ttfc = c.span(c.ttfc, r.SentNS, r.FirstChunkNS)
	c.ttft = c.span(c.ttft, r.SentNS, r.FirstTokenNS)
	c.ttfo = c.span(c.ttfo, r.SentNS, r.FirstOutputNS)
	c.chunks += int64(len(r.ChunkNS))
	c.joined += int64(r.CoalescedChunks)
	for i := 1; i < len(r.ChunkNS); i++ {
		c.gaps = c.span(c.gaps, r.ChunkNS[i-1], r.ChunkNS[i])
	}
}

func (c *collector) addTokens(r *results.Record) {
	if r.PromptTokens != nil {
		c.promptTokens = append(c.promptTokens, float64(*r.PromptTokens))
	}
	if !r.Counted() || r.OutputTokens < 0 {
		return
	}
	n := float64(r.OutputTokens)
	c.outTokens = append(c.outTokens, n)
	if v, ok := tpot(r); ok {
		c.tpot = append(c.tpot, v)
	}
	if r.TokenSource != results.TokensFromChunks && len(r.ChunkNS) > 0 {
		c.tokensPerChunk = append(c.tokensPerChunk, n/float64(len(r.ChunkNS)))
	}
	if v, ok := genSpeed(r); ok {
		c.speed = append(c.speed, v)
	}
}

// span appends the time from one instant to another, if the second happened. Only a due instant can be 0 and
// have happened: the schedule of a run starts there.
func (c *collector) span(to []int64, from, until int64) []int64 {
	if until == 0 {
		return to
	}
	d := until - from
	if until < from || d < 0 { // or so far apart that they overflow
		c.backward++
		return to
	}
	return append(to, d)
}

func count(m *map[string]int, key string) {
	if *m == nil {
		*m = make(map[string]int)
	}
	(*m)[key]++
}

// errorKinds returns the classes of errors, the most frequent first.
func (c *collector) errorKinds() []ErrorKind {
	kinds := make([]ErrorKind, 0, len(c.failures))
	for kind, f := range c.failures {
		kinds = append(kinds, ErrorKind{kind, f.count, f.message})
	}
	slices.SortFunc(kinds, func(a, b ErrorKind) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Kind, b.Kind))
	})
	return kinds
}
