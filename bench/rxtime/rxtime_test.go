package rxtime_test

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench/rxtime"
)

// pair is a connection and its other end, which stamps what it receives.
func pair(t *testing.T) (net.Conn, *rxtime.Conn) {
	t.Helper()
	listen := net.ListenConfig{Control: rxtime.Enable}
	l, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	near, err := new(net.Dialer).DialContext(context.Background(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	far, err := rxtime.New(accepted)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		near.Close()
		far.Close()
	})
	return near, far
}

// TestReceived: the kernel's time lies between the write and the end of the read.
func TestReceived(t *testing.T) {
	near, far := pair(t)
	stamped := 0
	for range 50 {
		before := time.Now().UnixNano()
		if _, err := io.WriteString(near, "x"); err != nil {
			t.Fatal(err)
		}
		var b [4]byte
		n, err := far.Read(b[:])
		after := time.Now().UnixNano()
		if n != 1 || err != nil || b[0] != 'x' {
			t.Fatalf("read %d bytes, %v", n, err)
		}
		if at, ok := far.Received(); ok {
			stamped++
			if at < before || at > after {
				t.Errorf("received at %d, written at %d, read at %d", at, before, after)
			}
		}
	}
	switch {
	case runtime.GOOS != "linux" && stamped > 0:
		t.Error("this system gives no receive times")
	case runtime.GOOS == "linux" && stamped == 0:
		t.Skip("this kernel gives no receive times")
	}
}

// TestRead_end: the end of a connection is io.EOF, and a read into nothing is nothing.
func TestRead_end(t *testing.T) {
	near, far := pair(t)
	if n, err := far.Read(nil); n != 0 || err != nil {
		t.Errorf("read into nothing: %d, %v", n, err)
	}
	near.Close()
	if n, err := far.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("got %d, %v, want io.EOF", n, err)
	}
}

// TestQuiet: bytes and the end are both something to read; asking takes neither.
func TestQuiet(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("this system cannot tell")
	}
	near, far := pair(t)
	if !far.Quiet() {
		t.Error("nothing was sent")
	}
	if _, err := io.WriteString(near, "x"); err != nil {
		t.Fatal(err)
	}
	if !eventuallyLoud(far) {
		t.Error("a byte was sent")
	}
	if n, err := far.Read(make([]byte, 4)); n != 1 || err != nil {
		t.Errorf("read %d bytes, %v", n, err)
	}
	near.Close()
	if !eventuallyLoud(far) {
		t.Error("the connection was closed")
	}
	far.Close()
	if far.Quiet() {
		t.Error("a closed connection is of no use")
	}
}

// eventuallyLoud allows for the time that a segment is under way.
func eventuallyLoud(c *rxtime.Conn) bool {
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		if !c.Quiet() {
			return true
		}
	}
	return false
}

// TestRead_allocs: a read allocates nothing.
func TestRead_allocs(t *testing.T) {
	near, far := pair(t)
	b, x := make([]byte, 4), []byte("x")
	if n := testing.AllocsPerRun(100, func() {
		_, _ = near.Write(x)
		if n, err := far.Read(b); n != 1 || err != nil || runtime.GOOS == "linux" && !far.Quiet() {
			t.Fatalf("read %d bytes, %v", n, err)
		}
	}); n > 0 {
		t.Errorf("%v allocations in a read", n)
	}
}
