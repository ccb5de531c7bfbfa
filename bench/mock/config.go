package mock

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// Limits of a [Server], so that no request can make it use more than a known amount of memory.
const (
	maxAnswer   = 1 << 20  // tokens of one answer; a longer one is cut to this
	maxChoices  = 128      // n, or n times the prompts of one request
	maxBody     = 32 << 20 // bytes of a request's body
	maxHeader   = 1 << 20  // bytes of a request's header
	maxBacklog  = 1 << 18  // bytes a slow reader may leave unread before its generation waits
	maxPrompts  = 1 << 20  // prompts the prompt cache remembers; when full it starts anew
	maxDelay    = time.Hour
	maxTTFT     = 24 * time.Hour
	defaultSize = 128 // tokens of an answer when neither request nor configuration says
)

// Config is how a [Server] behaves. The zero value is a plain OpenAI-compatible server that answers at once,
// without limits and without faults.
type Config struct {
	Like  string // the server to imitate, one of [Likes]; "" is a plain well-formed OpenAI server
	Model string // the model served; "" is "mock-model"
	Seed  int64  // of jitter, failures and ids

	// Tokens is the length of an answer: what the model says when nothing cuts it. A request's max_tokens cuts it
	// (finish reason "length"); with ignore_eos it sets the length. 0 leaves the length to max_tokens, and to 128
	// where that is absent too.
	Tokens int
	// ReasoningTokens is how many tokens at the start of a chat answer are reasoning.
	ReasoningTokens int
	// TokensPerChunk is how many tokens share a chunk; 0 is 1. A chunk goes out when its first token is due.
	TokensPerChunk int

	// Token i of an answer is due at start + TTFT + i*ITL, start being the later of the request's arrival and
	// its getting a slot: no delay adds to the next. Each jitter is the standard deviation of a normal
	// distribution around its mean, cut at zero; token times then are the running sum of the drawn gaps.
	TTFT, ITL             time.Duration
	TTFTJitter, ITLJitter time.Duration

	// Slots is how many generations run at once; 0 is no limit.
	Slots int
	// Queue is how many requests may wait for a slot; more are refused (429; Ollama says 503). Negative is no
	// limit; 0 is none: every request beyond Slots is refused.
	Queue int
	// RetryAfter is the Retry-After of a refusal for overload; 0 sends none.
	RetryAfter time.Duration

	// ContextTokens is the longest prompt; 0 is no limit. A longer one is refused, or cut silently, as the
	// imitated server does.
	ContextTokens int
	// PromptCache reports a prompt seen before as cached tokens, and answers it after CachedTTFT when that is set.
	PromptCache bool
	CachedTTFT  time.Duration

	APIKey      string // bearer token to ask for; "" asks for none
	StrictModel bool   // refuse any model but Model, with 404

	// CloseAfter closes a connection without notice after this many responses. 0 does as the imitated server:
	// llama-server closes after a streamed response, the others never; negative never closes.
	CloseAfter int
	// KeepAliveTimeout closes a connection that has been idle this long; 0 is never.
	KeepAliveTimeout time.Duration

	Failures Failures
	Quirks   []Quirk

	// RecordSends keeps when each content chunk was sent, for [Server.Sends] and GET /mock/sends.
	RecordSends bool
	// MaxRecorded is how many requests RecordSends keeps, the first ones; 0 is 262,144. At most 16 Mi chunk
	// times (128 MiB) are kept in all. What came after is counted as dropped.
	MaxRecorded int

	// GoTimers times with Go timers in place of a thread that sleeps in the kernel: up to a millisecond late,
	// but it follows the virtual time of testing/synctest.
	GoTimers bool
}

// Failures are faults on purpose. The rates are shares of the generation requests that passed all checks; each
// request suffers one fault at most, which one depends on Seed and on the request's place in the order of
// arrival alone.
type Failures struct {
	ErrorRate float64 // answered at once with Status
	Status    int     // 0 is 500
	CutRate   float64 // the connection is closed in the middle of the answer
	ResetRate float64 // the same with a TCP reset
	HangRate  float64 // the answer stops, maybe before its first token, and the connection stays open
	EventRate float64 // an error event in the middle of a stream, which then ends

	// Loading is how long from the first connection or [Server.Serve] on everything is answered with 503.
	Loading time.Duration
}

func (c *Config) validate() error {
	if _, ok := dialects[c.Like]; !ok {
		return fmt.Errorf("mock: unknown server %q to be like: want one of %q, or none", c.Like, Likes())
	}
	for _, q := range c.Quirks {
		if !slices.Contains(AllQuirks(), q) {
			return fmt.Errorf("mock: unknown quirk %q: want one of %q", q, AllQuirks())
		}
	}
	if s := c.Failures.Status; s != 0 && (s < 400 || s > 599) {
		return fmt.Errorf("mock: failure status %d: want 400 to 599", s)
	}
	return cmp.Or(c.validateTimes(), c.validateCounts(), c.Failures.validate())
}

func (c *Config) validateTimes() error {
	for _, t := range []struct {
		name   string
		d, max time.Duration
	}{
		{"TTFT", c.TTFT, maxTTFT}, {"cached TTFT", c.CachedTTFT, maxTTFT}, {"ITL", c.ITL, maxDelay},
		{"TTFT jitter", c.TTFTJitter, maxDelay}, {"ITL jitter", c.ITLJitter, maxDelay},
		{"loading time", c.Failures.Loading, maxTTFT}, {"Retry-After", c.RetryAfter, maxTTFT},
		{"keep-alive timeout", c.KeepAliveTimeout, maxTTFT},
	} {
		if t.d < 0 || t.d > t.max {
			return fmt.Errorf("mock: %s %s: want 0 to %s", t.name, t.d, t.max)
		}
	}
	return nil
}

func (c *Config) validateCounts() error {
	for _, n := range []struct {
		name string
		n    int
	}{
		{"tokens", c.Tokens}, {"reasoning tokens", c.ReasoningTokens}, {"tokens per chunk", c.TokensPerChunk},
		{"slots", c.Slots}, {"context tokens", c.ContextTokens}, {"recorded requests", c.MaxRecorded},
	} {
		if n.n < 0 {
			return fmt.Errorf("mock: %s %d: want 0 or more", n.name, n.n)
		}
	}
	return nil
}

func (f *Failures) validate() error {
	var sum float64
	for _, r := range []float64{f.ErrorRate, f.CutRate, f.ResetRate, f.HangRate, f.EventRate} {
		if !(r >= 0 && r <= 1) {
			return fmt.Errorf("mock: failure rate %g: want 0 to 1", r)
		}
		sum += r
	}
	if sum > 1+1e-9 || math.IsNaN(sum) {
		return fmt.Errorf("mock: failure rates add up to %g: want 1 at most", sum)
	}
	return nil
}

func (c Config) withDefaults() Config {
	c.Model = cmp.Or(c.Model, "mock-model")
	c.TokensPerChunk = min(cmp.Or(c.TokensPerChunk, 1), maxAnswer)
	c.MaxRecorded = cmp.Or(c.MaxRecorded, 1<<18)
	c.Failures.Status = cmp.Or(c.Failures.Status, 500)
	c.Quirks = slices.Clone(c.Quirks)
	return c
}
