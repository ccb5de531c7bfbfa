package convert

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/jsontext"
	"github.com/promptmill/promptmill/convert/mapping"
)

// Format is the kind of file to write.
type Format string

// The formats. The zero value is JSONL.
const (
	JSONL Format = "jsonl"
	TXT   Format = "txt"
)

// Layout is the shape of a JSONL line.
type Layout string

// The layouts. The zero value is Strict.
const (
	Strict   Layout = "strict"   // {"prompt":"...","expected":"..."}, nothing else
	Chat     Layout = "messages" // {"messages":[{"role":"user","content":"..."}],"expected":"..."}
	ShareGPT Layout = "sharegpt" // {"conversations":[{"from":"human","value":"..."},{"from":"gpt","value":"..."}]}
	VLLM     Layout = "vllm"     // {"prompt":"..."}, its custom dataset
	AIPerf   Layout = "aiperf"   // {"text":"..."}, or {"turns":[{"text":"..."}]} for all lines of a file
	GuideLLM Layout = "guidellm" // {"prompt":"..."}
)

var (
	formats  = []Format{JSONL, TXT}
	layouts  = []Layout{Strict, Chat, ShareGPT, VLLM, AIPerf, GuideLLM}
	newlines = []Newline{Space, Escape, Drop}
)

// Validate returns an [ErrOptions] for what [Run] would refuse, before there is anything to read.
func (o Options) Validate() error {
	_, err := o.checked()
	return err
}

// checked returns o with the defaults filled in.
func (o Options) checked() (Options, error) {
	if o.Format == "" {
		o.Format = JSONL
	}
	if o.Layout == "" {
		o.Layout = Strict
	}
	if o.Newline == "" {
		o.Newline = Space
	}
	if o.Compression == "" {
		o.Compression = Plain
	}
	switch {
	case !slices.Contains(formats, o.Format):
		return o, unknown("format", o.Format, formats)
	case !slices.Contains(layouts, o.Layout):
		return o, unknown("layout", o.Layout, layouts)
	case !slices.Contains(newlines, o.Newline):
		return o, unknown("newline", o.Newline, newlines)
	case o.Format == TXT && o.Layout != Strict:
		return o, fmt.Errorf("%w: --layout %s is a layout of jsonl; txt has none", ErrOptions, o.Layout)
	case !slices.Contains(compressions, o.Compression):
		return o, unknown("compression", o.Compression, compressions)
	case o.MaxRowsPerFile < 0:
		return o, fmt.Errorf("%w: --max-rows-per-file %d: want 1 or more, or 0 for one file", ErrOptions, o.MaxRowsPerFile)
	case !o.Shard.valid():
		return o, fmt.Errorf("%w: --shard %s: want i/n with i from 0 to n-1", ErrOptions, o.Shard)
	case o.Sample < 0:
		return o, fmt.Errorf("%w: --sample %d: want 1 or more, or 0 for all", ErrOptions, o.Sample)
	case o.Limit < 0:
		return o, fmt.Errorf("%w: --limit %d: want 0 (no limit) or more", ErrOptions, o.Limit)
	}
	o.Mapping.PromptOnly = !o.takesExpected()
	o.Mapping.NoLater = o.Format != JSONL || o.Layout != AIPerf
	o.Mapping.AnswerOptional = !o.needsExpected() || o.AllowEmptyExpected
	return o, cmp.Or(o.Filter.check(o.Tokenizer), o.Sizing.check(o.Tokenizer))
}

func unknown[T ~string](what string, got T, want []T) error {
	names := make([]string, len(want))
	for i, w := range want {
		names[i] = string(w)
	}
	return fmt.Errorf("%w: unknown %s %q: want one of %s", ErrOptions, what, string(got), strings.Join(names, ", "))
}

// takesExpected says whether lines hold an answer.
func (o Options) takesExpected() bool {
	return o.needsExpected() || o.Format == JSONL && o.Layout == Chat
}

// needsExpected says whether a line without an answer is none.
func (o Options) needsExpected() bool {
	return o.Format == JSONL && (o.Layout == Strict || o.Layout == ShareGPT)
}

// A lineFunc appends p as a line without its line feed; drop says why that cannot be done.
type lineFunc func(dst []byte, p *mapping.Prompt) (line []byte, drop string)

