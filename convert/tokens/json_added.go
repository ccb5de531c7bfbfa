package tokens

// add takes over added tokens: some are looked for in text as it is, some in what normalizing makes of it.
func (t *Tokenizer) add(list []jsonAdded) error {
	var raw, rewritten []addedToken
	for _, a := range list {
		if a.Content == "" {
			continue
		}
		if a.ID < 0 || int(a.ID) > 4*(len(t.texts)+len(list))+1<<20 {
			return corrupt("added token %.100q has the id %d", a.Content, a.ID)
		}
		token := addedToken{a.Content, a.ID, a.SingleWord, a.LStrip, a.RStrip}
		for len(t.texts) <= int(a.ID) {
			t.texts = append(t.texts, "")
		}
		t.texts[a.ID] = a.Content
		if !a.Normalized {
			raw = append(raw, token)
			continue
		}
		token.content = t.normalize(piece{text: a.Content, first: true}, false).text
		if token.content != "" {
			rewritten = append(rewritten, token)
		}
	}
	t.raw, t.rewritten = newFinder(raw), newFinder(rewritten)
	return nil
}
