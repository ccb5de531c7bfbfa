package convert_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/tokens"
)

func tokenizer(t testing.TB, name string) *tokens.Tokenizer {
	t.Helper()
	k, err := tokens.Open(filepath.Join("tokens", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// essays returns rows of one to most words.
func essays(n, most int) []qa {
	words := strings.Fields("The cat sat on 1024 mats, and then they're gone. How many apples (naïve 東京) does she have?")
	draw := rand.New(rand.NewPCG(1, 2))
	rows := make([]qa, n)
	for i := range rows {
		text := make([]string, 1+draw.IntN(most))
		for j := range text {
			text[j] = words[draw.IntN(len(words))]
		}
		rows[i] = pair(strings.Join(text, []string{" ", "  ", "\n"}[draw.IntN(3)]), fmt.Sprintf("answer %d", i))
	}
	return rows
}

type asked struct {
	Prompt   string `json:"prompt"`
	Expected string `json:"expected"`
}

// TestRun_target: every prompt has the length, its answer is its own, and next to none are lost.
func TestRun_target(t *testing.T) {
	rows := essays(200, 120)
	src := source(write(t, rows))
	for _, name := range []string{"bytelevel.json", "sentencepiece.json"} {
		k := tokenizer(t, name)
		for _, s := range []convert.Sizing{{Target: 100}, {Target: 7}, {Target: 700}, {Target: 150, SharedPrefix: 50}} {
			out, report := run(t, src, convert.Options{Tokenizer: k, Sizing: s})
			lines := decode[asked](t, out)
			if len(lines) < 190 {
				t.Errorf("%s: %+v: %d prompts of 200: %v", name, s, len(lines), report.Manifest.Rows.Dropped)
			}
			for _, line := range lines {
				if n := k.Count(line.Prompt); n != s.Target || strings.TrimSpace(line.Prompt) != line.Prompt {
					t.Fatalf("%s: %+v: %d tokens: %q", name, s, n, line.Prompt)
				}
				var i int
				if _, err := fmt.Sscanf(line.Expected, "answer %d", &i); err != nil {
					t.Fatal(err)
				}
				own := *rows[i].Question
				if s.SharedPrefix == 0 && !strings.HasPrefix(line.Prompt, own[:min(len(own), 4)]) {
					t.Fatalf("%s: %+v: prompt of row %d begins with %q, want %q", name, s, i, line.Prompt, own)
				}
			}
			m := report.Manifest.Tokens
			if m.Prompts != int64(len(lines)) || m.Min != int64(s.Target) || m.Max != m.Min || m.Total != m.Min*m.Prompts || m.Target != s.Target {
				t.Errorf("manifest %+v of %d prompts", m, len(lines))
			}
		}
	}
}

func TestRun_sharedPrefix(t *testing.T) {
	src := source(write(t, essays(50, 20)))
	k := tokenizer(t, "bytelevel.json")
	var prefixes []string
	for seed := range uint64(3) {
		plain, _ := run(t, src, convert.Options{Tokenizer: k, Seed: seed})
		out, _ := run(t, src, convert.Options{Tokenizer: k, Seed: seed, Sizing: convert.Sizing{SharedPrefix: 64}})
		lines := decode[asked](t, out)
		first := k.IDs(lines[0].Prompt)[:64]
		for i, own := range decode[asked](t, plain) {
			prefix, ok := strings.CutSuffix(lines[i].Prompt, own.Prompt)
			if !ok || !strings.HasSuffix(prefix, "\n\n") || k.Count(prefix) != 64 {
				t.Fatalf("%q is no prefix of 64 tokens and %q", lines[i].Prompt, own.Prompt)
			}
			if diff := cmp.Diff(first, k.IDs(lines[i].Prompt)[:64]); diff != "" {
				t.Errorf("prompt %d begins with other tokens:\n%s", i, diff)
			}
		}
		prefixes = append(prefixes, lines[0].Prompt[:40])
	}
	if prefixes[0] == prefixes[1] && prefixes[1] == prefixes[2] {
		t.Errorf("three seeds give one prefix, %q", prefixes[0])
	}
}

// TestRun_sizedByAnyNumber: what several workers make is what one makes.
func TestRun_sizedByAnyNumber(t *testing.T) {
	src := source(writeGroups(t, essays(3000, 30), 500, &parquet.Zstd))
	k := tokenizer(t, "bytelevel.json")
	for _, o := range []convert.Options{
		{Tokenizer: k, Filter: convert.Filter{MinTokens: 10, MaxTokens: 40}},
		{Tokenizer: k, Sizing: convert.Sizing{Target: 40, SharedPrefix: 10}},
	} {
		if got := compareWorkers(t, src, o); got.Error != "" || got.Output == "" {
			t.Errorf("%+v: %s", o.Sizing, got.Error)
		}
	}
}

// TestRun_targetTXT: what counts is the line that is written.
func TestRun_targetTXT(t *testing.T) {
	src := source(write(t, essays(100, 60)))
	k := tokenizer(t, "bytelevel.json")
	for _, newline := range []convert.Newline{convert.Space, convert.Escape, convert.Drop} {
		out, report := run(t, src, convert.Options{Format: convert.TXT, Newline: newline, Tokenizer: k, Sizing: convert.Sizing{Target: 50}})
		for line := range strings.Lines(string(out)) {
			text := strings.TrimSuffix(line, "\n")
			if newline == convert.Escape {
				text = strings.ReplaceAll(text, `\n`, "\n")
			}
			if n := k.Count(text); n != 50 {
				t.Fatalf("%s: %d tokens: %q", newline, n, text)
			}
		}
		if dropped := report.Manifest.Rows.DroppedTotal(); newline != convert.Drop && dropped > 5 {
			t.Errorf("%s: %d of 100 dropped", newline, dropped)
		}
	}
}

// TestRun_targetFilters: filters judge the prompts of the dataset, not what they are made into.
func TestRun_targetFilters(t *testing.T) {
	k := tokenizer(t, "bytelevel.json")
	src := source(write(t, questions("the cat", "the cat", "the cat sat on a mat", "dog")))
	_, report := run(t, src, convert.Options{
		Tokenizer: k, Sizing: convert.Sizing{Target: 30}, Filter: convert.Filter{Dedupe: true, MinTokens: 1, MaxTokens: 4},
	})
	want := convert.Ledger{Read: 4, Written: 2, Dropped: map[string]int64{
		"prompt is a duplicate": 1, "prompt has more tokens than --max-tokens": 1,
	}}
	if diff := cmp.Diff(want, report.Manifest.Rows); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
}

// TestRun_targetTurns: of a conversation, the turn to be answered is what changes.
func TestRun_targetTurns(t *testing.T) {
	k := tokenizer(t, "bytelevel.json")
	src := source(write(t, []talk{
		{[]said{{"system", "be kind"}, {"user", "hi"}, {"assistant", "hello"}, {"user", "the cat sat on a mat and then it's gone"}, {"assistant", "a"}}},
		{[]said{{"user", "how many apples?"}, {"assistant", "b"}}},
	}))
	out, _ := run(t, src, convert.Options{Tokenizer: k, Sizing: convert.Sizing{Target: 45}, Layout: convert.VLLM})
	for i, line := range decode[asked](t, out) {
		if n := k.Count(line.Prompt); n != 45 {
			t.Errorf("%d tokens: %q", n, line.Prompt)
		}
		if i == 0 && !strings.HasPrefix(line.Prompt, "system: be kind\n\nuser: hi\n\nassistant: hello\n\nuser: the cat") {
			t.Errorf("conversation is %q", line.Prompt)
		}
	}
	_, report := run(t, src, convert.Options{Tokenizer: k, Sizing: convert.Sizing{Target: 45}, Layout: convert.AIPerf})
	if n := report.Manifest.Rows.Dropped["prompt of several turns cannot be sized in layout aiperf"]; n != 1 {
		t.Errorf("aiperf: dropped %v", report.Manifest.Rows.Dropped)
	}
}

// TestRun_sharedPrefixTurns: a text with roles begins with the prefix too, before the first role; messages have it in the
// first of them.
func TestRun_sharedPrefixTurns(t *testing.T) {
	k := tokenizer(t, "bytelevel.json")
	src := source(write(t, []talk{
		{[]said{{"system", "be kind"}, {"user", "hi"}, {"assistant", "hello"}, {"user", "the cat sat on a mat and then it's gone"}, {"assistant", "a"}}},
		{[]said{{"user", "hi"}, {"assistant", "hello"}, {"user", "how many?"}, {"assistant", "b"}}},
		{[]said{{"system", "be kind"}, {"user", "how many?"}, {"assistant", "c"}}},
		{[]said{{"user", "how many apples?"}, {"assistant", "d"}}},
	}))
	for _, target := range []int{0, 60} {
		for _, o := range []convert.Options{{}, {Layout: convert.VLLM}, {Layout: convert.GuideLLM}, {Format: convert.TXT, Newline: convert.Escape}} {
			o.Tokenizer, o.Sizing = k, convert.Sizing{SharedPrefix: 12, Target: target}
			out, _ := run(t, src, o)
			lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
			if o.Format != convert.TXT {
				for i, line := range decode[asked](t, out) {
					lines[i] = line.Prompt
				}
			}
			own := []string{"system: be kind", "user: hi", "be kind", "how many apples?"}
			prefix, _, ok := strings.Cut(lines[0], own[0])
			for i, line := range lines {
				if !ok || prefix == "" || len(lines) != len(own) || !strings.HasPrefix(line, prefix+own[i]) {
					t.Errorf("%s, to %d tokens: line %d of %d begins with %.60q, want %q and %q", o.Layout, target, i, len(lines), line, prefix, own[min(i, 3)])
				}
			}
		}
	}
}

func TestOptions_sizing(t *testing.T) {
	k := tokenizer(t, "bytelevel.json")
	for says, o := range map[string]convert.Options{
		"name the model's --tokenizer":                 {Sizing: convert.Sizing{Target: 5}},
		"--min-tokens and --max-tokens count tokens":   {Filter: convert.Filter{MinTokens: 5}},
		"--shared-prefix 5 leaves nothing":             {Tokenizer: k, Sizing: convert.Sizing{Target: 5, SharedPrefix: 5}},
		"--target-input-tokens -1":                     {Tokenizer: k, Sizing: convert.Sizing{Target: -1}},
		"--min-tokens 3 is more than --max-tokens 2: ": {Tokenizer: k, Filter: convert.Filter{MinTokens: 3, MaxTokens: 2}},
	} {
		if err := o.Validate(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

// TestRun_targetAnyText: whatever the texts, the books balance and what is written is exact.
func TestRun_targetAnyText(t *testing.T) {
	k := tokenizer(t, "sentencepiece.json")
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		var rows []qa
		for _, text := range rapid.SliceOfN(rapid.StringOfN(rapid.SampledFrom([]rune("ab 1.\n \u0301é東👍▁<s>")), 1, 60, -1), 1, 8).Draw(r, "texts") {
			rows = append(rows, pair(text+"x", "y"))
		}
		path := filepath.Join(dir, "rows.parquet")
		if err := parquet.WriteFile(path, rows); err != nil {
			r.Fatal(err)
		}
		s := convert.Sizing{Target: rapid.IntRange(1, 60).Draw(r, "target")}
		var out strings.Builder
		report, err := convert.Run(t.Context(), source(path), &out, convert.Options{Tokenizer: k, Sizing: s})
		if err != nil {
			if !strings.Contains(err.Error(), "every one of the") {
				r.Fatal(err)
			}
			return
		}
		checkReport(t, []byte(out.String()), report)
		for _, line := range decode[asked](t, []byte(out.String())) {
			if n := k.Count(line.Prompt); n != s.Target {
				r.Fatalf("%d tokens, want %d: %q", n, s.Target, line.Prompt)
			}
		}
	})
}
