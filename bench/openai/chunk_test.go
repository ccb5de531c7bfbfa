package openai

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plainChunk is a chunk without its ways of being stored.
type plainChunk struct {
	Answer, Output, Reasoning, ToolCall, Last bool
	Content, Finish, Failure                  string
	Choice, Finishes                          int
	Usage                                     usage
	Timings                                   timings
}

func (c *chunk) plain() plainChunk {
	content := c.content
	if c.escaped {
		content = appendUnescaped(nil, content)
	}
	return plainChunk{
		c.answer, c.output, c.reasoning, c.toolCall, c.last, string(content), string(c.finish), c.failure,
		c.choice, c.finishes, c.usage, c.timings,
	}
}

var anyChunk = cmp.AllowUnexported(usage{}, count{}, timings{}, millis{})

// TestChunk_fast: what real servers stream is read without encoding/json.
func TestChunk_fast(t *testing.T) {
	slow := map[string]bool{ // and what is not
		"bad-json": true, "content-parts": true, "error-object": true, "error-string": true, "error-vllm-old": true,
		"extra-usage-forms": true, "json-error": true, "json-other": true, "json-reply": true, "text": true, "html": true,
		"truncated-in-event": true, "groq-chat": true, "cerebras-chat": true,
	}
	for name, body := range fixtures(t) {
		if slow[name] || endpointOf(name) != Chat {
			continue
		}
		for line := range strings.Lines(string(body)) {
			data, ok := strings.CutPrefix(line, "data: {")
			if !ok || name == "data-lines" {
				continue
			}
			var fast, full chunk
			if !walkChat([]byte("{"+data), &fast) {
				t.Errorf("%s: in doubt about %s", name, line)
				continue
			}
			if err := decodeChat([]byte("{"+data), &full); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(full.plain(), fast.plain(), anyChunk); diff != "" {
				t.Errorf("%s: %s(-decode +walk)\n%s", name, line, diff)
			}
		}
	}
}

// TestChunk_fastNamed: of the APIs with named events, those that bring pieces are read without encoding/json, and all
// that is, is read alike.
func TestChunk_fastNamed(t *testing.T) {
	for name, body := range fixtures(t) {
		tongue := endpointOf(name).api().tongue()
		if !tongue.named || name == "responses-bad-json" {
			continue
		}
		for line := range strings.Lines(string(body)) {
			data, ok := strings.CutPrefix(line, "data: {")
			if !ok {
				continue
			}
			var fast, full chunk
			if err := tongue.decode([]byte("{"+data), &full); err != nil {
				t.Fatal(err)
			}
			isPiece := strings.Contains(data, ".delta\"") || strings.Contains(data, "text_delta") || strings.Contains(data, "thinking_delta") ||
				strings.Contains(data, "json_delta")
			switch walked := tongue.walk([]byte("{"+data), &fast); {
			case walked != isPiece && !strings.Contains(data, "\"ping\""):
				t.Errorf("%s: walked %v: %s", name, walked, line)
			case walked:
				if diff := cmp.Diff(full.plain(), fast.plain(), anyChunk); diff != "" {
					t.Errorf("%s: %s(-decode +walk)\n%s", name, line, diff)
				}
			}
		}
	}
}

