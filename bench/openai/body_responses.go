package openai

// response writes what [Responses] has beside the model.
func (b *body) response() {
	if b.begin("input") {
		b.turns(b.in.Messages, responseParts)
	}
	b.int("max_output_tokens", b.o.maxTokens(b.in))
	b.sampling()
	b.strings("stop", b.o.Stop) // an extension of servers
	b.raw("tools", b.o.tools(b.in))
	if b.o.ResponseFormat != nil && b.begin("text") {
		b.dst = append(b.dst, `{"format":`...)
		b.dst = append(append(b.dst, b.o.ResponseFormat...), '}')
	}
	b.stream()
}

// turns writes a list of messages whose parts are written by the API's own function.
func (b *body) turns(list []Message, part func(dst []byte, p Part, role string) []byte) {
	b.dst = append(b.dst, '[')
	for i := range list {
		m := &list[i]
		if i > 0 {
			b.dst = append(b.dst, ',')
		}
		if len(m.Parts) == 0 {
			plain := Message{Role: m.Role, Content: m.Content}
			b.dst = appendMessage(b.dst, &plain)
			continue
		}
		b.dst = append(b.dst, `{"role":`...)
		b.dst = append(appendString(b.dst, m.Role), `,"content":[`...)
		for j, p := range m.Parts {
			if j > 0 {
				b.dst = append(b.dst, ',')
			}
			b.dst = part(b.dst, p, m.Role)
		}
		b.dst = append(b.dst, `]}`...)
	}
	b.dst = append(b.dst, ']')
}

func responseParts(dst []byte, p Part, role string) []byte {
	switch {
	case p.Image != "":
		dst = append(dst, `{"type":"input_image","image_url":`...)
		return append(appendString(dst, p.Image), '}')
	case role == "assistant":
		dst = append(dst, `{"type":"output_text","text":`...)
	default:
		dst = append(dst, `{"type":"input_text","text":`...)
	}
	return append(appendString(dst, p.Text), '}')
}
