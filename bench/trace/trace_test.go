package trace_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/trace"
)

const (
	ms = time.Millisecond

	mooncake = `{"timestamp":1000,"input_length":6955,"output_length":52,"hash_ids":[46,47]}
{"timestamp":1027,"input_length":10,"output_length":1,"hash_ids":[46]}
`
	bailian = `{"chat_id":1,"parent_chat_id":-1,"timestamp":61.114,"input_length":5,"output_length":2,"type":"text","turn":1,"hash_ids":[1]}
{"chat_id":2,"parent_chat_id":-1,"timestamp":62,"input_length":6,"output_length":3,"type":"text","turn":1,"hash_ids":[1]}`
	azure = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:15:46.6805900,374,44\r\n2023-11-16 18:15:50.9951690,396,109\r\n"
	zoned = "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-10 00:00:00.009930+00:00,2162,5\n2024-05-10 00:00:00.017335+00:00,2399,6\n"
	burst = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,472,18,490,Conversation log\n45,ChatGPT,1087,0,1087,Conversation log\n118.5,GPT-4,417,276,693,API log\n"
	own   = `
{"timestamp_ms": 20, "prompt": "b", "output_length": 7}

{"at": "10ms", "messages": [{"role":"user","content":"a"}]}
{"at": 0.02, "text_input": "c"}
`
)

func TestRead(t *testing.T) {
	tests := []struct {
		name, text string
		want       trace.Trace
	}{
		{"mooncake", mooncake, trace.Trace{Format: trace.JSONL, Requests: []trace.Request{
			{InputTokens: 6955, OutputTokens: 52}, {At: 27 * ms, InputTokens: 10, OutputTokens: 1},
		}}},
		{"bailian, in seconds", bailian, trace.Trace{Format: trace.JSONL, Requests: []trace.Request{
			{InputTokens: 5, OutputTokens: 2}, {At: 886 * ms, InputTokens: 6, OutputTokens: 3},
		}}},
		{"azure", azure, trace.Trace{Format: trace.Azure, Requests: []trace.Request{
			{InputTokens: 374, OutputTokens: 44}, {At: 4314579 * time.Microsecond, InputTokens: 396, OutputTokens: 109},
		}}},
		{"azure of 2024", zoned, trace.Trace{Format: trace.Azure, Requests: []trace.Request{
			{InputTokens: 2162, OutputTokens: 5}, {At: 7405 * time.Microsecond, InputTokens: 2399, OutputTokens: 6},
		}}},
		{"burstgpt", burst, trace.Trace{Format: trace.BurstGPT, Skipped: 1, Requests: []trace.Request{
			{InputTokens: 472, OutputTokens: 18}, {At: 113500 * ms, InputTokens: 417, OutputTokens: 276},
		}}},
		{"own, by time", "\ufeff" + own, trace.Trace{Format: trace.JSONL, Requests: []trace.Request{
			{Messages: []byte(`[{"role":"user","content":"a"}]`)}, {At: 10 * ms, Prompt: "b", OutputTokens: 7}, {At: 10 * ms, Prompt: "c"},
		}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := trace.Read(strings.NewReader(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&tt.want, got); diff != "" {
				t.Errorf("trace (-want +got):\n%s", diff)
			}
			if got.HasPrompts() != strings.HasPrefix(tt.name, "own") {
				t.Errorf("HasPrompts = %v", got.HasPrompts())
			}
		})
	}
}

func TestRead_refuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "no requests"},
		{"blank", " \n\t\n", "no requests"},
		{"a header alone", "TIMESTAMP,ContextTokens,GeneratedTokens\n", "no requests"},
		{"no time", `{"input_length":3}`, `line 1: no time: expected one of the keys "timestamp" (ms)`},
		{"bad JSON on line 3", `{"at":1}` + "\n\n" + `{"at":`, "line 3: unexpected end of JSON"},
		{"bad after blank lines", "\n\n" + `{}`, "line 3: no time"},
		{"text for a number", `{"timestamp":"1"}`, "line 1: json"},
		{"negative length", `{"at":1,"output_length":-4}`, "line 1: output_length -4"},
		{"far away", `{"at":1e300}`, "line 1: 1e+300 seconds are no time"},
		{"no number", `{"at":"soon"}`, "line 1: at:"},
		{"messages no list", `{"at":1,"messages":"hi"}`, "line 1: messages: expected an array"},
		{"other CSV", "a,b\n1,2\n", `its columns are "a,b"; expected JSON lines, or a CSV with the columns TIMESTAMP`},
		{"bad date", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,1,1\nnever,1,1\n", `line 3: TIMESTAMP: "never"`},
		{"bad count", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,x,1\n", `line 2: ContextTokens: "x"`},
		{"missing field", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,1\n", "line 2: wrong number of fields"},
		{"NaN", "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\nNaN,a,1,1,1,b\n", "line 2: Timestamp: NaN"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := trace.Read(strings.NewReader(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v and %v, want an error with %q", got, err, tt.want)
			}
		})
	}
}

// FuzzRead: what is read begins at 0, is ascending, and has no negative length.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{mooncake, bailian, azure, zoned, burst, own, "", "{", "\"", "\xef\xbb\xbf{}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := trace.Read(strings.NewReader(string(data)))
		if err != nil {
			if got != nil {
				t.Fatal("a trace and an error")
			}
			return
		}
		times := make([]time.Duration, len(got.Requests))
		for i, r := range got.Requests {
			times[i] = r.At
			if r.InputTokens < 0 || r.OutputTokens < 0 {
				t.Fatalf("request %d has negative lengths: %+v", i, r)
			}
		}
		if len(times) == 0 || times[0] != 0 || !slices.IsSorted(times) {
			t.Fatalf("times %v", times)
		}
	})
}
