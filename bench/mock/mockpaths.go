package mock

import (
	"net/http"
	"strconv"
	"time"
)

// handleMock answers what the imitated server does not have: GET /mock/sends, which streams [Server.Sends] as one
// JSON object per line (?reset=1 also clears them; the header Mock-Dropped counts requests that were not kept),
// POST /mock/reset, and GET /mock/time, which tells the clock as {"unix_ns": N}.
func (s *Server) handleMock(c *call, path string) bool {
	switch c.req.Method + " " + path {
	case "GET /mock/sends":
		s.streamSends(c)
	case "GET /mock/time":
		s.page(c, page{status: http.StatusOK, body: `{"unix_ns":` + strconv.FormatInt(time.Now().UnixNano(), 10) + "}"}, reply{})
	case "POST /mock/reset":
		s.log.snapshot(true)
		s.page(c, page{status: http.StatusOK, body: "{}"}, reply{})
	default:
		return false
	}
	return true
}

// sendsBlock is how many bytes of records go out at a time.
const sendsBlock = 64 << 10

func (s *Server) streamSends(c *call) {
	sent, dropped := s.log.snapshot(c.req.URL.Query().Get("reset") == "1")
	b := s.appendStatus(nil, http.StatusOK)
	b = append(b, "Content-Type: application/jsonl\r\nTransfer-Encoding: chunked\r\nMock-Dropped: "...)
	b = append(strconv.AppendInt(b, dropped, 10), "\r\n\r\n"...)
	var lines []byte
	for i := range sent {
		lines = sent[i].appendJSON(lines)
		if len(lines) < sendsBlock && i < len(sent)-1 {
			continue
		}
		b = appendSizeEnd(append(appendSize(b, len(lines)), lines...))
		if !c.conn.wire.send(b) {
			return
		}
		c.conn.wire.await() // one block in memory at a time
		b, lines = b[:0], lines[:0]
	}
	c.conn.respond(append(b, lastChunk...), c.closing())
}
