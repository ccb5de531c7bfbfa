package convert_test

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/clean"
	"github.com/promptmill/promptmill/convert/mapping"
)

// asStored leaves texts as they are, so that they can be compared with what another reader finds.
var asStored = clean.Options{
	Mojibake: clean.MojibakeOff,
	KeepBOM:  true, KeepNewlines: true, KeepControls: true, KeepForm: true, KeepZeroWidth: true, KeepOuterSpace: true,
}

type chatLine struct {
	Messages []struct{ Role, Content string }
	Expected string
}

// corpusRows reads a parquet file of the corpus with parquet-go's own reader of rows.
func corpusRows[T any](t *testing.T, name string, want int) []T {
	t.Helper()
	rows, err := parquet.ReadFile[T](corpus(t, name))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != want {
		t.Fatalf("%d rows in %s, want %d", len(rows), name, want)
	}
	return rows
}

// TestCorpus_ifbench: conversations that end with a turn that nobody answers, and that is the one to send. Only a layout
// that needs an answer asks the one before.
func TestCorpus_ifbench(t *testing.T) {
	const name = "ifbench/test-00000-of-00001.parquet"
	rows := corpusRows[struct {
		Messages []struct {
			Role    string `parquet:"role"`
			Content string `parquet:"content"`
		} `parquet:"messages,list"`
	}](t, name, 1387)

	out, report := run(t, source(corpus(t, name)), convert.Options{Clean: asStored})
	if m := report.Manifest.Mapping; m.Rule != "R1" || m.Prompt != "messages" {
		t.Errorf("mapping %+v, want R1 from messages", m)
	}
	var want []strictLine
	for _, r := range rows {
		want = append(want, strictLine{r.Messages[0].Content, r.Messages[1].Content})
	}
	if diff := cmp.Diff(want, decode[strictLine](t, out)); diff != "" {
		t.Errorf("strict (-parquet-go +converted):\n%s", diff)
	}

	out, _ = run(t, source(corpus(t, name)), convert.Options{Layout: convert.Chat, Clean: asStored})
	var chats []chatLine
	for _, r := range rows {
		var l chatLine
		for _, m := range r.Messages {
			l.Messages = append(l.Messages, struct{ Role, Content string }{m.Role, m.Content})
		}
		chats = append(chats, l)
	}
	if diff := cmp.Diff(chats, decode[chatLine](t, out)); diff != "" {
		t.Errorf("messages (-parquet-go +converted):\n%s", diff)
	}
}

// TestCorpus_bfcl: a prompt column with turns of tools in it, the answer in a struct beside it.
func TestCorpus_bfcl(t *testing.T) {
	const name = "verl/bfcl-test.parquet"
	rows := corpusRows[struct {
		Prompt []struct {
			Role    string `parquet:"role"`
			Content string `parquet:"content"`
		} `parquet:"prompt,list"`
		Model struct {
			Truth string `parquet:"ground_truth"`
		} `parquet:"reward_model"`
	}](t, name, 127)
	out, report := run(t, source(corpus(t, name)), convert.Options{Layout: convert.Chat, Clean: asStored})
	if m := report.Manifest.Mapping; m.Rule != "R2" || m.Prompt != "prompt" || m.Expected != "reward_model.ground_truth" {
		t.Errorf("mapping %+v, want R2, prompt and reward_model.ground_truth", m)
	}
	var want []chatLine
	for _, r := range rows {
		l := chatLine{Expected: r.Model.Truth}
		for _, m := range r.Prompt {
			l.Messages = append(l.Messages, struct{ Role, Content string }{m.Role, m.Content})
		}
		want = append(want, l)
	}
	if diff := cmp.Diff(want, decode[chatLine](t, out)); diff != "" {
		t.Errorf("rows (-parquet-go +converted):\n%s", diff)
	}
}

// TestCorpus_mtbench: two turns and, now and then, a reference for each.
func TestCorpus_mtbench(t *testing.T) {
	path := corpus(t, "mtbench/question.jsonl")
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var first, each []strictLine
	rows := 0
	for s := bufio.NewScanner(f); s.Scan(); rows++ {
		var row struct{ Turns, Reference []string }
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		for i, turn := range row.Turns {
			l := strictLine{Prompt: turn}
			if i < len(row.Reference) {
				l.Expected = row.Reference[i]
			}
			if each = append(each, l); i == 0 && l.Expected != "" {
				first = append(first, l)
			}
		}
	}
	if rows != 80 || len(first) != 38 || len(each) != 160 {
		t.Fatalf("%d rows, %d with a reference, %d turns; want 80, 38, 160", rows, len(first), len(each))
	}
	out, report := run(t, source(path), convert.Options{Clean: asStored})
	if m := report.Manifest.Mapping; m.Rule != "R3" || m.Prompt != "turns" || m.Expected != "reference[0]" {
		t.Errorf("mapping %+v, want R3, turns, reference[0]", m)
	}
	if diff := cmp.Diff(first, decode[strictLine](t, out)); diff != "" {
		t.Errorf("first turns (-JSON +converted):\n%s", diff)
	}
	out, _ = run(t, source(path), convert.Options{Clean: asStored, AllowEmptyExpected: true, Mapping: mapping.Options{Turns: mapping.EachTurn}})
	if diff := cmp.Diff(each, decode[strictLine](t, out)); diff != "" {
		t.Errorf("each turn (-JSON +converted):\n%s", diff)
	}
}
