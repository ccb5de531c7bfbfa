package trace

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// line is every layout of a JSONL trace at once; each uses its own keys.
type line struct {
	TimestampMS *float64        `json:"timestamp_ms"` // our own
	At          json.RawMessage `json:"at"`           // our own: seconds, or a duration such as "1.5s"
	Timestamp   *float64        `json:"timestamp"`    // ms; in Bailian's traces, which have chat_id, s
	ChatID      json.RawMessage `json:"chat_id"`

	InputLength  *int `json:"input_length"`
	OutputLength *int `json:"output_length"`

	Prompt    *string         `json:"prompt"`
	TextInput *string         `json:"text_input"` // AIPerf's word for it
	Messages  json.RawMessage `json:"messages"`
}

// readJSONL reads the lines of a trace; blank ones are none.
func readJSONL(br *bufio.Reader) ([]timed, error) {
	var rows []timed
	for n := 1; ; n++ {
		raw, err := readLine(br)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if raw = bytes.TrimSpace(raw); len(raw) > 0 {
			r, perr := parseLine(raw)
			if perr != nil {
				return nil, fmt.Errorf("line %d: %w", n, perr)
			}
			rows = append(rows, r)
		}
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
	}
}

func readLine(br *bufio.Reader) ([]byte, error) {
	var whole []byte
	for {
		part, err := br.ReadSlice('\n')
		whole = append(whole, part...)
		switch {
		case len(whole) > lineLimit:
			return nil, fmt.Errorf("longer than %d MiB", lineLimit>>20)
		case !errors.Is(err, bufio.ErrBufferFull):
			return whole, err
		}
	}
}

func parseLine(raw []byte) (r timed, err error) {
	var l line
	if err := json.Unmarshal(raw, &l); err != nil {
		return r, err
	}
	if r.at, err = l.time(); err != nil {
		return r, err
	}
	if r.InputTokens, err = length("input_length", l.InputLength); err != nil {
		return r, err
	}
	if r.OutputTokens, err = length("output_length", l.OutputLength); err != nil {
		return r, err
	}
	switch {
	case l.Prompt != nil:
		r.Prompt = *l.Prompt
	case l.TextInput != nil:
		r.Prompt = *l.TextInput
	case len(l.Messages) > 0 && l.Messages[0] == '[':
		r.Messages = l.Messages
	case len(l.Messages) > 0 && !bytes.Equal(l.Messages, []byte("null")):
		return r, errors.New("messages: expected an array")
	}
	return r, nil
}

func (l *line) time() (time.Duration, error) {
	switch {
	case l.TimestampMS != nil:
		return seconds(*l.TimestampMS / 1000)
	case l.At != nil:
		return parseAt(l.At)
	case l.Timestamp != nil && l.ChatID != nil:
		return seconds(*l.Timestamp)
	case l.Timestamp != nil:
		return seconds(*l.Timestamp / 1000)
	}
	return 0, errors.New(`no time: expected one of the keys "timestamp" (ms), "timestamp_ms", "at" (seconds)`)
}

func parseAt(raw json.RawMessage) (time.Duration, error) {
	text := string(raw)
	if s, err := strconv.Unquote(text); err == nil {
		d, err := time.ParseDuration(s)
		if err != nil {
			return 0, fmt.Errorf("at: %w", err)
		}
		return seconds(d.Seconds())
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("at: %.40q: expected seconds, or a duration such as \"1.5s\"", text)
	}
	return seconds(f)
}

func length(name string, n *int) (int, error) {
	switch {
	case n == nil:
		return 0, nil
	case *n < 0:
		return 0, fmt.Errorf("%s %d: expected at least 0", name, *n)
	}
	return *n, nil
}
