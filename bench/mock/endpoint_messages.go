package mock

const (
	messageStart = `{"id":"$id","type":"message","role":"assistant","model":$model,`
	messageInput = `"input_tokens":$fresh,"cache_creation_input_tokens":0,"cache_read_input_tokens":$cached`
)

// messagesAPI is that of Anthropic's messages: usage is split over its start and its end.
var messagesAPI = endpoint{
	work:     workMessage,
	idPrefix: "msg_",
	named:    true,
	early:    true,
	role: lines(
		`{"type":"message_start","message":`+messageStart+`"content":[],"stop_reason":null,"stop_sequence":null,`+
			`"usage":{`+messageInput+`,"output_tokens":1}}}`,
		`{"type":"ping"}`,
	),
	thoughtStart: `{"type":"content_block_start","index":$block,"content_block":{"type":"thinking","thinking":"","signature":""}}`,
	thought:      `{"type":"content_block_delta","index":$block,"delta":{"type":"thinking_delta","thinking":"$text"}}`,
	thoughtEnd: lines(
		`{"type":"content_block_delta","index":$block,"delta":{"type":"signature_delta","signature":"bW9jaw=="}}`,
		`{"type":"content_block_stop","index":$block}`,
	),
	textStart: `{"type":"content_block_start","index":$block,"content_block":{"type":"text","text":""}}`,
	content:   `{"type":"content_block_delta","index":$block,"delta":{"type":"text_delta","text":"$text"}}`,
	textEnd:   `{"type":"content_block_stop","index":$block}`,
	finish: lines(
		`{"type":"message_delta","delta":{"stop_reason":"$stop","stop_sequence":null},"usage":{"output_tokens":$completion}}`,
		`{"type":"message_stop"}`,
	),
	fault: `{"type":"error","error":{"type":"overloaded_error","message":"injected failure"}}`,
	whole: messageStart + `"content":[$choices],"stop_reason":"$stop","stop_sequence":null,` +
		`"usage":{` + messageInput + `,"output_tokens":$completion}}`,
	choice:        `{"type":"text","text":"$text"}`,
	choiceThought: `{"type":"thinking","thinking":"$reasoning","signature":"bW9jaw=="},{"type":"text","text":"$text"}`,
}
