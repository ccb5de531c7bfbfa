package mock

import "strconv"

const (
	llamaChunkTail = `],"created":$created,"id":"$id","model":$model,"system_fingerprint":"b9876-mock","object":"chat.completion.chunk"`
	llamaTextTail  = `],"created":$created,"model":$model,"system_fingerprint":"b9876-mock","object":"text_completion"`
	llamaWholeTail = `],"created":$created,"model":$model,"system_fingerprint":"b9876-mock","object":`
	llamaHeader    = sseType + "Keep-Alive: timeout=5, max=100\r\n"
	llamaCounts    = `{"completion_tokens":$completion,"prompt_tokens":$prompt,"total_tokens":$total}`
)

// llamaServer is llama.cpp's llama-server of 2026-08.
var llamaServer = dialect{
	chat: endpoint{
		work:     workChat,
		idPrefix: "chatcmpl-",
		role:     llamaChunk("null", `{"role":"assistant","content":null}`) + "}",
		content:  llamaChunk("null", `{"content":"$text"}`) + "}",
		thought:  llamaChunk("null", `{"reasoning_content":"$text"}`) + "}",
		finish:   llamaChunk(`"$finish"`, `{}`) + `,"timings":$timings}`,
		ending:   llamaChunk(`"$finish"`, `{}`) + "}",
		usage:    `{"choices":[` + llamaChunkTail + `,"usage":$counts,"timings":$timings}`,
		whole:    `{"choices":[$choices` + llamaWholeTail + `"chat.completion","usage":$counts,"id":"$id","timings":$timings}`,
		choice:   `{"finish_reason":"$finish","index":$index,"message":{"role":"assistant","content":"$text"}}`,
		choiceThought: `{"finish_reason":"$finish","index":$index,"message":{"role":"assistant",` +
			`"reasoning_content":"$reasoning","content":"$text"}}`,
	},
	text: endpoint{
		idPrefix: "chatcmpl-", // yes, here too
		content:  `{"choices":[` + llamaTextChoice("$text", "null") + llamaTextTail + `,"id":"$id"}`,
		finish:   `{"choices":[` + llamaTextChoice("", `"$finish"`) + llamaTextTail + `,"usage":$counts,"id":"$id","timings":$timings}`,
		whole:    `{"choices":[$choices` + llamaTextTail + `,"usage":$counts,"id":"$id","timings":$timings}`,
		choice:   llamaTextChoice("$text", `"$finish"`),
	},
	more:          further(),
	id:            randomID(alphabet, 32),
	streamHeader:  llamaHeader,
	server:        "llama.cpp",
	closesStreams: true,
	shuffles:      true,
	zeroTokens:    zeroIsOne,
	openModels:    true,
	counts:        llamaCounts,
	countsDetails: `{"completion_tokens":$completion,"prompt_tokens":$prompt,"total_tokens":$total,` +
		`"prompt_tokens_details":{"cached_tokens":$cached}}`,
	models: `{"models":[{"name":$model,"model":$model,"type":"model","capabilities":["completion"]}],"object":"list",` +
		`"data":[{"id":$model,"object":"model","created":$created,"owned_by":"llamacpp","meta":{"n_ctx_train":$context}}]}`,
	health: &page{status: 200, body: `{"status":"ok"}`},

	metrics: metricsLlama,
	refusals: map[reason]page{
		notFound:     llamaError(404, "File Not Found", "not_found_error", ""),
		badJSON:      llamaError(500, "[json.exception.parse_error.101] $detail", "server_error", ""),
		invalid:      llamaError(400, "$detail", "invalid_request_error", ""),
		unauthorized: llamaError(401, "Invalid API Key", "authentication_error", ""),
		unknownModel: llamaError(404, "model '$name' not found", "not_found_error", ""),
		promptTooLong: llamaError(400, "request ($prompt tokens) exceeds the available context size ($context tokens), try increasing it",
			"exceed_context_size_error", `,"n_prompt_tokens":$prompt,"n_ctx":$context`),
		overload: llamaError(429, "too many requests are waiting for a slot", "unavailable_error", ""),
		loading:  {status: 503, body: `{"error":{"message":"Loading model","type":"unavailable_error","code":503}}`},
		injected: {body: `{"error":{"code":$code,"message":"injected failure","type":"server_error"}}`},
		inStream: {body: `{"error":{"code":500,"message":"injected failure","type":"server_error"}}`},
	},
}

// llamaServer2025 is that of 2025-02: content at once, usage beside the finish reason, and long prompts cut.
var llamaServer2025 = func() dialect {
	d := llamaServer
	d.chat.role, d.chat.ending, d.chat.usage = "", "", ""
	d.chat.finish = llamaChunk(`"$finish"`, `{}`) + `,"usage":$counts,"timings":$timings}`
	d.countsDetails = ""
	d.more = further("/v1/responses", "/v1/messages")
	d.cutsPrompts = true
	return d
}()

func llamaChunk(finish, delta string) string {
	return `{"choices":[{"finish_reason":` + finish + `,"index":$index,"delta":` + delta + `}` + llamaChunkTail
}

func llamaTextChoice(text, finish string) string {
	return `{"text":"` + text + `","index":$index,"logprobs":null,"finish_reason":` + finish + `}`
}

func llamaError(status int, message, kind, more string) page {
	return page{status: status, body: `{"error":{"code":` + strconv.Itoa(status) + `,"message":"` + message + `","type":"` + kind + `"` + more + `}}`}
}