// lineFor returns the writer of lines for the options and what the mapping can give.
func lineFor(o Options, m *mapping.Mapping) func(*object, *mapping.Prompt) (drop string) {
	if o.Format == TXT {
		return func(l *object, p *mapping.Prompt) (drop string) {
			l.text, drop = o.Newline.line(l.text, p)
			return drop
		}
	}
	if o.Layout == AIPerf && (m.Chat || m.Turns || m.System) {
		return (*object).turns
	}
	write := map[Layout]func(*object, *mapping.Prompt){
		Strict: (*object).strict, Chat: (*object).chat, ShareGPT: (*object).shareGPT,
		VLLM: (*object).promptOnly, GuideLLM: (*object).promptOnly, AIPerf: (*object).singleTurn,
	}[o.Layout]
	return func(l *object, p *mapping.Prompt) string { write(l, p); return "" }
}

// An object is a line that is being written.
type object struct {
	text    []byte          // it is appended to
	strings []jsontext.Span // of text
}

// raw appends JSON.
func (o *object) raw(json string) { o.text = append(o.text, json...) }

// string appends JSON and, behind it, a string.
func (o *object) string(before, s string) {
	o.raw(before)
	from := len(o.text)
	o.text = jsontext.Append(o.text, s)
	o.strings = append(o.strings, jsontext.Span{From: from, To: len(o.text)})
}

// comma separates the element with index i from those before.
func (o *object) comma(i int) {
	if i > 0 {
		o.raw(",")
	}
}

func (o *object) strict(p *mapping.Prompt) {
	o.string(`{"prompt":`, p.Text())
	o.string(`,"expected":`, p.Expected)
	o.raw("}")
}

func (o *object) promptOnly(p *mapping.Prompt) {
	o.string(`{"prompt":`, p.Text())
	o.raw("}")
}

// chat leaves expected out where there is none.
func (o *object) chat(p *mapping.Prompt) {
	o.raw(`{"messages":[`)
	for i, m := range p.Messages {
		o.comma(i)
		o.string(`{"role":`, string(m.Role))
		o.string(`,"content":`, m.Content)
		o.raw("}")
	}
	o.raw("]")
	if p.HasExpected {
		o.string(`,"expected":`, p.Expected)
	}
	o.raw("}")
}

// shareGPT puts the system message before the first human turn, because readers of this layout take
// the first value for the prompt, whoever it is from.
func (o *object) shareGPT(p *mapping.Prompt) {
	o.raw(`{"conversations":[`)
	messages, system := p.Messages, ""
	if messages[0].Role == mapping.System {
		messages, system = messages[1:], messages[0].Content+"\n\n"
	}
	for i, m := range messages {
		text := m.Content
		if m.Role == mapping.User {
			text, system = system+text, ""
		}
		o.comma(i)
		o.from(shareGPTNames[m.Role], text)
	}
	o.raw(",")
	o.from("gpt", p.Expected)
	o.raw(`]}`)
}

var shareGPTNames = map[mapping.Role]string{
	mapping.System: "system", mapping.User: "human", mapping.Assistant: "gpt", mapping.Tool: "observation",
}

func (o *object) from(from, value string) {
	o.string(`{"from":`, from)
	o.string(`,"value":`, value)
	o.raw("}")
}

func (o *object) singleTurn(p *mapping.Prompt) { o.turn("", p.Last()) }

// turns writes what the user says; the answers in between come from the server that is measured. A
// system message leads. A turn without text cannot be sent, and a conversation without it is another one.
func (o *object) turns(p *mapping.Prompt) (drop string) {
	if hasBlankTurn(p) {
		return dropBlankTurn
	}
	o.raw(`{"turns":[`)
	n := 0
	for i, m := range p.Messages {
		role := ""
		switch {
		case m.Role == mapping.User:
		case m.Role == mapping.System && i == 0:
			role = "system"
		default:
			continue
		}
		o.comma(n)
		o.turn(role, m.Content)
		n++
	}
	for _, text := range p.Later {
		o.comma(n)
		o.turn("", text)
		n++
	}
	o.raw(`]}`)
	return ""
}

func (o *object) turn(role, text string) {
	if role == "" {
		o.string(`{"text":`, text)
	} else {
		o.string(`{"role":`, role)
		o.string(`,"text":`, text)
	}
	o.raw("}")
}

func hasBlankTurn(p *mapping.Prompt) bool {
	return slices.ContainsFunc(p.Later, isBlank) || slices.ContainsFunc(p.Messages, func(m mapping.Message) bool {
		return m.Role == mapping.User && isBlank(m.Content)
	})
}
