package mock

import "slices"

// A Quirk is a liberty that servers in the field take with the protocol. A right client is not disturbed by any.
type Quirk string

// The quirks.
const (
	QuirkCRLF         Quirk = "crlf"           // events have \r\n line ends
	QuirkNoSpace      Quirk = "no-space"       // "data:" without the space
	QuirkPing         Quirk = "ping"           // a comment before every fourth content event
	QuirkSplitData    Quirk = "split-data"     // an event's JSON spread over two data lines
	QuirkNullEvent    Quirk = "null-event"     // the stream begins with "data: null"
	QuirkNoDone       Quirk = "no-done"        // no [DONE]
	QuirkNoFinalBlank Quirk = "no-final-blank" // the last event without its blank line
	QuirkNoUsage      Quirk = "no-usage"       // no usage, also when it was asked for
	QuirkTextPlain    Quirk = "text-plain"     // the stream's content type is text/plain
	QuirkHTMLErrors   Quirk = "html-errors"    // injected errors are a proxy's HTML page
)

// AllQuirks returns every quirk.
func AllQuirks() []Quirk {
	return []Quirk{
		QuirkCRLF, QuirkNoSpace, QuirkPing, QuirkSplitData, QuirkNullEvent,
		QuirkNoDone, QuirkNoFinalBlank, QuirkNoUsage, QuirkTextPlain, QuirkHTMLErrors,
	}
}

func (c *Config) quirk(q Quirk) bool { return slices.Contains(c.Quirks, q) }
