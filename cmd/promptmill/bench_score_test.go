package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/results"
)

// Where the server counts nothing, --tokenizer counts the tokens of the text, and the results name it; the text goes.
func TestBench_tokenizer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			fmt.Fprint(w, `{"data":[{"id":"m"}]}`)
			return
		}
		for _, text := range []string{"Hello", ", wor", "ld!"} { // three chunks of the four tokens Hello|,| world|!
			fmt.Fprintf(w, `data: {"choices":[{"delta":{"content":%q}}]}`+"\n\n", text)
		}
		fmt.Fprint(w, "data: [DONE]\n\n")
	}))
	defer server.Close()
	for tokenizer, want := range map[string]struct {
		tokens int64
		source string
	}{
		"":                     {3, results.TokensFromChunks},
		"tiktoken:cl100k_base": {4, results.TokensFromTokenizer},
	} {
		path := filepath.Join(t.TempDir(), "r.parquet")
		args := []string{"bench", "-", "--target", server.URL, "-q", "-o", path}
		if tokenizer != "" {
			args = append(args, "--tokenizer", tokenizer)
		}
		var stderr bytes.Buffer
		if code := run(t.Context(), args, testProcess("hello\n", &bytes.Buffer{}, &stderr)); code != exitOK {
			t.Fatalf("exit code %d: %s", code, &stderr)
		}
		f, err := results.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for r, err := range f.Records() {
			if err != nil || r.OutputTokens != want.tokens || r.TokenSource != want.source || r.ResponseText != nil {
				t.Errorf("%s: %d tokens by %s, text %v, %v; want %+v", tokenizer, r.OutputTokens, r.TokenSource, r.ResponseText, err, want)
			}
		}
		if !strings.HasPrefix(f.Run.Tokenizer, tokenizer) || (tokenizer == "") != (f.Run.Tokenizer == "") {
			t.Errorf("the results name the tokenizer %q, want %q", f.Run.Tokenizer, tokenizer)
		}
	}
}
