package openai

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMessage is the length of an Error's message, in characters.
const maxMessage = 200

// A censor makes text that came from a server fit to be shown.
type censor struct {
	hidden  []string
	secrets *strings.Replacer // of hidden
}

// newCensor takes the values, none empty, that must never be shown.
func newCensor(secrets []string) censor {
	var pairs []string
	for _, s := range secrets {
		pairs = append(pairs, s, "[secret]")
	}
	return censor{secrets, strings.NewReplacer(pairs...)}
}

// with is a censor that hides further values.
func (c censor) with(secrets []string) censor { return newCensor(slices.Concat(c.hidden, secrets)) }

// show makes the message of an Error of s: secrets replaced, what does not print escaped, cut to maxMessage.
func (c censor) show(s string) string {
	s = c.secrets.Replace(escape(c.secrets.Replace(strings.TrimSpace(s))))
	if utf8.RuneCountInString(s) <= maxMessage {
		return s
	}
	cut := 0
	for range maxMessage - 1 {
		_, size := utf8.DecodeRuneInString(s[cut:])
		cut += size
	}
	return s[:cut] + "…"
}

// escape writes each character that does not print, and each byte that is no UTF-8, as a Go escape sequence.
func escape(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }) < 0 {
		return s
	}
	b := make([]byte, 0, len(s)+16)
	for i, size := 0, 0; i < len(s); i += size {
		var r rune
		switch r, size = utf8.DecodeRuneInString(s[i:]); {
		case r == utf8.RuneError && size == 1:
			b = fmt.Appendf(b, `\x%02x`, s[i])
		case unicode.IsPrint(r):
			b = append(b, s[i:i+size]...)
		default:
			quoted := strconv.AppendQuoteRune(nil, r)
			b = append(b, quoted[1:len(quoted)-1]...)
		}
	}
	return string(b)
}

// describe makes one line of a body that is no answer: the message in it when it is JSON, its text when it is HTML,
// else itself.
func describe(body []byte) string {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if m := errorMessage(body); m != "" {
		return m
	}
	if bytes.HasPrefix(body, []byte{'<'}) {
		return htmlText(string(body))
	}
	return string(body)
}

// errorMessage finds the message in a JSON error of any of the shapes in use: {"error":{"message":…}},
// {"error":…}, {"message":…}, {"detail":…}, {"detail":[{"msg":…}]}. It is empty when there is none.
func errorMessage(data []byte) string { return messageIn(data, 4) }

func messageIn(data []byte, depth int) string {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || depth == 0 {
		return ""
	}
	switch data[0] {
	case '"':
		var s string
		_ = json.Unmarshal(data, &s)
		return s
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(data, &list) == nil && len(list) > 0 {
			return messageIn(list[0], depth-1)
		}
	case '{':
		return messageInObject(data, depth)
	}
	return ""
}

func messageInObject(data []byte, depth int) string {
	var o struct {
		Error, Message, Msg, Detail json.RawMessage
		PromptTokens                json.Number `json:"n_prompt_tokens"`
		Context                     json.Number `json:"n_ctx"`
	}
	if unmarshal(data, &o) != nil {
		return ""
	}
	for _, part := range []json.RawMessage{o.Error, o.Message, o.Msg, o.Detail} {
		m := messageIn(part, depth-1)
		if m == "" {
			continue
		}
		if o.PromptTokens != "" && o.Context != "" && !strings.Contains(m, o.PromptTokens.String()) {
			m += fmt.Sprintf(" (prompt of %s tokens, context of %s)", o.PromptTokens, o.Context)
		}
		return m
	}
	return ""
}

var (
	htmlHidden = regexp.MustCompile(`(?is)<(script|style|head)\b.*?(</(script|style|head)\s*>|$)|<!--.*?(-->|$)`)
	htmlTitle  = regexp.MustCompile(`(?is)<title[^>]*>([^<]*)`)
	htmlTag    = regexp.MustCompile(`<[^>]*(>|$)`)
)

// htmlText is what a reader of an HTML page sees first: its title, unless the text begins with that, and its text, on
// one line.
func htmlText(page string) string {
	line := func(s string) string { return strings.Join(strings.Fields(html.UnescapeString(s)), " ") }
	text := line(htmlTag.ReplaceAllString(htmlHidden.ReplaceAllString(page, " "), " "))
	if m := htmlTitle.FindStringSubmatch(page); m != nil {
		if title := line(m[1]); !strings.HasPrefix(text, title) {
			return strings.TrimSpace(title + " " + text)
		}
	}
	return text
}
