package convert

import (
	"fmt"
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

// noExpected explains why a layout cannot be written.
func noExpected(src SourceFile, m *mapping.Mapping, l Layout, s dataset.Schema) error {
	also := ""
	if n := Renamed(s); n != "" {
		also = "; " + n
	}
	return fmt.Errorf("%w: %s: layout %s needs them, and %s finds none; name their column with --expected-column, "+
		"or write prompts alone with --format txt, --layout guidellm or --layout vllm, "+
		"or write empty ones with --allow-empty-expected%s", ErrNoExpected, printable(src.name()), l, m, also)
}

// foretell returns what can be said before the first row: what the mapping chose, which options do nothing.
func foretell(m *mapping.Mapping, o Options) []string {
	list := append([]string{m.String()}, m.Notices...)
	if !o.takesExpected() && (o.Mapping.ExpectedColumn != "" || o.ExpectedExtract != nil) {
		list = append(list, "what is written has no place for expected answers: --expected-column and --expected-extract do nothing")
	}
	return list
}

// Renamed tells of the columns, and fields in them, whose names are there more than once: under which names rows have
// them. It is "" when there are none.
func Renamed(s dataset.Schema) string {
	const most = 12
	list := renamed(nil, "", s.Fields)
	if len(list) == 0 {
		return ""
	}
	text := strings.Join(list[:min(len(list), most)], ", ")
	if more := len(list) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return "names that are there more than once: " + text + "; --prompt-column and --expected-column choose"
}

// renamed appends what is renamed among fields, which are in what at names.
func renamed(list []string, at string, fields []dataset.Field) []string {
	for _, f := range fields {
		if f.Renamed {
			list = append(list, fmt.Sprintf("another %s is called %s here", short(at+f.Original), short(at+f.Name)))
		}
		inside := at + f.Name
		for f.Kind == dataset.List {
			f, inside = f.Elem(), inside+"[]"
		}
		list = renamed(list, inside+".", f.Children)
	}
	return list
}

// short is the start of a foreign name, fit for a terminal.
func short(name string) string {
	start, more := cut(name)
	if start == "" {
		return `""`
	}
	return printable(start) + more
}

// reshaped counts the prompts that the layout could not hold as they are.
type reshaped struct {
	flat, cut, replies, open, tools int64
}

// reshape says what about a prompt the layout cannot hold: some of the following.
type reshape uint8

const (
	reshapedFlat    reshape = 1 << iota // earlier turns, as blocks of one text
	reshapedCut                         // later turns, left out
	reshapedReplies                     // answers to earlier turns, left out
	reshapedOpen                        // a last turn of the user that nobody answers, left out
	reshapedTools                       // calls of tools, left out
)

// reshapeOf looks at a prompt that is to be written.
func reshapeOf(p *mapping.Prompt, o Options) (r reshape) {
	if p.GoesOn {
		r |= reshapedOpen
	}
	if p.CallsTools {
		r |= reshapedTools
	}
	history := p.HasHistory()
	switch {
	case o.Layout == AIPerf:
		if history {
			r |= reshapedReplies
		}
		return r
	case history && o.Layout != Chat && o.Layout != ShareGPT:
		r |= reshapedFlat
	}
	if len(p.Later) > 0 {
		r |= reshapedCut
	}
	return r
}

// count counts a prompt that was written.
func (r *reshaped) count(what reshape) {
	if what&reshapedFlat != 0 {
		r.flat++
	}
	if what&reshapedCut != 0 {
		r.cut++
	}
	if what&reshapedReplies != 0 {
		r.replies++
	}
	if what&reshapedOpen != 0 {
		r.open++
	}
	if what&reshapedTools != 0 {
		r.tools++
	}
}

func (r *reshaped) add(more reshaped) {
	r.flat += more.flat
	r.cut += more.cut
	r.replies += more.replies
	r.open += more.open
	r.tools += more.tools
}

// notices tells what was counted.
func (r reshaped) notices() (list []string) {
	if r.flat > 0 {
		list = append(list, fmt.Sprintf("prompts with earlier turns, written as blocks \"role: content\": %d; --layout messages keeps the turns apart", r.flat))
	}
	if r.cut > 0 {
		list = append(list, fmt.Sprintf("prompts with several turns of a user, of which only the first was written: %d; --layout aiperf writes all", r.cut))
	}
	if r.replies > 0 {
		list = append(list, fmt.Sprintf("prompts with earlier turns, of which only those of the user were written: %d; the server under test answers them; --layout messages keeps all", r.replies))
	}
	if r.open > 0 {
		list = append(list, fmt.Sprintf("conversations that end with a turn of the user which nobody answers, and which was left out: %d; "+
			"what was asked is the last turn with an answer, which this layout needs; --allow-empty-expected, --layout messages and --format txt ask the last", r.open))
	}
	if r.tools > 0 {
		list = append(list, fmt.Sprintf("conversations that call tools, of which only the texts were written, not the calls: %d", r.tools))
	}
	return list
}
