package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fixtures are the bodies under testdata/sse, by name, without the comment line that says whose they are.
func fixtures(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/sse/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	all := map[string][]byte{}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		comment, body, ok := bytes.Cut(data, []byte("\n"))
		if !ok || !bytes.HasPrefix(comment, []byte("# ")) {
			t.Fatalf("%s: the first line must be a comment that names the server", p)
		}
		all[strings.TrimSuffix(filepath.Base(p), ".txt")] = body
	}
	return all
}

// endpointOf is the endpoint that answers with a fixture, by its name.
func endpointOf(name string) Endpoint {
	for _, e := range []Endpoint{Responses, Messages, Embeddings, Rerank} {
		if strings.HasPrefix(name, strings.TrimPrefix(string(e), "/v1/")) {
			return e
		}
	}
	return Chat
}

// pieces is a body that arrives in pieces: piece i at instant i+1, each by a read of its own.
type pieces struct {
	x    *exchange
	left [][]byte
	n    int64
	err  error // at the end
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		return 0, p.err
	}
	n := copy(b, p.left[0])
	if p.left[0] = p.left[0][n:]; len(p.left[0]) == 0 {
		p.left = p.left[1:]
	}
	p.n++
	p.x.conn.mu.Lock()
	defer p.x.conn.mu.Unlock()
	p.x.log.add(b[:n], stamp{at: p.n, now: p.n, id: p.n, kernel: true})
	return n, nil
}

func (p *pieces) Close() error { return nil }

func testClient(t testing.TB, cfg Config) *Client {
	t.Helper()
	if cfg.BaseURL == "" {
		cfg.BaseURL = "http://127.0.0.1:1"
	}
	cfg.KeepText = true
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdle)
	return c
}

// parse reads a body that comes in pieces and then ends with err, below any engine.
func parse(c *Client, err error, body ...[]byte) *Response {
	var resp Response
	x := &exchange{client: c, req: &Request{}, resp: &resp, conn: &conn{}}
	x.log.begin(0)
	x.log.frame.state = inBody
	source := &pieces{x: x, err: err}
	for _, p := range body {
		if len(p) > 0 {
			source.left = append(source.left, p)
		}
	}
	if failed := x.answer.read(x, reply{status: 200, body: source, giveUp: func() {}, bounded: true}); failed != nil {
		resp.Err = c.explain(context.Background(), failed, gotHeaders)
	}
	return &resp
}

// outcome is what of a Response does not depend on when its bytes arrived.
type outcome struct {
	Text         string   `json:"text"`
	Chunks       int      `json:"chunks"`
	ChunkTokens  []int32  `json:"chunk_tokens,omitempty"`
	Reasoned     bool     `json:"reasoned,omitempty"` // the first token came before the first output
	FinishReason string   `json:"finish_reason,omitempty"`
	Prompt       *int64   `json:"prompt,omitempty"`
	Output       *int64   `json:"output,omitempty"`
	Reasoning    *int64   `json:"reasoning,omitempty"`
	Cached       *int64   `json:"cached,omitempty"`
	QueueMS      *float64 `json:"queue_ms,omitempty"`
	PromptMS     *float64 `json:"prompt_ms,omitempty"`
	PredictedMS  *float64 `json:"predicted_ms,omitempty"`
	Bytes        int64    `json:"bytes"`
	Kind         Kind     `json:"error_kind,omitempty"`
	Message      string   `json:"error_message,omitempty"`
}

func outcomeOf(r *Response) outcome {
	o := outcome{
		Text: string(r.Text), Chunks: len(r.Chunks), ChunkTokens: r.ChunkTokens, FinishReason: r.FinishReason,
		Reasoned: r.FirstToken != 0 && r.FirstToken < r.FirstOutput,
		Prompt:   r.Usage.Prompt, Output: r.Usage.Output, Reasoning: r.Usage.Reasoning, Cached: r.Usage.Cached, Bytes: r.Bytes,
	}
	if len(o.ChunkTokens) == 0 {
		o.ChunkTokens = nil
	}
	if t := r.ServerTimings; t != nil {
		o.QueueMS, o.PromptMS, o.PredictedMS = t.QueueMS, t.PromptMS, t.PredictedMS
	}
	if r.Err != nil {
		o.Kind, o.Message = r.Err.Kind, r.Err.Message
	}
	return o
}

// eachByte cuts b into single bytes.
func eachByte(b []byte) [][]byte {
	var all [][]byte
	for i := range b {
		all = append(all, b[i:i+1])
	}
	return all
}

// TestStreams reads every fixture byte by byte and compares what came of it with the golden file.
func TestStreams(t *testing.T) {
	for name, body := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			got, err := json.MarshalIndent(outcomeOf(parse(testClient(t, Config{Endpoint: endpointOf(name)}), io.EOF, eachByte(body)...)), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			path := "testdata/sse/" + name + ".golden.json"
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestStreams_split: how a body is cut into reads changes nothing but its times.
func TestStreams_split(t *testing.T) {
	for name, body := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			c := testClient(t, Config{Endpoint: endpointOf(name)})
			want := outcomeOf(parse(c, io.EOF, body))
			want.Reasoned = false
			for at := range len(body) + 1 {
				resp := parse(c, io.EOF, body[:at], body[at:])
				got := outcomeOf(resp)
				got.Reasoned = false
				if want.Kind != "" {
					got.Bytes = want.Bytes // how much had been read when the error was seen
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("split at %d (-whole +split)\n%s", at, diff)
				}
				checkTimes(t, resp)
			}
		})
	}
}

