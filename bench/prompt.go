package bench

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/promptmill/promptmill/bench/openai"
)

// ErrNoPrompts reports a prompt file without a prompt.
var ErrNoPrompts = errors.New("no prompts")

// Prompt is one line of a prompt file, ready to be sent.
type Prompt struct {
	Line     int64 // in its file, from 1
	Messages []openai.Message
	Expected *string // nil where the file has none
	SHA256   string  // hex digest of what is sent: of the text of a single message, else of the messages as JSON

	MaxTokens int             // longest answer to this prompt, in tokens; 0 is as the run has it
	Tools     json.RawMessage // list of the tools that this prompt's answer may call; nil is as the run has it
	Extra     openai.Members  // further members of the request's body
	Documents []string        // what a reranker ranks for the prompt; nil where the line has none

	// Fields are the members of the line as encoding/json reads them, for templates: numbers are json.Number. nil where
	// PromptOptions do not ask for them.
	Fields map[string]any

	Later []Turn // questions that follow the answer to Messages: sent in sessions only
}

// Input is what a request for the prompt is about.
func (p *Prompt) Input() openai.Input {
	return openai.Input{
		Messages: p.Messages, Documents: p.Documents, Tools: p.Tools, Extra: p.Extra, MaxTokens: p.MaxTokens,
		Expected: p.Expected, Fields: p.Fields,
	}
}

// Format of a prompt file.
type Format string

// The formats that [ReadPrompts] reads.
const (
	Text  Format = "txt"   // one prompt per line
	JSONL Format = "jsonl" // one JSON object per line: any layout that promptmill convert writes
)

// PromptOptions says how to read a prompt file.
type PromptOptions struct {
	Format  Format
	Escaped bool // txt only: \n, \r, \\ and \uXXXX stand for LF, CR, a backslash and a UTF-16 code unit
	Fields  bool // jsonl only: keep every member of a line
}

// ReadPrompts reads a whole prompt file. An error names the line; [ErrNoPrompts] is returned for a file without any.
func ReadPrompts(r io.Reader, o PromptOptions) ([]Prompt, error) {
	parse := parseText
	if o.Format == JSONL {
		parse = parseJSON
	} else if o.Escaped {
		parse = parseEscaped
	}
	var prompts []Prompt
	br := bufio.NewReaderSize(r, 1<<16)
	for line := int64(1); ; line++ {
		raw, err := br.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if raw = bytes.TrimRight(raw, "\r\n"); len(bytes.TrimSpace(raw)) > 0 {
			p, perr := parse(raw)
			if perr == nil && o.Fields && o.Format == JSONL {
				p.Fields, perr = readFields(raw)
			}
			if perr != nil {
				return nil, fmt.Errorf("line %d: %w", line, perr)
			}
			p.Line, p.SHA256 = line, digest(p.Messages, p.Documents...)
			prompts = append(prompts, p)
		}
		if err == io.EOF {
			break
		}
	}
	if len(prompts) == 0 {
		return nil, ErrNoPrompts
	}
	return prompts, nil
}

func digest(messages []openai.Message, documents ...string) string {
	text := []byte(messages[0].Content)
	if len(messages) > 1 || messages[0].Raw != nil {
		text, _ = json.Marshal(messages) // cannot fail: strings, and what was read
	}
	for _, d := range documents {
		text = append(append(text, 0), d...)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func user(text string) []openai.Message {
	return []openai.Message{{Role: "user", Content: text}}
}

func parseText(line []byte) (Prompt, error) {
	return Prompt{Messages: user(string(line))}, nil
}

func parseEscaped(line []byte) (Prompt, error) {
	return Prompt{Messages: user(unescape(string(line)))}, nil
}

// unescape undoes what promptmill convert --newline escape does. A backslash that begins none of its sequences
// stays as it is.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, `\`)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		r, n := sequence(after)
		b.WriteRune(r)
		s = after[n:]
	}
}

// sequence reads what follows a backslash: the character meant, and how many bytes stood for it.
func sequence(s string) (r rune, n int) {
	switch {
	case strings.HasPrefix(s, "n"):
		return '\n', 1
	case strings.HasPrefix(s, "r"):
		return '\r', 1
	case strings.HasPrefix(s, `\`):
		return '\\', 1
	case strings.HasPrefix(s, "u") && len(s) >= 5:
		if code, err := strconv.ParseUint(s[1:5], 16, 16); err == nil && utf8.ValidRune(rune(code)) {
			return rune(code), 5
		}
	}
	return '\\', 0
}
