package mock

// plain is OpenAI's own shape.
var plain = dialect{
	chat: endpoint{
		work:     workChat,
		idPrefix: "chatcmpl-",
		early:    true,
		role:     plainChunk(`{"index":$index,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}`),
		content:  plainChunk(`{"index":$index,"delta":{"content":"$text"},"logprobs":null,"finish_reason":null}`),
		thought:  plainChunk(`{"index":$index,"delta":{"reasoning_content":"$text"},"logprobs":null,"finish_reason":null}`),
		finish:   plainChunk(`{"index":$index,"delta":{},"logprobs":null,"finish_reason":"$finish"}`),
		usage:    `{"id":"$id","object":"chat.completion.chunk","created":$created,"model":$model,"choices":[],"usage":$counts}`,
		whole:    `{"id":"$id","object":"chat.completion","created":$created,"model":$model,"choices":[$choices],"usage":$counts}`,
		choice: `{"index":$index,"message":{"role":"assistant","content":"$text","refusal":null},` +
			`"logprobs":null,"finish_reason":"$finish"}`,
		choiceThought: `{"index":$index,"message":{"role":"assistant","content":"$text","reasoning_content":"$reasoning",` +
			`"refusal":null},"logprobs":null,"finish_reason":"$finish"}`,
	},
	text: endpoint{
		idPrefix: "cmpl-",
		content:  plainText(`{"text":"$text","index":$index,"logprobs":null,"finish_reason":null}`),
		finish:   plainText(`{"text":"","index":$index,"logprobs":null,"finish_reason":"$finish"}`),
		usage:    `{"id":"$id","object":"text_completion","created":$created,"choices":[],"model":$model,"usage":$counts}`,
		whole:    `{"id":"$id","object":"text_completion","created":$created,"choices":[$choices],"model":$model,"usage":$counts}`,
		choice:   `{"text":"$text","index":$index,"logprobs":null,"finish_reason":"$finish"}`,
	},
	more:         further(),
	id:           randomID(alphabet, 29),
	streamHeader: "Content-Type: text/event-stream; charset=utf-8\r\n" + noCache,
	counts:       `{"prompt_tokens":$prompt,"completion_tokens":$completion,"total_tokens":$total}`,
	countsDetails: `{"prompt_tokens":$prompt,"completion_tokens":$completion,"total_tokens":$total,` +
		`"prompt_tokens_details":{"cached_tokens":$cached},"completion_tokens_details":{"reasoning_tokens":$thought}}`,
	models: `{"object":"list","data":[{"id":$model,"object":"model","created":$created,"owned_by":"promptmill"}]}`,
	health: &page{status: 200, body: `{"status":"ok"}`},
	refusals: map[reason]page{
		notFound:      plainError(404, "Invalid URL ($path)", "invalid_request_error", "null"),
		badJSON:       plainError(400, "We could not parse the JSON body of your request: $detail", "invalid_request_error", "null"),
		invalid:       plainError(400, "$detail", "invalid_request_error", "null"),
		unauthorized:  plainError(401, "Incorrect API key provided.", "invalid_request_error", `"invalid_api_key"`),
		unknownModel:  plainError(404, "The model `$name` does not exist or you do not have access to it.", "invalid_request_error", `"model_not_found"`),
		promptTooLong: plainError(400, "This model's maximum context length is $context tokens. However, your messages resulted in $prompt tokens. Please reduce the length of the messages.", "invalid_request_error", `"context_length_exceeded"`),
		overload:      plainError(429, "Rate limit reached for $name: too many requests are waiting.", "requests", `"rate_limit_exceeded"`),
		loading:       plainError(503, "The model is loading.", "server_error", "null"),
		injected:      plainError(0, "The server had an error while processing your request.", "server_error", "null"),
		inStream:      plainError(0, "The server had an error while processing your request.", "server_error", "null"),
	},
}

func plainChunk(choice string) string {
	return `{"id":"$id","object":"chat.completion.chunk","created":$created,"model":$model,"choices":[` + choice + `]$usage}`
}

func plainText(choice string) string {
	return `{"id":"$id","object":"text_completion","created":$created,"choices":[` + choice + `],"model":$model$usage}`
}

func plainError(status int, message, kind, code string) page {
	return page{status: status, body: `{"error":{"message":"` + message + `","type":"` + kind + `","param":null,"code":` + code + `}}`}
}
