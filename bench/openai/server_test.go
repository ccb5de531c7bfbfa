package openai

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
)

// A rawServer is a TCP server whose every byte and every close the test decides.
type rawServer struct {
	URL      string
	listener net.Listener
	wg       sync.WaitGroup
}

// serve starts a server that calls handle with each connection, counted from 0, and closes it when handle returns.
func serve(t testing.TB, handle func(n int, c *rawConn)) *rawServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &rawServer{URL: "http://" + l.Addr().String(), listener: l}
	s.wg.Go(func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() {
				defer func() { _ = c.Close() }()
				handle(n, &rawConn{Conn: c, in: bufio.NewReader(c)})
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		s.wg.Wait()
	})
	return s
}

type rawConn struct {
	net.Conn
	in *bufio.Reader
}

// request reads a whole request; ok is false when the client has closed the connection.
func (c *rawConn) request() (r *http.Request, body []byte, ok bool) {
	r, err := http.ReadRequest(c.in)
	if err != nil {
		return nil, nil, false
	}
	body, err = io.ReadAll(r.Body)
	return r, body, err == nil
}

func (c *rawConn) send(s string) { _, _ = io.WriteString(c.Conn, s) }

// chunk sends s as one HTTP chunk.
func (c *rawConn) chunk(s string) { c.send(chunked(s)) }

func chunked(s string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(s), s) }

// reset makes the close of the connection a reset.
func (c *rawConn) reset() { _ = c.Conn.(*net.TCPConn).SetLinger(0) }

const headChunked = headHTTP + coding + "\r\n"

// goodAnswer is a whole response of two tokens on a connection that stays open.
func (c *rawConn) goodAnswer() {
	c.send(headChunked)
	c.chunk(content("a"))
	c.chunk(content("b"))
	c.chunk("data: [DONE]\n\n")
	c.send("0\r\n\r\n")
}

func content(s string) string {
	return fmt.Sprintf("data: {\"choices\":[{\"delta\":{\"content\":%q}}]}\n\n", s)
}
