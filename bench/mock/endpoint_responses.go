package mock

import (
	"maps"
	"strings"
)

// endings are what $status, $incomplete and $stop stand for, for an answer that was cut by the longest answer asked for
// and for one that was not.
var endings = map[bool]map[string]string{
	false: {"status": "completed", "incomplete": "null", "stop": "end_turn"},
	true:  {"status": "incomplete", "incomplete": `{"reason":"max_output_tokens"}`, "stop": "max_tokens"},
}

const (
	responseUsage = `{"input_tokens":$prompt,"input_tokens_details":{"cached_tokens":$cached},"output_tokens":$completion,` +
		`"output_tokens_details":{"reasoning_tokens":$thought},"total_tokens":$total}`
	responseMessage = `{"id":"msg_$id","type":"message","status":"completed","role":"assistant",` +
		`"content":[{"type":"output_text","text":"$text","annotations":[]}]}`
	responseReasoning = `{"id":"rs_$id","type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"$reasoning"}]}`
	responseOf        = `"item_id":"msg_$id","output_index":$block,"content_index":0`
	responseThoughtOf = `"item_id":"rs_$id","output_index":$block,"content_index":0`
)

// responsesAPI is that of OpenAI's responses.
var responsesAPI = endpoint{
	work:     workResponse,
	idPrefix: "resp_",
	named:    true,
	early:    true,
	role: lines(
		`{"type":"response.created","response":`+responseObject("in_progress", "null", "", "null")+`}`,
		`{"type":"response.in_progress","response":`+responseObject("in_progress", "null", "", "null")+`}`,
	),
	thoughtStart: `{"type":"response.output_item.added","output_index":$block,"item":{"id":"rs_$id","type":"reasoning","summary":[]}}`,
	thought:      `{"type":"response.reasoning_text.delta",` + responseThoughtOf + `,"delta":"$text"}`,
	thoughtEnd:   `{"type":"response.output_item.done","output_index":$block,"item":{"id":"rs_$id","type":"reasoning","summary":[]}}`,
	textStart: lines(
		`{"type":"response.output_item.added","output_index":$block,"item":{"id":"msg_$id","type":"message","status":"in_progress","role":"assistant","content":[]}}`,
		`{"type":"response.content_part.added",`+responseOf+`,"part":{"type":"output_text","text":"","annotations":[]}}`,
	),
	content: `{"type":"response.output_text.delta",` + responseOf + `,"delta":"$text"}`,
	textEnd: lines(
		`{"type":"response.output_text.done",`+responseOf+`,"text":"$text"}`,
		`{"type":"response.output_item.done","output_index":$block,"item":`+responseMessage+`}`,
	),
	finish:        `{"type":"response.$status","response":` + responseObject("$status", "$incomplete", responseMessage, responseUsage) + `}`,
	fault:         `{"type":"error","code":"server_error","message":"injected failure","param":null}`,
	whole:         responseObject("$status", "$incomplete", "$choices", responseUsage),
	choice:        responseMessage,
	choiceThought: responseReasoning + "," + responseMessage,
}

func responseObject(status, incomplete, output, usage string) string {
	return `{"id":"$id","object":"response","created_at":$created,"status":"` + status + `","error":null,"incomplete_details":` +
		incomplete + `,"model":$model,"output":[` + output + `],"usage":` + usage + `}`
}

// lines is a template of several events.
func lines(events ...string) string { return strings.Join(events, "\n") }

// further are the endpoints beside chat and completions that most servers have; without is those they have not.
func further(without ...string) map[string]*endpoint {
	all := map[string]*endpoint{
		"/v1/responses": &responsesAPI, "/v1/messages": &messagesAPI, "/v1/embeddings": &embeddingsAPI,
		"/v1/rerank": &rankingAPI, "/rerank": &rankingAPI, "/v2/rerank": &rankingAPI,
	}
	maps.DeleteFunc(all, func(path string, _ *endpoint) bool {
		for _, w := range without {
			if strings.HasSuffix(path, w) {
				return true
			}
		}
		return false
	})
	return all
}
