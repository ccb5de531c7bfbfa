package openai

import (
	"bufio"
	"bytes"
	"net/http"
)

// A responseHead is what matters of the head of a response.
type responseHead struct {
	status                         int
	location, encoding, retryAfter string
	length                         int64 // of the body, where it is known
	framing
}

// framing says how a body ends and what is after it.
type framing struct {
	kind bodyKind
	keep bool // another response may follow on the connection
}

type bodyKind uint8

const (
	bodyNone bodyKind = iota
	bodyChunked
	bodyLength
	bodyToEnd // of the connection
)

// interim says whether another head follows: 101 is final.
func (h *responseHead) interim() bool {
	return h.status >= 100 && h.status <= 199 && h.status != http.StatusSwitchingProtocols
}

// parseHead reads a head up to and with its empty line. It is net/http that says what a head means: the quick way
// takes only what cannot mean anything else.
func parseHead(b []byte) (responseHead, error) {
	if h, ok := quickHead(b); ok {
		return h, nil
	}
	res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(b)), &http.Request{Method: http.MethodPost})
	if err != nil {
		return responseHead{}, err
	}
	_ = res.Body.Close() // there is nothing of it in b
	h := responseHead{
		status:     res.StatusCode,
		location:   res.Header.Get("Location"),
		encoding:   res.Header.Get("Content-Encoding"),
		retryAfter: res.Header.Get("Retry-After"),
	}
	h.frame(len(res.TransferEncoding) > 0, res.ContentLength, res.Close)
	return h, nil
}

// frame decides how the body ends; length is below zero where the head does not say.
func (h *responseHead) frame(chunked bool, length int64, closing bool) {
	h.keep = !closing && h.status != http.StatusSwitchingProtocols
	switch {
	case h.status >= 100 && h.status <= 199 || h.status == http.StatusNoContent || h.status == http.StatusNotModified:
		h.kind = bodyNone
	case chunked:
		h.kind = bodyChunked
	case length >= 0:
		h.kind, h.length = bodyLength, length
	default:
		h.kind, h.keep = bodyToEnd, false
	}
}

// refuseEarly is the error of a response whose first line is no status line: it need not be waited for.
func refuseEarly(b []byte) error {
	end := bytes.IndexByte(b, '\n')
	if end < 0 || bytes.HasPrefix(b, []byte(statusLine)) {
		return nil
	}
	_, err := parseHead(append(bytes.Clone(b[:end+1]), "\r\n"...))
	return err
}

// statusLine is what every one begins with.
const statusLine = "HTTP/"

// quickHead reads a head of the usual form. It is false in any doubt: another version than 1.1, a line that does not
// end with CRLF or goes on in the next, an unusual byte or value, a header that matters given twice.
func quickHead(b []byte) (h responseHead, ok bool) {
	const version = "HTTP/1.1 "
	if len(b) < len(version)+5 || string(b[:len(version)]) != version {
		return h, false
	}
	b = b[len(version):]
	for _, c := range b[:3] {
		if c < '0' || c > '9' {
			return h, false
		}
		h.status = h.status*10 + int(c-'0')
	}
	if b[3] != ' ' && string(b[3:5]) != "\r\n" {
		return h, false
	}
	_, b, ok = crlfLine(b[3:])
	f := quickFields{length: -1}
	for ok && len(b) > 0 {
		var line []byte
		if line, b, ok = crlfLine(b); !ok {
			break
		}
		if len(line) == 0 {
			h.location, h.encoding, h.retryAfter = string(f.location), string(f.encoding), string(f.retryAfter)
			h.frame(f.chunked, f.length, f.closing)
			return h, len(b) == 0
		}
		ok = f.take(line)
	}
	return h, false
}

// crlfLine cuts the first line off b.
func crlfLine(b []byte) (line, rest []byte, ok bool) {
	end := bytes.IndexByte(b, '\n')
	if end < 1 || b[end-1] != '\r' {
		return nil, nil, false
	}
	return b[:end-1], b[end+1:], true
}

// quickFields are the headers that matter.
type quickFields struct {
	location, encoding, retryAfter []byte
	length                         int64
	chunked, closing               bool
	seen                           names
}

// take reads a header line; false is doubt.
func (f *quickFields) take(line []byte) bool {
	colon := bytes.IndexByte(line, ':')
	if colon < 1 || !usualName(line[:colon]) || !usualValue(line[colon+1:]) {
		return false
	}
	name, value := line[:colon], bytes.Trim(line[colon+1:], " \t")
	switch {
	case fold(name, "content-length"):
		return f.seen.add(1) && f.takeLength(value)
	case fold(name, "transfer-encoding"):
		f.chunked = true
		return f.seen.add(2) && fold(value, "chunked")
	case fold(name, "connection"):
		f.closing = fold(value, "close")
		return f.seen.add(4) && (f.closing || fold(value, "keep-alive"))
	case fold(name, "location"):
		f.location = value
		return f.seen.add(8)
	case fold(name, "content-encoding"):
		f.encoding = value
		return f.seen.add(16)
	case fold(name, "retry-after"):
		f.retryAfter = value
		return f.seen.add(32)
	}
	return !fold(name, "trailer")
}

func (f *quickFields) takeLength(value []byte) bool {
	f.length = 0
	for _, c := range value {
		if c < '0' || c > '9' {
			return false
		}
		f.length = f.length*10 + int64(c-'0')
	}
	return len(value) > 0 && len(value) < 19
}

// fold says whether b is s, which is in lower case, but for the case of its letters.
func fold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

func usualName(b []byte) bool {
	for _, c := range b {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

func usualValue(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c >= 0x7f {
			return false
		}
	}
	return true
}
