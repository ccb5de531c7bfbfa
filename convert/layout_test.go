package convert_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/mapping"
)

// jsonl makes a file of one line.
func jsonl(t *testing.T, line string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.jsonl")
	if err := os.WriteFile(path, []byte(line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestRun_firstTurnKeepsSystem: the first turn alone still has the instructions of its conversation.
func TestRun_firstTurnKeepsSystem(t *testing.T) {
	path := jsonl(t, `{"messages":[{"role":"system","content":"S"},{"role":"user","content":"one"},{"role":"assistant","content":"a"},{"role":"user","content":"two"}]}`)
	out, _ := run(t, source(path), convert.Options{Layout: convert.AIPerf, Mapping: mapping.Options{Turns: mapping.FirstTurn}})
	if want := `{"turns":[{"role":"system","text":"S"},{"text":"one"}]}` + "\n"; string(out) != want {
		t.Errorf("got %s, want %s", out, want)
	}
}

// TestRun_toolsAreTold: calls of tools do not vanish without a word.
func TestRun_toolsAreTold(t *testing.T) {
	path := jsonl(t, `{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","tool_calls":[{"id":"c"}]}]}`)
	_, report := run(t, source(path), convert.Options{Layout: convert.Chat})
	if want := "conversations that call tools, of which only the texts were written, not the calls: 1"; !slices.Contains(report.Notices, want) {
		t.Errorf("the notices are %q, want %s", report.Notices, want)
	}
}

// TestRun_allTurnsOfList: turns that a layout has no place for are refused, not left out.
func TestRun_allTurnsOfList(t *testing.T) {
	path := jsonl(t, `{"turns":["one","two"]}`)
	o := convert.Options{Layout: convert.AIPerf, Mapping: mapping.Options{Turns: mapping.AllTurns}}
	out, _ := run(t, source(path), o)
	if want := `{"turns":[{"text":"one"},{"text":"two"}]}` + "\n"; string(out) != want {
		t.Errorf("got %s, want %s", out, want)
	}
	o.Layout = convert.VLLM
	if _, err := convert.Run(t.Context(), source(path), io.Discard, o); !errors.Is(err, mapping.ErrColumn) {
		t.Errorf("--layout vllm: %v, want an ErrColumn", err)
	}
}
