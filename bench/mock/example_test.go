package mock_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/promptmill/promptmill/bench/mock"
)

func ExampleServer() {
	s, err := mock.New(mock.Config{Like: "vllm", TTFT: 5 * time.Millisecond, ITL: time.Millisecond, RecordSends: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() { _ = s.Serve(ln) }()
	defer s.Close()

	body := `{"messages":[{"role":"user","content":"hello"}],"max_tokens":4,"stream":true}`
	resp, err := http.Post("http://"+ln.Addr().String()+"/v1/chat/completions", "application/json", strings.NewReader(body))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	var last [1024]byte
	for err == nil {
		_, err = resp.Body.Read(last[:])
	}
	fmt.Println(resp.Status, len(s.Sends()[0].SendsNS), "chunks")
	http.DefaultClient.CloseIdleConnections()
	// Output: 200 OK 4 chunks
}
