package mock

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// refuse answers a call with an error.
func (s *Server) refuse(c *call, why reason, r reply) {
	p := s.dialect.refusals[why]
	if why == overload && s.cfg.RetryAfter > 0 {
		p.header = fmt.Sprintf("Retry-After: %d\r\n", int(max(s.cfg.RetryAfter, time.Second)/time.Second))
	}
	s.page(c, p, r)
}

// page answers a call with a page whose template refers to r; what every page has is filled in.
func (s *Server) page(c *call, p page, r reply) {
	r.d, r.code = s.dialect, p.status
	r.created = s.born.Unix()
	r.path = escape(c.req.Method + " " + c.req.URL.Path)
	if r.model == "" {
		r.model = escape(s.cfg.Model)
	}
	c.conn.respond(s.appendPage(nil, p, &r, c.closing()), c.closing())
}

// injectedPage is the answer to a request that fails on purpose.
func (s *Server) injectedPage() page {
	p := s.dialect.refusals[injected]
	if s.cfg.quirk(QuirkHTMLErrors) {
		p = page{kind: "text/html", body: "<html>\r\n<head><title>$code</title></head>\r\n" +
			"<body>\r\n<center><h1>$code</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"}
	}
	p.status = s.cfg.Failures.Status
	return p
}

// appendPage appends a whole response.
func (s *Server) appendPage(dst []byte, p page, r *reply, closing bool) []byte {
	kind := p.kind
	if kind == "" {
		kind = jsonType
	}
	body := r.expand(nil, p.body)
	dst = s.appendStatus(dst, p.status)
	dst = append(dst, "Content-Type: "+kind+"\r\n"+p.header+"Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(body)), 10)
	if closing {
		dst = append(dst, "\r\nConnection: close"...)
	}
	return append(append(dst, "\r\n\r\n"...), body...)
}

func (s *Server) appendStatus(dst []byte, status int) []byte {
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	dst = append(dst, " "+http.StatusText(status)+"\r\n"...)
	if s.dialect.server != "" {
		dst = append(dst, "Server: "+s.dialect.server+"\r\n"...)
	}
	return dst
}

// streamHeader returns the header of a streamed response.
func (s *Server) streamHeader(f form) []byte {
	b := s.appendStatus(nil, 200)
	if s.cfg.quirk(QuirkTextPlain) {
		b = append(b, "Content-Type: text/plain; charset=utf-8\r\n"...)
	} else {
		b = append(b, s.dialect.streamHeader...)
	}
	if f.close {
		b = append(b, "Connection: close\r\n"...)
	}
	if !f.http10 {
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	}
	return append(b, "\r\n"...)
}

var errTooLarge = errors.New("the request is too large")

// respondBad answers what is not HTTP, or too much of it. Nothing can follow on the connection.
func (c *conn) respondBad(err error) {
	status := 400
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok || errors.Is(err, errTooLarge) {
		status = 413
	}
	p := page{status: status, kind: "text/plain", body: "bad request"}
	c.respond(c.srv.appendPage(nil, p, &reply{}, true), true)
}
