// Package trace reads recorded traces: when requests came to a service, how long their answers were, and what they
// asked where that was published.
package trace

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"
)

// Format of a trace.
type Format string

// The formats that [Read] knows.
const (
	JSONL    Format = "jsonl"    // one object per line: Mooncake's, Bailian's, or our own
	Azure    Format = "azure"    // CSV of the Azure LLM inference traces
	BurstGPT Format = "burstgpt" // CSV of BurstGPT
)

// Request is one request of a trace.
type Request struct {
	At           time.Duration   // after the first request of the trace
	Prompt       string          // what it asked; "" where the trace does not tell or has Messages
	Messages     json.RawMessage // or the conversation, an array of OpenAI's messages
	InputTokens  int             // 0 where the trace does not tell
	OutputTokens int             // 0 where the trace does not tell
}

// Trace is a trace file.
type Trace struct {
	Format   Format
	Requests []Request // by time, at least one; those at one instant are in the order of the file
	Skipped  int       // lines of BurstGPT without an answer: requests that had failed
}

// HasPrompts reports whether every request says what it asked.
func (t *Trace) HasPrompts() bool {
	return !slices.ContainsFunc(t.Requests, func(r Request) bool { return r.Prompt == "" && r.Messages == nil })
}

// ErrEmpty reports a trace without a request.
var ErrEmpty = errors.New("no requests in the trace")

// lineLimit is how long a line may be.
const lineLimit = 64 << 20

// timed is a request with its time as the file has it.
type timed struct {
	at time.Duration
	Request
}

// Read reads a whole trace and tells its format by its first line. Its errors name the line.
func Read(r io.Reader) (*Trace, error) {
	br := bufio.NewReaderSize(r, 1<<16)
	head, err := br.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		_, _ = br.Discard(3) // they are in the buffer
	}
	var rows []timed
	t := &Trace{Format: JSONL}
	c, err := firstByte(br)
	switch {
	case err != nil:
		return nil, err
	case c == '{':
		rows, err = readJSONL(br)
	default:
		rows, err = t.readCSV(br)
	}
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrEmpty
	}
	t.Requests = byTime(rows)
	return t, nil
}

// firstByte returns the first byte that is not white space, and leaves br where it is: lines count from there.
func firstByte(br *bufio.Reader) (byte, error) {
	for n := 1; ; n++ {
		head, err := br.Peek(n)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, bufio.ErrBufferFull):
			return 0, ErrEmpty
		case err != nil:
			return 0, err
		}
		if c := head[n-1]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c, nil
		}
	}
}

// byTime sorts rows by time and counts time from the first.
func byTime(rows []timed) []Request {
	slices.SortStableFunc(rows, func(a, b timed) int { return cmp.Compare(a.at, b.at) })
	requests := make([]Request, len(rows))
	for i, r := range rows {
		requests[i] = r.Request
		requests[i].At = r.at - rows[0].at
	}
	return requests
}

// seconds is f seconds as a time. Nothing that a trace counts from is more than 146 years away.
func seconds(f float64) (time.Duration, error) {
	ns := f * float64(time.Second)
	if !(math.Abs(ns) < math.MaxInt64/2) {
		return 0, fmt.Errorf("%v seconds are no time of a trace", f)
	}
	return time.Duration(math.Round(ns)), nil
}
