package openai

import "strings"

// message writes what [Messages] has beside the model: there, what the system says is not a message.
func (b *body) message() {
	turns := b.in.Messages
	var system []string
	for len(turns) > 0 && (turns[0].Role == "system" || turns[0].Role == "developer") {
		system, turns = append(system, turns[0].Content), turns[1:]
	}
	b.string("system", strings.Join(system, "\n\n"))
	if b.begin("messages") {
		b.turns(turns, messageParts)
	}
	b.int("max_tokens", b.o.maxTokens(b.in))
	b.sampling()
	b.strings("stop_sequences", b.o.Stop)
	b.raw("tools", b.o.tools(b.in))
	b.stream()
}

func messageParts(dst []byte, p Part, _ string) []byte {
	if p.Image == "" {
		dst = append(dst, `{"type":"text","text":`...)
		return append(appendString(dst, p.Text), '}')
	}
	dst = append(dst, `{"type":"image","source":{"type":`...)
	kind, data, inline := cutDataURL(p.Image)
	if !inline {
		dst = append(dst, `"url","url":`...)
		return append(appendString(dst, p.Image), `}}`...)
	}
	dst = append(dst, `"base64","media_type":`...)
	dst = append(appendString(dst, kind), `,"data":`...)
	return append(appendString(dst, data), `}}`...)
}

// cutDataURL takes apart a data URL in base 64.
func cutDataURL(url string) (kind, data string, ok bool) {
	rest, ok := strings.CutPrefix(url, "data:")
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, ";base64,")
}
