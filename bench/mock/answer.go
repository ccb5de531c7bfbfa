package mock

// vocabulary is what answers are made of: words that need no escape in JSON, each one token.
var vocabulary = [...]string{
	" the", " mill", " turns", " slow", " water", " over", " stone", " and", " grain", " falls", " into", " flour",
	" while", " wheels", " keep", " time", " with", " every", " drop", " that", " runs", " down", " from", " hills",
	" where", " rain", " begins", " a", " small", " stream", " grows", " wide", " before", " it", " meets", " our",
	" old", " wooden", " gate", " then", " bread", " is", " made", " by", " hands", " who", " know", " how",
	" long", " each", " loaf", " must", " rest", " until", " morning", " light", " comes", " through", " windows", " of",
	" this", " quiet", " house",
}

// wordStride is prime to the size of the vocabulary, so an answer uses all of it before it repeats.
const wordStride = 10

// word returns token i of the answer to a prompt with the given hash, as it stands in JSON.
func word(hash uint64, i int) string {
	n := uint64(len(vocabulary))
	w := vocabulary[(hash%n+uint64(i)*wordStride)%n]
	if i == 0 {
		return w[1:]
	}
	return w
}

// appendWords appends tokens from up to (not with) to.
func appendWords(dst []byte, hash uint64, from, to int) []byte {
	for i := from; i < to; i++ {
		dst = append(dst, word(hash, i)...)
	}
	return dst
}

// countWords is the server's tokenizer: a token is a run of bytes without ASCII white space.
func countWords(s string) int {
	n, inside := 0, false
	for i := range len(s) {
		space := s[i] == ' ' || s[i]-'\t' <= '\r'-'\t'
		if !space && !inside {
			n++
		}
		inside = !space
	}
	return n
}
