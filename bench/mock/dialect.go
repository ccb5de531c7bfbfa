package mock

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// A dialect is how one server speaks: all its words, as templates (see [reply]).
type dialect struct {
	chat, text endpoint
	more       map[string]*endpoint // further ones that it has, by path

	streamHeader  string // further header lines of a stream
	server        string // its Server header; "" sends none
	id            func(*rand.Rand) string
	headerAtFirst bool // a stream's header comes with the first token, not when the generation starts
	closesStreams bool // closes the connection after a streamed response, whatever its header says
	shuffles      bool // waiting requests get their slots in no particular order
	nullUsage     bool // every chunk has a usage member, asked or not
	zeroTokens    zeroTokens
	emptyMessages bool // answers an empty list of messages, with nothing
	cutsPrompts   bool // an over-long prompt is cut silently
	openModels    bool // /v1/models needs no key

	counts, countsDetails string // the usage object; with what was cached and thought
	models                string // body of /v1/models
	health                *page  // nil: there is no /health
	metrics               string // how the names of its metrics start; "" is without /metrics
	refusals              map[reason]page
}

// at returns the endpoint of a path; nil is none.
func (d *dialect) at(path string) *endpoint {
	switch path {
	case "/v1/chat/completions":
		return &d.chat
	case "/v1/completions":
		return &d.text
	}
	return d.more[path]
}

// endpoint is a dialect's way with one of the ways to generate. Where a template is of events, there may be several,
// one per line.
type endpoint struct {
	work     work
	idPrefix string
	role     string // event before the first content; "" for none
	content  string // event with $text
	thought  string // event with $text that is reasoning; "" where there is none
	last     string // the last content event of an answer cut by max_tokens, where it carries the finish reason; "" where none does
	finish   string // event with the finish reason
	ending   string // the same, when usage was asked for; "" is as finish
	usage    string // usage event, when asked for; "" for none
	early    bool   // role goes out with the header, long before the first token

	// Events around the two parts of an answer, in the writes of their first token and of the ending.
	thoughtStart, thoughtEnd, textStart, textEnd string

	named bool   // every event has the name that its data begins with as type, and no [DONE] follows the last
	fault string // the data of an error event; "" is the dialect's

	whole, choice string // the answer that is not streamed, and one of its choices
	choiceThought string // a choice with reasoning; "" is as choice
}

// work is what a request asks for.
type work int

const (
	workText work = iota // a completion
	workChat
	workResponse
	workMessage
	workEmbedding
	workRanking
)

// generates says whether answers have tokens, which can be streamed.
func (ep *endpoint) generates() bool { return ep.work < workEmbedding }

// page is a response that is not an answer.
type page struct {
	status int
	kind   string // content type; "" is JSON
	header string // further header lines
	body   string // a template
}

// zeroTokens is what max_tokens 0 means to a server.
type zeroTokens int

const (
	zeroRefused zeroTokens = iota
	zeroIsOne
	zeroIsUnlimited
)

// reason is why a request is refused.
type reason int

const (
	notFound reason = iota
	badJSON
	invalid
	unauthorized
	unknownModel
	promptTooLong
	overload
	loading
	injected
	inStream // the data of an error event
)

// dialects has every server by name.
var dialects = map[string]*dialect{
	"":                  &plain,
	"llama-server":      &llamaServer,
	"llama-server-2025": &llamaServer2025,
	"lmstudio":          &lmStudio,
	"ollama":            &ollama,
	"vllm":              &vllm,
}

// Likes returns the names of the servers that [Config.Like] can name, sorted. "llama-server" is llama.cpp's of
// 2026-08, "llama-server-2025" that of 2025-02, "vllm" the llm-d simulator of vLLM.
func Likes() []string {
	names := slices.Sorted(maps.Keys(dialects))
	return names[1:] // not the plain one, whose name is empty
}

func (d *dialect) countsTemplate(details bool) string {
	if details && d.countsDetails != "" {
		return d.countsDetails
	}
	return d.counts
}

const (
	sseType  = "Content-Type: text/event-stream\r\n"
	noCache  = "Cache-Control: no-cache\r\n"
	jsonType = "application/json; charset=utf-8"
)

// randomID is an id of n letters and digits from alphabet.
func randomID(alphabet string, n int) func(*rand.Rand) string {
	return func(rng *rand.Rand) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = alphabet[rng.IntN(len(alphabet))]
		}
		return string(b)
	}
}

// randomUUID is an id in the form of a version 4 UUID.
func randomUUID(rng *rand.Rand) string {
	a, b := rng.Uint64(), rng.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, 0x8000|b>>48&0x3fff, b&0xffffffffffff)
}

// randomNumber is an id below 1,000.
func randomNumber(rng *rand.Rand) string { return fmt.Sprint(rng.IntN(999)) }

const (
	lowerAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	alphabet      = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + lowerAlphabet
)
