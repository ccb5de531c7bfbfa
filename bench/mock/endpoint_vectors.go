package mock

import "strconv"

// embeddingsAPI answers with one vector for each input.
var embeddingsAPI = endpoint{
	work:     workEmbedding,
	idPrefix: "embd-",
	whole:    `{"object":"list","data":[$choices],"model":$model,"usage":{"prompt_tokens":$prompt,"total_tokens":$prompt}}`,
	choice:   `{"object":"embedding","index":$index,"embedding":$vector}`,
}

// rankingAPI answers with a score for each document, the first one the best.
var rankingAPI = endpoint{
	work:     workRanking,
	idPrefix: "rerank-",
	whole:    `{"id":"$id","model":$model,"results":[$choices],"usage":{"prompt_tokens":$prompt,"total_tokens":$prompt}}`,
	choice:   `{"index":$index,"relevance_score":0.5}`,
}

// dimensions of an embedding.
const dimensions = 384

// appendVector appends the embedding of input n.
func appendVector(dst []byte, n int) []byte {
	dst = append(dst, '[')
	for i := range dimensions {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendFloat(dst, float64((n+1)*(i+1)*7919%2001-1000)/8192, 'f', -1, 64)
	}
	return append(dst, ']')
}
