package mock_test

import (
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench/mock"
)

// BenchmarkChunks sends all tokens as fast as the timing thread can; the clients share its machine and do nothing
// but read.
func BenchmarkChunks(b *testing.B) {
	for _, streams := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("streams=%d", streams), func(b *testing.B) {
			const chunks = 100
			s := newServer(b, mock.Config{Tokens: chunks, RecordSends: true, ITL: time.Microsecond})
			addr := listen(b, s)
			b.ReportAllocs()
			for b.Loop() {
				var wg sync.WaitGroup
				for range streams {
					wg.Go(func() { drain(b, addr) })
				}
				wg.Wait()
			}
			b.ReportMetric(float64(b.N*streams*chunks)/b.Elapsed().Seconds(), "chunks/s")
		})
	}
}

func drain(b *testing.B, addr string) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Error(err)
		return
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, raw("POST", chatPath, chat("x", ""), "Connection: close")); err != nil {
		b.Error(err)
	}
	if _, err := io.Copy(io.Discard, conn); err != nil {
		b.Error(err)
	}
}
