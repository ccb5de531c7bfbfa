package hubtest_test

import (
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// arrivals reads a connection to its end and returns how many bytes had arrived at each moment.
func arrivals(c net.Conn, start time.Time) (at []time.Duration, total []int) {
	buf, n := make([]byte, 32<<10), 0
	for {
		m, err := c.Read(buf)
		if n += m; m > 0 {
			at, total = append(at, time.Since(start)), append(total, n)
		}
		if err != nil {
			return at, total
		}
	}
}

func TestSlowConn_rate(t *testing.T) {
	const size, slice = 1 << 20, 10 * time.Millisecond
	for _, rate := range []int64{100 << 10, 1 << 20, 20 << 20} {
		synctest.Test(t, func(t *testing.T) {
			server, client := net.Pipe()
			slow := hubtest.SlowConn(server, 0, rate, nil)
			start := time.Now()
			go func() {
				_, _ = slow.Write(make([]byte, size)) // a short write shows below
				_ = slow.Close()
			}()
			at, total := arrivals(client, start)
			want := time.Duration(float64(size) / float64(rate) * float64(time.Second))
			if len(total) == 0 || total[len(total)-1] != size || at[len(at)-1] > want || at[len(at)-1] < want-4*slice {
				t.Fatalf("%d B/s: %d reads, the last after %v, want %v", rate, len(total), at[len(at)-1], want)
			}
			for i := range at {
				if due := float64(rate) * (at[i] + 4*slice).Seconds(); float64(total[i]) > due {
					t.Errorf("%d B/s: %d bytes after %v, want at most %.0f", rate, total[i], at[i], due)
				}
				if i > 0 && at[i]-at[i-1] > 2*slice {
					t.Errorf("%d B/s: nothing for %v", rate, at[i]-at[i-1])
				}
			}
		})
	}
}

// onePipe is a listener of one connection.
type onePipe struct {
	net.Listener
	c net.Conn
}

func (l onePipe) Accept() (net.Conn, error) { return l.c, nil }

// What is uploaded comes no faster than what is downloaded.
func TestAccept_uploads(t *testing.T) {
	const size, slice = 1 << 20, 10 * time.Millisecond
	for _, rates := range [][2]int64{{100 << 10, 0}, {20 << 20, 0}, {0, 1 << 20}, {20 << 20, 1 << 20}} {
		synctest.Test(t, func(t *testing.T) {
			server, client := net.Pipe()
			slow, err := hubtest.Accept(onePipe{c: server}, rates[0], rates[1])
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			go func() {
				_, _ = client.Write(make([]byte, size)) // a short write shows below
				_ = client.Close()
			}()
			at, total := arrivals(slow, start)
			rate := float64(rates[0])
			if rates[1] > 0 {
				rate = float64(rates[1])
			}
			want := time.Duration(size / rate * float64(time.Second))
			if len(total) == 0 || total[len(total)-1] != size || at[len(at)-1] > want || at[len(at)-1] < want-4*slice {
				t.Fatalf("%v B/s: %d reads, the last after %v, want %v", rates, len(total), at[len(at)-1], want)
			}
			for i := range at {
				if due := rate * (at[i] + 4*slice).Seconds(); float64(total[i]) > due {
					t.Errorf("%v B/s: %d bytes after %v, want at most %.0f", rates, total[i], at[i], due)
				}
			}
		})
	}
}

func TestSlowConn_sharedRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all, start := hubtest.NewPacer(1<<20), time.Now()
		var done sync.WaitGroup
		for range 4 {
			server, client := net.Pipe()
			slow := hubtest.SlowConn(server, 0, 0, all)
			done.Go(func() { _, _ = io.Copy(io.Discard, client) })
			done.Go(func() {
				_, _ = slow.Write(make([]byte, 256<<10)) // a short write ends early, which shows below
				_ = slow.Close()
			})
		}
		done.Wait()
		if took := time.Since(start); took < 900*time.Millisecond || took > time.Second {
			t.Errorf("4 connections took %v for what the line carries in 1 s", took)
		}
	})
}

func TestSlowConn_delay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := net.Pipe()
		slow, start := hubtest.SlowConn(server, 50*time.Millisecond, 0, nil), time.Now()
		go func() {
			_, _ = client.Write([]byte("ab")) // shows below
		}()
		for i := range 2 {
			if _, err := slow.Read(make([]byte, 1)); err != nil || time.Since(start) != 50*time.Millisecond {
				t.Errorf("read %d after %v, %v", i, time.Since(start), err)
			}
		}
	})
}

// Nobody waits on a connection that is closed.
func TestSlowConn_close(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, _ := net.Pipe()
		slow, start := hubtest.SlowConn(server, time.Hour, 1, nil), time.Now()
		var done sync.WaitGroup
		done.Go(func() { _, _ = slow.Read(make([]byte, 1)) })
		done.Go(func() { _, _ = slow.Write(make([]byte, 1<<20)) })
		synctest.Wait()
		if err := slow.Close(); err != nil {
			t.Error(err)
		}
		done.Wait()
		if took := time.Since(start); took != 0 {
			t.Errorf("waited %v", took)
		}
	})
}

// Slow or not, the bytes are the same, and a delay alone leaves the connection what it is.
func TestStart_slow(t *testing.T) {
	for name, opts := range map[string]hubtest.Options{
		"delay":           {Delay: time.Millisecond},
		"connection rate": {ConnectionRate: 1 << 20},
		"total rate":      {TotalRate: 1 << 20},
		"reset":           {Delay: time.Millisecond, Faults: []hubtest.Fault{{Kind: hubtest.Reset, On: hubtest.API}}},
		"paced reset":     {ConnectionRate: 1 << 20, Faults: []hubtest.Fault{{Kind: hubtest.Reset, On: hubtest.API}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, opts)
			resp, err := http.Get(s.URL + "/datasets/org/name/resolve/main/data/a%20b%23%C3%A9.parquet")
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			http.DefaultClient.CloseIdleConnections()
			if string(body) != parquet || err != nil {
				t.Errorf("%q, %v", body, err)
			}
			if len(opts.Faults) == 0 {
				return
			}
			if _, err := exchange(t, s.URL, "/api/datasets/org/name", true, 0); !isReset(err) {
				t.Errorf("error = %v, want a reset", err)
			}
		})
	}
}
