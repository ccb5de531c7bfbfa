package mock

import (
	"bytes"
	"strconv"
)

// framing is how the events of a server's streams are put into bytes.
type framing struct {
	field string // "data: " or "data:"
	eol   string
	split bool
}

func (c *Config) framing() framing {
	f := framing{field: "data: ", eol: "\n", split: c.quirk(QuirkSplitData)}
	if c.quirk(QuirkNoSpace) {
		f.field = "data:"
	}
	if c.quirk(QuirkCRLF) {
		f.eol = "\r\n"
	}
	return f
}

// appendName begins an event with the name that its data begins with.
func (f *framing) appendName(dst, data []byte) []byte {
	rest, ok := bytes.CutPrefix(data, []byte(`{"type":"`))
	if end := bytes.IndexByte(rest, '"'); ok && end >= 0 {
		dst = append(append(dst, "event: "...), rest[:end]...)
		dst = append(dst, f.eol...)
	}
	return dst
}

// appendHead begins an event with the start of its data.
func (f *framing) appendHead(dst, data []byte) []byte {
	dst = append(dst, f.field...)
	if rest, ok := bytes.CutPrefix(data, []byte("{")); ok && f.split {
		dst = append(dst, '{')
		dst = append(dst, f.eol...)
		dst = append(dst, f.field...)
		data = rest
	}
	return append(dst, data...)
}

// appendEnd ends an event.
func (f *framing) appendEnd(dst []byte) []byte {
	dst = append(dst, f.eol...)
	return append(dst, f.eol...)
}

func (f *framing) appendEvent(dst, data []byte) []byte {
	return f.appendEnd(f.appendHead(dst, data))
}

// appendSize begins a chunk of n bytes of HTTP's chunked coding; [appendSizeEnd] ends it.
func appendSize(dst []byte, n int) []byte {
	dst = strconv.AppendInt(dst, int64(n), 16)
	return append(dst, "\r\n"...)
}

func appendSizeEnd(dst []byte) []byte { return append(dst, "\r\n"...) }

// lastChunk ends a chunked body.
const lastChunk = "0\r\n\r\n"
