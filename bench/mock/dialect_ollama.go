package mock

const (
	ollamaCounts  = `{"prompt_tokens":$prompt,"completion_tokens":$completion,"total_tokens":$total}`
	ollamaNothing = `{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}`
)

// ollama is Ollama's OpenAI layer.
var ollama = dialect{
	chat: endpoint{
		work:     workChat,
		idPrefix: "chatcmpl-",
		content:  ollamaChunk(`{"index":$index,"delta":{"role":"assistant","content":"$text"},"finish_reason":null}`),
		thought:  ollamaChunk(`{"index":$index,"delta":{"role":"assistant","content":"","reasoning":"$text"},"finish_reason":null}`),
		finish:   ollamaChunk(`{"index":$index,"delta":{"role":"assistant","content":""},"finish_reason":"$finish"}`),
		usage: `{"id":"$id","object":"chat.completion.chunk","created":$created,"model":$model,` +
			`"system_fingerprint":"fp_ollama","choices":[],"usage":$counts}`,
		whole: `{"id":"$id","object":"chat.completion","created":$created,"model":$model,` +
			`"system_fingerprint":"fp_ollama","choices":[$choices],"usage":$counts}`,
		choice:        `{"index":$index,"message":{"role":"assistant","content":"$text"},"finish_reason":"$finish"}`,
		choiceThought: `{"index":$index,"message":{"role":"assistant","content":"$text","reasoning":"$reasoning"},"finish_reason":"$finish"}`,
	},
	text: endpoint{
		idPrefix: "cmpl-",
		content:  ollamaText(`{"text":"$text","index":$index,"finish_reason":null}`, ollamaNothing),
		finish:   ollamaText(`{"text":"","index":$index,"finish_reason":"$finish"}`, ollamaNothing),
		usage:    ollamaText("", "$counts"),
		whole:    ollamaText("$choices", "$counts"),
		choice:   `{"text":"$text","index":$index,"finish_reason":"$finish"}`,
	},
	more:          further("/rerank"),
	id:            randomNumber,
	streamHeader:  sseType,
	headerAtFirst: true,
	zeroTokens:    zeroIsUnlimited,
	cutsPrompts:   true,
	counts:        ollamaCounts,
	models:        `{"object":"list","data":[{"id":$model,"object":"model","created":$created,"owned_by":"library"}]}`,
	refusals: map[reason]page{
		notFound:      {status: 404, kind: "text/plain", body: "404 page not found"},
		badJSON:       ollamaError(400, "$detail", "invalid_request_error"),
		invalid:       ollamaError(400, "$detail", "invalid_request_error"),
		unauthorized:  ollamaError(401, "unauthorized", "api_error"),
		unknownModel:  ollamaError(404, "model '$name' not found", "not_found_error"),
		promptTooLong: ollamaError(400, "the input length exceeds the context length", "invalid_request_error"),
		overload:      ollamaError(503, "server busy, please try again.  maximum pending requests exceeded", "api_error"),
		loading:       ollamaError(503, "server is starting", "api_error"),
		injected:      ollamaError(0, "injected failure", "api_error"),
		inStream:      ollamaError(0, "injected failure", "api_error"),
	},
}

func ollamaChunk(choice string) string {
	return `{"id":"$id","object":"chat.completion.chunk","created":$created,"model":$model,` +
		`"system_fingerprint":"fp_ollama","choices":[` + choice + `]}`
}

func ollamaText(choice, counts string) string {
	return `{"id":"$id","object":"text_completion","created":$created,"model":$model,` +
		`"system_fingerprint":"fp_ollama","choices":[` + choice + `],"usage":` + counts + `}`
}

func ollamaError(status int, message, kind string) page {
	return page{status: status, body: `{"error":{"message":"` + message + `","type":"` + kind + `","param":null,"code":null}}`}
}
