package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

type chatRow struct {
	Messages []chatMessage `parquet:"messages,list"`
}

type chatMessage struct {
	Role    string `parquet:"role"`
	Content string `parquet:"content"`
}

// longChat is a file of one conversation.
func longChat(t *testing.T, messages int) string {
	t.Helper()
	var row chatRow
	for i := range messages {
		row.Messages = append(row.Messages, chatMessage{[]string{"user", "assistant"}[i%2], "a few words"})
	}
	path := filepath.Join(t.TempDir(), "chat.parquet")
	if err := parquet.WriteFile(path, []chatRow{row}); err != nil {
		t.Fatal(err)
	}
	return path
}

// What convert writes of a conversation of very many messages, validate accepts: they are no bug of either.
func TestLongChat(t *testing.T) {
	t.Parallel()
	path := longChat(t, 150_000)
	for _, layout := range []string{"strict", "messages", "sharegpt", "aiperf", "vllm", "guidellm"} {
		s := &shop{dir: t.TempDir()}
		out := filepath.Join(s.dir, "x.jsonl")
		if code, _, stderr := s.run(t, "convert", path, "-o", out, "--layout", layout); code != exitOK || !strings.Contains(stderr, "1 prompt from 1 row") {
			t.Errorf("%s: exit code %d: %s", layout, code, stderr)
			continue
		}
		if code, _, stderr := s.run(t, "validate", out, "--schema", layout); code != exitOK {
			t.Errorf("%s: validate: exit code %d: %s", layout, code, stderr)
		}
	}
}

// With each turn, what is written of a conversation grows with the square of its length; the memory does not.
func TestLongChat_eachTurn(t *testing.T) {
	t.Parallel()
	m := measure(t, nil, "convert", longChat(t, 4000), "-o", "/dev/null", "--format", "jsonl", "--layout", "messages", "--turns", "each")
	if m.code != exitOK || !strings.Contains(m.stderr, "2000 prompts from ") {
		t.Fatalf("exit code %d: %s", m.code, m.stderr)
	}
	if m.peak > 80 && !raced() {
		t.Errorf("%d MiB at the peak", m.peak)
	}
}
