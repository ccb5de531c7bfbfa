package bench

import (
	"strconv"

	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
)

// call is one request on its way: what is known before it is sent.
type call struct {
	prompt   *Prompt
	sequence int64
	due      int64 // ns since the epoch
	id       string
}

// fill completes rec from the call and what came back. It swaps slices with resp rather than copying them.
func (b *benchmark) fill(rec *results.Record, c *call, resp *openai.Response) {
	rec.Run, rec.Benchmark, rec.Shard = b.RunID, int32(b.index), b.Shard
	rec.Strategy = string(b.strategy.Kind)
	rec.TargetRate, rec.TargetConcurrency = b.strategy.Rate, int32(b.strategy.Concurrency)
	rec.Sequence, rec.RequestID, rec.DueNS = c.sequence, c.id, c.due
	rec.PromptLine, rec.PromptSHA256, rec.Expected = c.prompt.Line, c.prompt.SHA256, c.prompt.Expected
	fillInstants(rec, resp)
	fillTokens(rec, resp)
	fillOutcome(rec, resp)
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
	case u.Output != nil:
		rec.OutputTokens, rec.TokenSource = *u.Output, results.TokensFromUsage
	case len(rec.ChunkNS) > 0:
		rec.OutputTokens, rec.TokenSource = int64(len(rec.ChunkNS)), results.TokensFromChunks
	default:
		rec.TokenSource = results.TokensUnknown
	}
	if t := resp.ServerTimings; t != nil {
		rec.ServerPromptMS, rec.ServerPredictedMS = &t.PromptMS, &t.PredictedMS
	}
}

func fillOutcome(rec *results.Record, resp *openai.Response) {
	rec.Status, rec.FinishReason = results.StatusOK, resp.FinishReason
	rec.HTTPStatus, rec.Attempts = int32(resp.HTTPStatus), int32(resp.Attempts)
	rec.ConnectionReused, rec.BytesReceived = resp.Reused, resp.Bytes
	if resp.Text != nil {
		text := string(resp.Text)
		rec.ResponseText = &text
	}
	if resp.Err == nil {
		return
	}
	rec.Status, rec.ErrorKind, rec.ErrorMessage = results.StatusError, string(resp.Err.Kind), resp.Err.Message
	if resp.Err.Kind == openai.KindCancelled {
		rec.Status = results.StatusUnfinished
	}
}

// requestID tells a request apart from every other: run, benchmark, sequence.
func (b *benchmark) requestID(sequence int64) string {
	return b.RunID + "-" + strconv.Itoa(b.index) + "-" + strconv.FormatInt(sequence, 10)
}
