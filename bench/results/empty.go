package results

// Empty says whether an ok request brought nothing: it was fast for the wrong reason. The client calls such an answer
// an error (empty_answer), so only files of older versions have any.
func (r *Record) Empty() bool {
	whole := r.TokenSource == TokensUncounted || r.TokenSource == TokensNotAsked
	return r.OutputTokens == 0 && r.FirstTokenNS == 0 && !whole
}

// Counted says whether somebody counted the output tokens.
func (r *Record) Counted() bool {
	switch r.TokenSource {
	case TokensUnknown, TokensUncounted, TokensNotAsked:
		return false
	}
	return true
}
