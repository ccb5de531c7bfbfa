package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"slices"
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

// burst answers every request with the same tokens, Burst of them in each write, and with next to no work of its own.
// Head and [DONE] are writes of their own, as servers make them.
func (s server) burst(ln net.Listener) {
	const event = "data: {\"id\":\"chatcmpl-0123456789abcdef\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"mock-model\"," +
		"\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n"
	const done = "data: [DONE]\n\n"
	head := []byte("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
	segment := bytes.Repeat(fmt.Appendf(nil, "%x\r\n%s\r\n", len(event), event), s.Burst)
	last := fmt.Appendf(nil, "%x\r\n%s\r\n0\r\n\r\n", len(done), done)
	writes := slices.Concat([][]byte{head}, slices.Repeat([][]byte{segment}, s.Tokens/s.Burst), [][]byte{last})
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		go answer(c, writes)
	}
}

// answer makes the writes after each request on c. A request ends with the brace of its body.
func answer(c net.Conn, writes [][]byte) {
	defer c.Close()
	buf := make([]byte, 64<<10)
	for n := 0; n < len(buf); {
		k, err := c.Read(buf[n:])
		if err != nil {
			return
		}
		if n += k; buf[n-1] != '}' {
			continue
		}
		n = 0
		for _, b := range writes {
			_, _ = c.Write(b)
		}
	}
}
