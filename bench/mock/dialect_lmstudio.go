package mock

// lmStudio is LM Studio's server. A path that it does not know is an error with status 200.
var lmStudio = dialect{
	chat: endpoint{
		work:     workChat,
		idPrefix: "chatcmpl-",
		content:  lmChunk(`{"index":$index,"delta":{"role":"assistant","content":"$text"},"logprobs":null,"finish_reason":null}`),
		thought:  lmChunk(`{"index":$index,"delta":{"role":"assistant","reasoning_content":"$text"},"logprobs":null,"finish_reason":null}`),
		finish:   lmChunk(`{"index":$index,"delta":{},"logprobs":null,"finish_reason":"$finish"}`),
		usage: `{"id":"$id","object":"chat.completion.chunk","created":$created,"model":$model,` +
			`"system_fingerprint":$model,"choices":[],"usage":$counts}`,
		whole: `{"id":"$id","object":"chat.completion","created":$created,"model":$model,"choices":[$choices],` +
			`"usage":$counts,"stats":{},"system_fingerprint":$model}`,
		choice: `{"index":$index,"message":{"role":"assistant","content":"$text","tool_calls":[]},` +
			`"logprobs":null,"finish_reason":"$finish"}`,
		choiceThought: `{"index":$index,"message":{"role":"assistant","content":"$text","reasoning_content":"$reasoning",` +
			`"tool_calls":[]},"logprobs":null,"finish_reason":"$finish"}`,
	},
	text: endpoint{
		idPrefix: "cmpl-",
		content:  lmText(`{"index":$index,"text":"$text","logprobs":null,"finish_reason":null}`),
		finish:   lmText(`{"index":$index,"text":"","logprobs":null,"finish_reason":"$finish"}`),
		usage:    `{"id":"$id","object":"text_completion","created":$created,"model":$model,"choices":[],"usage":$counts}`,
		whole:    `{"id":"$id","object":"text_completion","created":$created,"model":$model,"choices":[$choices],"usage":$counts,"stats":{}}`,
		choice:   `{"index":$index,"text":"$text","logprobs":null,"finish_reason":"$finish"}`,
	},
	more:         further("/rerank"),
	id:           randomID(lowerAlphabet, 21),
	streamHeader: "X-Powered-By: Express\r\n" + sseType + noCache,
	zeroTokens:   zeroIsUnlimited,
	counts:       `{"prompt_tokens":$prompt,"completion_tokens":$completion,"total_tokens":$total}`,
	models:       `{"data":[{"id":$model,"object":"model","owned_by":"organization_owner"}],"object":"list"}`,
	refusals: map[reason]page{
		notFound:     {status: 200, body: `{"error":"Unexpected endpoint or method. ($path)"}`},
		badJSON:      {status: 400, body: `{"error":"$detail"}`},
		invalid:      {status: 400, body: `{"error":"$detail"}`},
		unauthorized: {status: 401, body: `{"error":"Unauthorized"}`},
		unknownModel: {status: 404, body: `{"error":{"message":"Model \"$name\" not found","type":"invalid_request_error","param":"model","code":"model_not_found"}}`},
		promptTooLong: {status: 400, body: `{"error":"The number of tokens to keep from the initial prompt is greater than ` +
			`the context length ($prompt > $context)."}`},
		overload: {status: 429, body: `{"error":"Too many requests are waiting."}`},
		loading:  {status: 503, body: `{"error":"Model is loading."}`},
		injected: {body: `{"error":"injected failure"}`},
		inStream: {body: `{"error":{"message":"injected failure"}}`},
	},
}

func lmChunk(choice string) string {
	return `{"id":"$id","object":"chat.completion.chunk","created":$created,"model":$model,` +
		`"system_fingerprint":$model,"choices":[` + choice + `]}`
}

func lmText(choice string) string {
	return `{"id":"$id","object":"text_completion","created":$created,"model":$model,"choices":[` + choice + `]}`
}
