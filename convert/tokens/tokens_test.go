package tokens_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/tokens"
)

func open(t testing.TB, name string) *tokens.Tokenizer {
	t.Helper()
	k, err := tokens.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// golden is what Python's tokenizers makes of texts; testdata/make.py writes it.
type golden struct {
	Texts []string
	IDs   map[string][][]int
}

func readGolden(t testing.TB) (g golden) {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestTokenizer_golden(t *testing.T) {
	g := readGolden(t)
	for name, want := range g.IDs {
		t.Run(name, func(t *testing.T) {
			k := open(t, filepath.Join("testdata", name))
			for i, text := range g.Texts {
				if diff := cmp.Diff(want[i], k.IDs(text)); diff != "" {
					t.Errorf("ids of %q (-Python +promptmill):\n%s", text, diff)
				}
				checkLaws(t, k, text)
			}
		})
	}
}

// checkLaws holds what is true of the tokens of any text.
func checkLaws(t *testing.T, k *tokens.Tokenizer, text string) {
	t.Helper()
	ids, list := k.IDs(text), k.Tokens(text)
	if n := k.Count(text); n != len(ids) || n != len(list) {
		t.Fatalf("%q: count %d, %d ids, %d tokens", text, n, len(ids), len(list))
	}
	end := 0
	for i, token := range list {
		if token.ID != ids[i] || token.Start != end || token.End < token.Start {
			t.Fatalf("%q: token %d is %+v after byte %d, its id %d", text, i, token, end, ids[i])
		}
		end = token.End
	}
	if len(list) > 0 && end != len(text) {
		t.Fatalf("%q: tokens end at byte %d of %d", text, end, len(text))
	}
}

// TestTokenizer_tiktoken has ids that tiktoken gives.
func TestTokenizer_tiktoken(t *testing.T) {
	tests := []struct {
		encoding, text string
		want           []int
	}{
		{"cl100k_base", "hello world", []int{15339, 1917}},
		{"cl100k_base", "tiktoken is great!", []int{83, 1609, 5963, 374, 2294, 0}},
		{"cl100k_base", "お誕生日おめでとう", []int{33334, 45918, 243, 21990, 9080, 33334, 62004, 16556, 78699}},
		{"o200k_base", "hello world", []int{24912, 2375}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, open(t, "tiktoken:"+tt.encoding).IDs(tt.text)); diff != "" {
			t.Errorf("%s: %q (-want +got):\n%s", tt.encoding, tt.text, diff)
		}
	}
}

// TestTokenizer_text: the tokens of bytes are the text.
func TestTokenizer_text(t *testing.T) {
	k := open(t, "tiktoken:o200k_base")
	for _, text := range append(readGolden(t).Texts, "\xff\xfe bad \xc3( UTF-8 \xf0\x9f") {
		if got := textOf(k, text); got != text {
			t.Errorf("tokens of %q are %q", text, got)
		}
	}
	if got := k.Text(-1) + k.Text(1<<30); got != "" {
		t.Errorf("ids that are none stand for %q", got)
	}
}

func textOf(k *tokens.Tokenizer, text string) string {
	var b strings.Builder
	for _, id := range k.IDs(text) {
		b.WriteString(k.Text(id))
	}
	return b.String()
}

// TestTokenizer_long: in a long word, looking for the next merge does not take all of the word.
func TestTokenizer_long(t *testing.T) {
	for _, name := range []string{"testdata/bytelevel.json", "testdata/sentencepiece.json", "tiktoken:cl100k_base"} {
		k := open(t, name)
		for _, unit := range []string{"a", " ", "\n", "the", "한", "é "} {
			checkLaws(t, k, strings.Repeat(unit, 200_000/len(unit)))
		}
	}
}

func TestTokenizer_together(t *testing.T) {
	k, g := open(t, "testdata/bytelevel.json"), readGolden(t)
	want := g.IDs["bytelevel.json"]
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i, text := range g.Texts {
				if !cmp.Equal(want[i], k.IDs(text)) {
					t.Errorf("%q: other ids than alone", text)
				}
			}
		})
	}
	all.Wait()
}

func TestTokenizer_Fit(t *testing.T) {
	text := strings.Repeat("She had 1024 apples,  and then naïve 東京 (they're gone).\n\nHow many?  ", 40)
	for _, name := range []string{"testdata/bytelevel.json", "testdata/sentencepiece.json", "tiktoken:cl100k_base", "tiktoken:o200k_base"} {
		k, fitted := open(t, name), 0
		for n := 10; n < 400; n += 7 {
			for _, around := range [][2]string{{"", ""}, {"Before: ", "\n\n"}} {
				s, ok := k.Fit(around[0], text, around[1], n)
				if !ok {
					continue
				}
				fitted++
				if got := k.Count(around[0] + s + around[1]); got != n || !strings.HasPrefix(text, s) || strings.TrimSpace(s) != s || !utf8.ValidString(s) {
					t.Errorf("%s: %d tokens: %q has %d", name, n, s, got)
				}
			}
		}
		if fitted < 80 {
			t.Errorf("%s: %d of 112 lengths were fitted, want most", name, fitted)
		}
	}
}

func TestTokenizer_Fit_none(t *testing.T) {
	k := open(t, "testdata/bytelevel.json")
	for _, tt := range []struct {
		head, body, tail string
		n                int
	}{
		{"", "too short", "", 100},
		{"", "", "", 1},
		{"", "x", "", 0},
		{"", "x", "a tail that is longer", 2},
		{strings.Repeat("a head that is longer ", 20), "x", "", 2},
		{"", "     ", "", 1},
	} {
		if s, ok := k.Fit(tt.head, tt.body, tt.tail, tt.n); ok {
			t.Errorf("Fit(%q, %q, %q, %d) = %q, want none", tt.head, tt.body, tt.tail, tt.n, s)
		}
	}
}

func TestOpen_folder(t *testing.T) {
	dir := t.TempDir()
	if _, err := tokens.Open(dir); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "no tokenizer.json") {
		t.Errorf("empty folder: %v", err)
	}
	data, err := os.ReadFile("testdata/bytelevel.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tokenizer.json"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	if k := open(t, dir); k.SHA256() == "" || k.Count("the cat") == 0 {
		t.Errorf("tokenizer of a folder: %q", k.SHA256())
	}
}