func TestChunk_read(t *testing.T) {
	for data, want := range map[string]plainChunk{
		`{}`:                              {},
		`{"choices":[]}`:                  {Answer: true},
		`{"choices":null,"usage":null}`:   {},
		`{"choices":[{"text":"\u00e4"}]}`: {Answer: true, Output: true, Content: "ä"},
		`{"choices":[{"delta":{"content":"\ud83d\ude00 \ud83d x\/\b\f\r\t"}}]}`:                           {Answer: true, Output: true, Content: "😀 \ufffd x/\b\f\r\t"},
		"{\"choices\":[{\"text\":\"\xff\"}]}":                                                             {Answer: true, Output: true, Content: "\ufffd"},
		`{"choices":[{"delta":{"content":null,"reasoning_content":"r"}}]}`:                                {Answer: true, Reasoning: true},
		`{"choices":[{"delta":{"reasoning":"r","content":""}}]}`:                                          {Answer: true, Reasoning: true},
		`{"choices":[{"delta":{"tool_calls":[ ]}}]}`:                                                      {Answer: true},
		`{"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}`:                                            {Answer: true, ToolCall: true},
		`{"choices":[{"delta":{"function_call":{"name":"f"}}}]}`:                                          {Answer: true, ToolCall: true},
		`{"choices":[{"delta":null,"finish_reason":"stop"}]}`:                                             {Answer: true, Finish: "stop", Finishes: 1},
		`{"choices":[{"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}]}`:                     {Answer: true, Output: true, Content: "a", Choice: 1},
		`{"choices":[{"delta":{"content":"b"},"index":1}]}`:                                               {Answer: true, Output: true, Choice: 1},
		`{"choices":[{"delta":{"refusal":"no"}}]}`:                                                        {Answer: true, Output: true, Content: "no"},
		`{"choices":[],"usage":{"prompt_tokens":1,"queue_time":0.5,"completion_time":2}}`:                 {Answer: true, Usage: usage{prompt: count{1, true}}, Timings: timings{queue: millis{500, true}, predicted: millis{2000, true}}},
		`{"choices":[],"x_groq":{"id":"r","usage":{"queue_time":0.25}}}`:                                  {Answer: true, Timings: timings{queue: millis{250, true}}},
		`{"choices":[],"time_info":{"queue_time":0.125,"prompt_time":1}}`:                                 {Answer: true, Timings: timings{queue: millis{125, true}, prompt: millis{1000, true}}},
		`{"choices":[],"timings":{"cache_n":7}}`:                                                          {Answer: true, Timings: timings{cached: count{7, true}}},
		`{"choices":[{"delta":{"content":7}}],"usage":3}`:                                                 {Answer: true},
		`{"usage":{"prompt_tokens":3,"completion_tokens":-1}}`:                                            {Usage: usage{prompt: count{3, true}}},
		`{"usage":{"prompt_tokens":1e2,"completion_tokens":99999999999999999999}}`:                        {Usage: usage{prompt: count{100, true}}},
		`{"timings":{"prompt_ms":1.5e1}}`:                                                                 {Timings: timings{prompt: millis{15, true}}},
		`{"error":null,"choices":[]}`:                                                                     {Answer: true},
		`{"error":{}}`:                                                                                    {},
		`{"error":{"code":3}}`:                                                                            {Failure: `{"error":{"code":3}}`},
		`{"error":{"message":"m"}}`:                                                                       {Failure: "m"},
		`{"detail":"d"}`:                                                                                  {Failure: "d"},
		`{"a":{"b":[{},[],"\\u0041",-1.5E+3,true,false,null,{"c":{}}]},"choices":[ { "delta" : { } } ] }`: {Answer: true},
		`{"A":1,"Usage":{"prompt_tokens":1}}`:                                                             {Usage: usage{prompt: count{1, true}}},
		`{"message":"m","choices":[]}`:                                                                    {Answer: true},
		`{"choices":[{"message":{"content":"whole"},"finish_reason":"stop"}]}`:                            {Answer: true, Output: true, Content: "whole", Finish: "stop", Finishes: 1},
	} {
		var c chunk
		if err := c.read([]byte(data), chat.tongue()); err != nil {
			t.Errorf("%s: %v", data, err)
		} else if diff := cmp.Diff(want, c.plain(), anyChunk); diff != "" {
			t.Errorf("%s (-want +got)\n%s", data, diff)
		}
	}
	for _, bad := range []string{"", "1", "[]", `"x"`, "{", `{"a":01}`, `{"a":tru}`, `{"a":"` + "\n" + `"}`, `{"a":"\x"}`, "{}x", `{"a" 1}`, `{"a":1,}`, `{"a":[1,]}`, `{"a":"\u12g4"}`, `{"a":1.}`, `{"a":1e}`} {
		var c chunk
		if err := c.read([]byte(bad), chat.tongue()); err == nil {
			t.Errorf("%q was read as %+v", bad, c.plain())
		}
	}
}

