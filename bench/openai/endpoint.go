package openai

import "strings"

// Endpoint is the path of an API, from the root of a server. Its last words say which API it is, so that
// "/openai/v1/responses" is spoken to as [Responses] is; a path that ends like none of them is a [Chat].
type Endpoint string

// The endpoints the client speaks.
const (
	Chat        Endpoint = "/v1/chat/completions"
	Completions Endpoint = "/v1/completions"
	Responses   Endpoint = "/v1/responses"
	Messages    Endpoint = "/v1/messages" // Anthropic's
	Embeddings  Endpoint = "/v1/embeddings"
	Rerank      Endpoint = "/v1/rerank" // Jina's, as vLLM and llama.cpp have it
	RerankBare  Endpoint = "/rerank"
	RerankV2    Endpoint = "/v2/rerank" // Cohere's
)

// Generates says whether an answer of the endpoint is generated text, which can be streamed.
func (e Endpoint) Generates() bool { return e.api() < embeddings }

// Ranks says whether the endpoint ranks the documents of a prompt, which no other is sent.
func (e Endpoint) Ranks() bool { return e.api() == rerank }

// api is what is spoken at an endpoint.
type api int

const (
	chat api = iota
	completions
	responses
	messages
	embeddings
	rerank
)

func (e Endpoint) api() api {
	for _, known := range []struct {
		suffix string
		api    api
	}{
		{"/chat/completions", chat}, {"/completions", completions}, {"/responses", responses},
		{"/messages", messages}, {"/embeddings", embeddings}, {"/rerank", rerank},
	} {
		if strings.HasSuffix(string(e), known.suffix) {
			return known.api
		}
	}
	return chat
}

// A tongue is how an API writes its answers. Both functions read the data of an event, or a whole answer, into an
// empty chunk: decode defines what it means; walk agrees with it or, in any doubt, returns false, and allocates nothing.
type tongue struct {
	walk   func(data []byte, c *chunk) bool
	decode func(data []byte, c *chunk) error
	named  bool // every event has a name; elsewhere an event with one may be anything
	silent bool // its answers have no tokens
}

func (a api) tongue() tongue {
	switch a {
	case responses:
		return tongue{walkResponse, decodeResponse, true, false}
	case messages:
		return tongue{walkMessage, decodeMessage, true, false}
	case embeddings:
		return tongue{walkEmbeddings, decodeEmbeddings, false, true}
	case rerank:
		return tongue{walkNothing, decodeRanking, false, true}
	}
	return tongue{walkChat, decodeChat, false, false}
}

func walkNothing([]byte, *chunk) bool { return false }
