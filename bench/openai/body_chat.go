package openai

// chat writes what [Chat] has beside the model.
func (b *body) chat() {
	if b.begin("messages") {
		b.dst = append(b.dst, '[')
		for i := range b.in.Messages {
			if i > 0 {
				b.dst = append(b.dst, ',')
			}
			b.dst = appendMessage(b.dst, &b.in.Messages[i])
		}
		b.dst = append(b.dst, ']')
	}
	b.generation()
	b.raw("tools", b.o.tools(b.in))
	b.raw("response_format", b.o.ResponseFormat)
	b.stream()
	b.usage()
}

// completion writes what [Completions] has beside the model.
func (b *body) completion() {
	b.text("prompt")
	b.generation()
	b.raw("response_format", b.o.ResponseFormat)
	b.stream()
	b.usage()
}

// generation is what the two have in common.
func (b *body) generation() {
	if !b.has("max_completion_tokens") { // the newer name of the same
		b.int("max_tokens", b.o.maxTokens(b.in))
	}
	b.sampling()
	b.strings("stop", b.o.Stop)
	b.int("n", b.o.N)
}

func appendMessage(dst []byte, m *Message) []byte {
	if m.Raw != nil {
		return append(dst, m.Raw...)
	}
	dst = append(dst, `{"role":`...)
	dst = appendString(dst, m.Role)
	dst = append(dst, `,"content":`...)
	dst = appendString(dst, m.Content)
	return append(dst, '}')
}
