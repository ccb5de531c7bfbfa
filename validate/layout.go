package validate

import (
	"bufio"
	"bytes"
	"encoding/json"
)

// layoutKeys are keys that only one layout has. "prompt" is of several, and the strict
// one is the default; "text" is of too much that is no prompt file.
var layoutKeys = map[string]string{
	"prompt":        SchemaStrict,
	"messages":      "messages",
	"conversations": "sharegpt",
	"turns":         "aiperf",
	"query":         "rerank",
}

// maxLayoutHead is how much of a first line is looked at.
const maxLayoutHead = 64 << 10

// For returns the Checker for the file called name that in begins with, reading
// nothing: c, or, where the options leave the schema open and the first line has the
// keys of another layout than strict, one for that layout.
func (c *Checker) For(name string, in *bufio.Reader) (*Checker, error) {
	if c.opts.Schema != "" || c.opts.SchemaFile != nil {
		return c, nil
	}
	head := firstLine(in)
	layout := layoutOf(head)
	if layout == SchemaStrict || c.formatOf(name, head) != FormatJSONL {
		return c, nil
	}
	o := c.opts
	o.Schema = layout
	return New(o)
}

// FormatOf returns the format, FormatTXT or FormatJSONL, as which [Checker.Check] reads
// the file called name that in begins with. It reads nothing.
func (c *Checker) FormatOf(name string, in *bufio.Reader) string {
	head, _ := in.Peek(512) // a read error comes again
	return c.formatOf(name, head)
}

// firstLine peeks at the first line that is not blank, or the beginning of it.
func firstLine(in *bufio.Reader) []byte {
	for n := 1; ; n = in.Buffered() + 1 {
		head, err := in.Peek(min(n, in.Size(), maxLayoutHead))
		if err == nil {
			head, _ = in.Peek(min(in.Buffered(), maxLayoutHead)) // all that is there
		}
		text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte(byteOrderMark)), " \t\r\n")
		line, _, whole := bytes.Cut(text, []byte("\n"))
		if whole || err != nil || len(head) == min(in.Size(), maxLayoutHead) {
			return line
		}
	}
}

// layoutOf returns the schema that a line is meant for, as its keys tell. It may be cut
// short.
func layoutOf(line []byte) string {
	d := json.NewDecoder(bytes.NewReader(line))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return SchemaStrict
	}
	found := SchemaStrict
	for depth, isKey := 0, true; ; {
		t, err := d.Token()
		if err != nil {
			return found // the line ends here, or is no JSON, which the check will tell
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth < 0 {
			return found
		}
		if depth > 0 {
			continue
		}
		if name, ok := t.(string); ok && isKey {
			switch layout := layoutKeys[name]; {
			case layout == SchemaStrict:
				return SchemaStrict
			case found == SchemaStrict && layout != "":
				found = layout
			}
		}
		isKey = !isKey
	}
}
