package rxtime_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"

	"github.com/promptmill/promptmill/bench/rxtime"
)

// The kernel is asked for times before the connection is made; each read then knows when its bytes came, where the system tells.
func ExampleNew() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			_, _ = io.WriteString(c, "hello")
			_ = c.Close()
		}
	}()
	d := net.Dialer{Control: rxtime.Enable}
	tcp, err := d.DialContext(context.Background(), "tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	conn, err := rxtime.New(tcp)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	b := make([]byte, 5)
	if _, err := io.ReadFull(conn, b); err != nil {
		log.Fatal(err)
	}
	ns, known := conn.Received()
	fmt.Printf("%s, %v\n", b, known == (ns > 0))
	// Output: hello, true
}
