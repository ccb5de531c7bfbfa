package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/promptmill/promptmill/bench/mock"
)

// A server is what the client is measured against.
type server struct {
	Tokens    int
	TTFT, ITL time.Duration
	Record    bool
	Burst     int // tokens in each write, without any delay; 0 is the mock
}

// run serves until in ends. It prints its URL first.
func (s server) run(in io.Reader, out io.Writer) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "http://%s\n", ln.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = ln.Close()
	}()
	if s.Burst > 0 {
		s.burst(ln)
		return nil
	}
	m, err := mock.New(mock.Config{Tokens: s.Tokens, TTFT: s.TTFT, ITL: s.ITL, RecordSends: s.Record, Slots: 0})
	if err != nil {
		return err
	}
	_ = m.Serve(ln) // until it is closed
	m.Close()
	return nil
}

// burst answers every request with the same tokens, Burst of them in each write.
func (s server) burst(ln net.Listener) {
	event := "data: {\"id\":\"chatcmpl-0123456789abcdef\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"mock-model\"," +
		"\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n"
	var segment strings.Builder
	for range s.Burst {
		fmt.Fprintf(&segment, "%x\r\n%s\r\n", len(event), event)
	}
	const end = "data: [DONE]\n\n"
	last := fmt.Appendf(nil, "%x\r\n%s\r\n0\r\n\r\n", len(end), end)
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			r := bufio.NewReader(c)
			for {
				req, err := http.ReadRequest(r)
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, req.Body)
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
				for range s.Tokens / s.Burst {
					_, _ = io.WriteString(c, segment.String())
				}
				_, _ = c.Write(last)
			}
		}()
	}
}
