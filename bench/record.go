package bench

import (
	"cmp"
	"strconv"

	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
)

// call is one request on its way: what is known before it is sent.
type call struct {
	prompt   *Prompt
	sequence int64 // of all shards
	taken    int64 // of this one: how many were before it
	due      int64 // ns since the epoch
	id       string
	model    string // of a mix; "" leaves it to the run
	chance   uint64 // that decides what happens to it at random
	session  *int64 // nil outside of sessions
	turn     *int32
}

// begun is the number of what the load began for the call: of its session, or of the request itself.
func (c *call) begun() int64 {
	if c.session != nil {
		return *c.session
	}
	return c.sequence
}

// fill completes rec from the call and what came back. It swaps slices with the response rather than copying them.
func (w *worker) fill(rec *results.Record) {
	b, c, resp := w.benchmark, &w.call, &w.resp
	rec.Run, rec.Benchmark, rec.Shard = b.RunID, int32(b.index), int32(b.Shard.Index)
	rec.Strategy, rec.Model = string(b.strategy.Kind), cmp.Or(c.model, b.Model)
	rec.TargetRate, rec.TargetConcurrency = b.strategy.Rate, int32(b.strategy.Concurrency)
	rec.Sequence, rec.RequestID, rec.DueNS = c.sequence, c.id, c.due
	rec.PromptLine, rec.PromptSHA256, rec.Expected = c.prompt.Line, c.prompt.SHA256, c.prompt.Expected
	fillInstants(rec, resp)
	fillTokens(rec, resp)
	fillOutcome(rec, resp)
	if w.abandon.ended(resp) {
		rec.Status, rec.ErrorMessage = results.StatusCancelled, errAbandoned.Error()
	}
	if b.DropText {
		rec.ResponseText = nil
	}
	w.session.fill(rec, c)
	b.phases.mark(rec)
}

func fillInstants(rec *results.Record, resp *openai.Response) {
	rec.SentNS, rec.ConnectedNS, rec.HeadersNS = resp.Sent, resp.Connected, resp.Headers
	rec.FirstChunkNS, rec.FirstTokenNS, rec.FirstOutputNS = resp.FirstChunk, resp.FirstToken, resp.FirstOutput
	rec.LastTokenNS, rec.DoneNS = resp.LastToken, resp.Done
	rec.ChunkNS, resp.Chunks = resp.Chunks, rec.ChunkNS
	rec.ChunkTokens, resp.ChunkTokens = resp.ChunkTokens, rec.ChunkTokens
	rec.CoalescedChunks = int32(resp.Coalesced)
	rec.TimeSource = "clock"
	if resp.KernelTimes {
		rec.TimeSource = "kernel"
	}
}

func fillTokens(rec *results.Record, resp *openai.Response) {
	u := resp.Usage
	rec.PromptTokens, rec.ReasoningTokens, rec.CachedTokens = u.Prompt, u.Reasoning, u.Cached
	switch {
	case resp.NoTokens:
		rec.TokenSource = results.TokensNotAsked
	case u.Output == nil && len(rec.ChunkNS) == 0 && resp.Err == nil:
		rec.TokenSource = results.TokensUncounted
	case u.Output != nil:
		rec.OutputTokens, rec.TokenSource = *u.Output, results.TokensFromUsage
	case len(rec.ChunkNS) > 0:
		rec.OutputTokens, rec.TokenSource = int64(len(rec.ChunkNS)), results.TokensFromChunks
	default:
		rec.TokenSource = results.TokensUnknown
	}
	if t := resp.ServerTimings; t != nil {
		rec.ServerQueueMS, rec.ServerPromptMS, rec.ServerPredictedMS = t.QueueMS, t.PromptMS, t.PredictedMS
	}
}

func fillOutcome(rec *results.Record, resp *openai.Response) {
	rec.Status, rec.FinishReason = results.StatusOK, resp.FinishReason
	rec.HTTPStatus, rec.Attempts = int32(resp.HTTPStatus), int32(resp.Attempts)
	rec.Retries, rec.Redirects = int32(resp.Retries), int32(resp.Redirects)
	rec.ConnectionReused, rec.BytesReceived, rec.Target = resp.Reused, resp.Bytes, resp.Target
	if resp.Text != nil {
		text := string(resp.Text)
		rec.ResponseText = &text
	}
	if resp.Err == nil {
		return
	}
	rec.Status, rec.ErrorKind, rec.ErrorMessage = results.StatusError, string(resp.Err.Kind), resp.Err.Message
	if len(resp.ErrorBody) > 0 {
		body := string(resp.ErrorBody)
		rec.ErrorBody = &body
	}
	if resp.Err.Kind == openai.KindCancelled || resp.Err.Kind == openai.KindNotSent {
		rec.Status = results.StatusUnfinished
	}
}

// requestID tells a request apart from every other: run, benchmark, sequence.
func (b *benchmark) requestID(sequence int64) string {
	return b.RunID + "-" + strconv.Itoa(b.index) + "-" + strconv.FormatInt(sequence, 10)
}
