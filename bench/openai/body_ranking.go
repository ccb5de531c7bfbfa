package openai

// ranking writes what [Rerank] has beside the model.
func (b *body) ranking() {
	b.text("query")
	if b.begin("documents") {
		b.dst = append(b.dst, '[')
		for i, d := range b.in.Documents {
			if i > 0 {
				b.dst = append(b.dst, ',')
			}
			b.dst = appendString(b.dst, d)
		}
		b.dst = append(b.dst, ']')
	}
}
