package mock

import "strconv"

const vllmBase = `{"id":"$id","model":$model,"object":`

// vllm is the llm-d simulator of vLLM.
var vllm = dialect{
	chat: endpoint{
		work:     workChat,
		idPrefix: "chatcmpl-",
		role:     vllmChunk(`{"index":$index,"finish_reason":null,"delta":{"role":"assistant"}}`),
		content:  vllmChunk(`{"index":$index,"finish_reason":null,"delta":{"content":"$text"}}`),
		thought:  vllmChunk(`{"index":$index,"finish_reason":null,"delta":{"reasoning_content":"$text"}}`),
		last:     vllmChunk(`{"index":$index,"finish_reason":"$finish","delta":{"content":"$text"}}`),
		finish:   vllmChunk(`{"index":$index,"finish_reason":"$finish","delta":{}}`),
		usage:    vllmBase + `"chat.completion.chunk","created":$created,"usage":$counts,"choices":[]}`,
		whole:    vllmBase + `"chat.completion","created":$created,"usage":$counts,"choices":[$choices]}`,
		choice:   `{"index":$index,"finish_reason":"$finish","message":{"role":"assistant","content":"$text"}}`,
		choiceThought: `{"index":$index,"finish_reason":"$finish",` +
			`"message":{"role":"assistant","reasoning_content":"$reasoning","content":"$text"}}`,
	},
	text: endpoint{
		idPrefix: "cmpl-",
		content:  vllmText(`{"index":$index,"finish_reason":null,"text":"$text"}`),
		last:     vllmText(`{"index":$index,"finish_reason":"$finish","text":"$text"}`),
		finish:   vllmText(`{"index":$index,"finish_reason":"$finish","text":""}`),
		usage:    vllmBase + `"text_completion","created":$created,"usage":$counts,"choices":[]}`,
		whole:    vllmBase + `"text_completion","created":$created,"usage":$counts,"choices":[$choices]}`,
		choice:   `{"index":$index,"finish_reason":"$finish","text":"$text"}`,
	},
	more:          further(),
	id:            randomUUID,
	streamHeader:  sseType + noCache,
	server:        "fasthttp",
	headerAtFirst: true,
	nullUsage:     true,
	emptyMessages: true,
	counts:        `{"prompt_tokens":$prompt,"completion_tokens":$completion,"total_tokens":$total,"prompt_tokens_details":null}`,
	countsDetails: `{"prompt_tokens":$prompt,"completion_tokens":$completion,"total_tokens":$total,` +
		`"prompt_tokens_details":{"cached_tokens":$cached}}`,
	models: `{"object":"list","data":[{"id":$model,"object":"model","created":$created,"owned_by":"vllm","root":$model,` +
		`"parent":null,"max_model_len":$context}]}`,
	health: &page{status: 200, body: `{}`},

	metrics: metricsVLLM,
	refusals: map[reason]page{
		notFound:     {status: 404, kind: "text/plain", body: "Not Found"},
		badJSON:      vllmError(400, "Failed to read and parse request body, $detail", "BadRequestError"),
		invalid:      vllmError(400, "$detail", "BadRequestError"),
		unauthorized: vllmError(401, "Unauthorized", "AuthenticationError"),
		unknownModel: vllmError(404, "The model `$name` does not exist.", "NotFoundError"),
		promptTooLong: vllmError(400, "This model's maximum context length is $context tokens. "+
			"However, your request has $prompt input tokens.", "BadRequestError"),
		overload: vllmError(429, "Too many requests, the waiting queue is full", "RateLimitError"),
		loading:  vllmError(503, "The server is starting", "InternalServerError"),
		injected: {body: `{"error":{"message":"injected failure","type":"InternalServerError","param":null,"code":$code}}`},
		inStream: vllmError(500, "injected failure", "InternalServerError"),
	},
}

func vllmChunk(choice string) string {
	return vllmBase + `"chat.completion.chunk","created":$created$usage,"choices":[` + choice + `]}`
}

func vllmText(choice string) string {
	return vllmBase + `"text_completion","created":$created$usage,"choices":[` + choice + `]}`
}

func vllmError(status int, message, kind string) page {
	return page{status: status, body: `{"error":{"message":"` + message + `","type":"` + kind + `","param":null,"code":` + strconv.Itoa(status) + `}}`}
}