// FuzzChunk: whatever walk reads, decode reads to the same, in every API.
func FuzzChunk(f *testing.F) {
	for _, body := range fixtures(f) {
		for line := range bytes.Lines(body) {
			if data, ok := bytes.CutPrefix(line, []byte("data: ")); ok {
				f.Add(bytes.TrimSpace(data))
			}
		}
	}
	f.Add([]byte(`{"choices":[{"delta":{"content":"\ud83d\ude00\u0000","tool_calls":[ ]}}],"timings":{"prompt_ms":-1e-3}}`))
	f.Add([]byte(`{"data":[{"embedding":[0.5,-1e-3]}],"usage":{"total_tokens":3}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for a := chat; a <= rerank; a++ {
			var fast, full chunk
			err := a.tongue().decode(data, &full)
			if !a.tongue().walk(data, &fast) {
				continue
			}
			if err != nil {
				t.Fatalf("API %d: walk accepts what decode does not: %v", a, err)
			}
			if diff := cmp.Diff(full.plain(), fast.plain(), anyChunk); diff != "" {
				t.Fatalf("API %d (-decode +walk)\n%s", a, diff)
			}
		}
	})
}

// FuzzSSE: how a stream is cut into reads changes nothing, whatever is in it.
func FuzzSSE(f *testing.F) {
	for _, body := range fixtures(f) {
		for seed := range uint16(5) {
			f.Add(body, 5+seed, false)
			f.Add(body, 100+seed, true)
		}
	}
	var clients []*Client
	for _, e := range []Endpoint{Chat, Responses, Messages, Embeddings, Rerank} {
		clients = append(clients, testClient(f, Config{MaxLine: 2000, Endpoint: e}))
	}
	f.Fuzz(func(t *testing.T, body []byte, seed uint16, cut bool) {
		c := clients[int(seed)%len(clients)]
		end := io.EOF
		if cut {
			end = io.ErrUnexpectedEOF
		}
		var parts [][]byte
		step := uint32(seed)
		for b := body; len(b) > 0; {
			step = step*1664525 + 1013904223
			n := min(len(b), 1+int(step>>16)%(1+int(seed)))
			parts, b = append(parts, b[:n]), b[n:]
		}
		whole, split := parse(c, end, body), parse(c, end, parts...)
		want, got := outcomeOf(whole), outcomeOf(split)
		want.Reasoned, got.Reasoned = false, false
		if want.Kind != "" {
			want.Bytes, got.Bytes = 0, 0
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-whole +split)\n%s", diff)
		}
		checkTimes(t, split)
		if got.Kind == "" && got.Bytes > int64(len(body)) {
			t.Fatalf("%d bytes of %d", got.Bytes, len(body))
		}
	})
}

// repeated is a stream of one event n times.
type repeated struct {
	event []byte
	left  int
	done  bool
}

func (r *repeated) Read(b []byte) (int, error) {
	n := 0
	for ; r.left > 0 && len(b)-n >= len(r.event); r.left-- {
		n += copy(b[n:], r.event)
	}
	if n == 0 && !r.done {
		r.done = true
		return copy(b, "data: [DONE]\n\n"), nil
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (r *repeated) Close() error { return nil }

// tokenEvent is a chunk as vLLM sends it.
const tokenEvent = `data: {"id":"chatcmpl-1d2c7c1e9be943d4b7e1","object":"chat.completion.chunk","created":1785000000,"model":"Qwen/Qwen3-8B","choices":[{"index":0,"delta":{"content":" caf\u00e9\n"},"logprobs":null,"finish_reason":null}],"usage":{"prompt_tokens":30,"total_tokens":36,"completion_tokens":6}}` + "\n\n"

// stream is a parse that can be repeated without building anything.
type stream struct {
	x    exchange
	resp Response
	body repeated
}

func newStream(c *Client) *stream {
	s := &stream{}
	s.x = exchange{client: c, req: &Request{}, resp: &s.resp, conn: &conn{}}
	s.body.event = []byte(tokenEvent)
	return s
}

func (s *stream) parse(tokens int) error {
	s.body.left, s.body.done = tokens, false
	s.resp = Response{Chunks: s.resp.Chunks[:0], ChunkTokens: s.resp.ChunkTokens[:0], Text: s.resp.Text[:0]}
	s.x.latest = arrival{}
	s.x.log.begin(0)
	s.x.log.frame.state = inBody
	s.x.log.add(make([]byte, 1), stamp{at: 1, now: 1, id: 1, kernel: true})
	return s.x.answer.read(&s.x, reply{body: &s.body, giveUp: func() {}})
}

// TestParse_allocs: the tokens of a stream cost no allocations, at any endpoint.
func TestParse_allocs(t *testing.T) {
	for endpoint, event := range map[Endpoint]string{
		Chat: tokenEvent,
		Responses: "event: response.output_text.delta\n" +
			`data: {"type":"response.output_text.delta","item_id":"msg_1","output_index":0,"content_index":0,"delta":" é\n","sequence_number":5,"logprobs":[]}` + "\n\n",
		Messages: "event: content_block_delta\n" +
			`data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" é\n"}}` + "\n\n",
	} {
		s := newStream(testClient(t, Config{Endpoint: endpoint}))
		s.body.event = []byte(event)
		perStream := func(tokens int) float64 {
			return testing.AllocsPerRun(20, func() {
				if err := s.parse(tokens); err != nil || len(s.resp.Chunks) != tokens {
					t.Fatalf("%s: %d chunks, %v", endpoint, len(s.resp.Chunks), err)
				}
			})
		}
		few, many := perStream(1000), perStream(3000)
		if many > few {
			t.Errorf("%s: %v allocations for 1000 tokens, %v for 3000", endpoint, few, many)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	s := newStream(testClient(b, Config{}))
	const tokens = 1000
	b.SetBytes(tokens * int64(len(tokenEvent)))
	b.ReportAllocs()
	for b.Loop() {
		if err := s.parse(tokens); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*tokens), "ns/token")
}

// BenchmarkDo is a whole request of 100 tokens, each in a segment of its own, over loopback.
func BenchmarkDo(b *testing.B) {
	const tokens = 100
	frame := func(s string) []byte { return fmt.Appendf(nil, "%x\r\n%s\r\n", len(s), s) }
	event, end := frame(tokenEvent), append(frame("data: [DONE]\n\n"), "0\r\n\r\n"...)
	s := serve(b, func(_ int, c *rawConn) {
		for {
			if _, err := c.in.ReadSlice('}'); err != nil { // of the body, without an allocation
				return
			}
			c.send(headChunked)
			for range tokens {
				_, _ = c.Write(event)
			}
			_, _ = c.Write(end)
		}
	})
	c := testClient(b, Config{BaseURL: s.URL})
	var r Response
	b.ReportAllocs()
	for b.Loop() {
		c.Do(b.Context(), &Request{Body: []byte("{}")}, &r)
		if r.Err != nil || len(r.Chunks) != tokens {
			b.Fatalf("%+v", r)
		}
	}
	c.CloseIdle() // before the server waits for its connections
}
