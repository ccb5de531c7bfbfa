package openai

import (
	"strconv"
	"unicode/utf8"
)

// Message is one turn of a chat.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// BodyOptions is what goes into every request body.
type BodyOptions struct {
	Endpoint    Endpoint
	Model       string   // left out of the body when empty
	MaxTokens   int      // 0: the server's default
	Temperature *float64 // must be finite; nil: the server's default
	Seed        *int64   // nil: the server's choice
	IgnoreEOS   bool     // generate until MaxTokens: an extension of vLLM and llama.cpp
}

// AppendBody appends the JSON body of a streaming request (stream_options.include_usage true). For Completions
// the messages' contents are joined by blank lines into the prompt. Invalid UTF-8 becomes U+FFFD.
func AppendBody(dst []byte, o BodyOptions, messages []Message) []byte {
	dst = append(dst, '{')
	if o.Model != "" {
		dst = append(dst, `"model":`...)
		dst = append(appendString(dst, o.Model), ',')
	}
	if o.Endpoint == Completions {
		dst = appendPrompt(dst, messages)
	} else {
		dst = appendMessages(dst, messages)
	}
	if o.MaxTokens > 0 {
		dst = append(dst, `,"max_tokens":`...)
		dst = strconv.AppendInt(dst, int64(o.MaxTokens), 10)
	}
	if o.Temperature != nil {
		dst = append(dst, `,"temperature":`...)
		dst = strconv.AppendFloat(dst, *o.Temperature, 'g', -1, 64)
	}
	if o.Seed != nil {
		dst = append(dst, `,"seed":`...)
		dst = strconv.AppendInt(dst, *o.Seed, 10)
	}
	if o.IgnoreEOS {
		dst = append(dst, `,"ignore_eos":true`...)
	}
	return append(dst, `,"stream":true,"stream_options":{"include_usage":true}}`...)
}

func appendMessages(dst []byte, messages []Message) []byte {
	dst = append(dst, `"messages":[`...)
	for i, m := range messages {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"role":`...)
		dst = appendString(dst, m.Role)
		dst = append(dst, `,"content":`...)
		dst = appendString(dst, m.Content)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func appendPrompt(dst []byte, messages []Message) []byte {
	dst = append(dst, `"prompt":"`...)
	for i, m := range messages {
		if i > 0 {
			dst = append(dst, `\n\n`...)
		}
		dst = appendEscaped(dst, m.Content)
	}
	return append(dst, '"')
}

func appendString(dst []byte, s string) []byte {
	return append(appendEscaped(append(dst, '"'), s), '"')
}

// appendEscaped appends s as the inside of a JSON string.
func appendEscaped(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	clean := 0 // s[clean:i] needs no escape
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[clean:i]...), `\ufffd`...)
				clean = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[clean:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, `\n`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\r':
			dst = append(dst, `\r`...)
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
		i++
		clean = i
	}
	return append(dst, s[clean:]...)
}