// checkTimes checks what holds for the instants of any response.
func checkTimes(t *testing.T, r *Response) {
	t.Helper()
	last := r.FirstToken
	for i, at := range r.Chunks {
		if at < last {
			t.Errorf("chunk %d at %d, before %d", i, at, last)
		}
		last = at
	}
	if n := len(r.Chunks); n > 0 && (r.FirstToken != r.Chunks[0] || r.LastToken != r.Chunks[n-1]) {
		t.Errorf("first token %d, last %d, but chunks %v", r.FirstToken, r.LastToken, r.Chunks)
	}
	if r.FirstToken != 0 && r.FirstToken < r.FirstChunk || r.FirstOutput != 0 && r.FirstOutput < r.FirstToken {
		t.Errorf("first chunk %d, first token %d, first output %d", r.FirstChunk, r.FirstToken, r.FirstOutput)
	}
	if r.Done != 0 && r.Done < r.LastToken {
		t.Errorf("done %d, before the last token %d", r.Done, r.LastToken)
	}
	if r.Coalesced != coalesced(r.Chunks) {
		t.Errorf("coalesced %d of %v", r.Coalesced, r.Chunks)
	}
}

// coalesced counts the instants that occur more than once. Reads have distinct instants in these tests.
func coalesced(chunks []int64) int {
	n := 0
	times := map[int64]int{}
	for _, at := range chunks {
		times[at]++
	}
	for _, k := range times {
		if k > 1 {
			n += k
		}
	}
	return n
}

// TestStreams_bytes: read byte by byte, each chunk has the time of the last byte of its line.
func TestStreams_bytes(t *testing.T) {
	body := fixtures(t)["llama-server-2026-chat"]
	r := parse(testClient(t, Config{}), io.EOF, eachByte(body)...)
	var ends []int64
	end := int64(0)
	for line := range bytes.Lines(body) {
		end += int64(len(line))
		if bytes.HasPrefix(line, []byte("data: ")) {
			ends = append(ends, end)
		}
	}
	// The role chunk, four with content, then finish, usage and [DONE].
	want := &Response{FirstChunk: ends[0], FirstToken: ends[1], FirstOutput: ends[1], LastToken: ends[4], Done: ends[7], Chunks: ends[1:5]}
	got := &Response{FirstChunk: r.FirstChunk, FirstToken: r.FirstToken, FirstOutput: r.FirstOutput, LastToken: r.LastToken, Done: r.Done, Chunks: r.Chunks}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if r.Coalesced != 0 {
		t.Errorf("coalesced %d", r.Coalesced)
	}
	if whole := parse(testClient(t, Config{}), io.EOF, body); whole.Coalesced != 4 {
		t.Errorf("in one read: coalesced %d of 4", whole.Coalesced)
	}
}

// TestStreams_cut: a body cut anywhere is a success only when its end had come, and what came is kept.
func TestStreams_cut(t *testing.T) {
	body := fixtures(t)["vllm-simulator-chat"]
	c := testClient(t, Config{})
	finish := bytes.Index(body, []byte(`"finish_reason":"stop"`))
	finished := finish + bytes.IndexByte(body[finish:], '\n')
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF} {
		for at := 1; at < len(body); at++ {
			r := parse(c, end, body[:at])
			if at >= finished && r.Err != nil {
				t.Fatalf("cut at %d, after the finish reason, with %v: %v", at, end, r.Err)
			}
			// The finish chunk may be complete but for the end of its line.
			if at < finished-1 && (r.Err == nil || r.Err.Kind != KindTruncated) {
				t.Fatalf("cut at %d, before the finish reason, with %v: %v", at, end, r.Err)
			}
			if want := "Testing @, #testing 1$ ,2%,"; !strings.HasPrefix(want, string(r.Text)) {
				t.Fatalf("cut at %d: text %q", at, r.Text)
			}
			if !bytes.Contains(body[:at], []byte("data: [DONE]")) {
				checkTimes(t, r)
			}
		}
	}
}

func TestStreams_lineLimit(t *testing.T) {
	body := fixtures(t)["llama-server-2025-chat"]
	c := testClient(t, Config{MaxLine: 150})
	want := outcomeOf(parse(c, io.EOF, body))
	if want.Kind != KindBadStream {
		t.Fatalf("got %+v", want)
	}
	for at := range body {
		got := outcomeOf(parse(c, io.EOF, body[:at], body[at:]))
		got.Bytes = want.Bytes // how far it had read depends on the reads
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("split at %d (-whole +split)\n%s", at, diff)
		}
	}
}
