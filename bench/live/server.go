package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/promptmill/promptmill/bench/report"
)

// Pages says what a [Server] serves.
type Pages struct {
	Web     bool // the page at /
	Metrics bool // Prometheus metrics at /metrics
}

// A Server shows a run to whoever may see it: on a loopback address everyone on this machine, elsewhere those who
// have its token.
type Server struct {
	URL      string // where it is, with a slash at the end
	Token    string // "" on a loopback address
	tracker  *Tracker
	follower follower
	listener net.Listener
	server   *http.Server
	served   chan struct{}
}

// Serve starts a server of t at address, a host and a port, until it is closed. Newly made tokens come from makeToken,
// which is called only where one is needed. Now is the time since the start of the run.
func Serve(address string, t *Tracker, pages Pages, now func() time.Duration, makeToken func() string) (*Server, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen at %s: %w", address, err)
	}
	host, port, _ := net.SplitHostPort(listener.Addr().String()) // of a TCP address it never fails
	s := &Server{tracker: t, follower: follower{now: now}, listener: listener, served: make(chan struct{})}
	addr, err := netip.ParseAddr(host)
	if err != nil || !addr.IsLoopback() {
		s.Token = makeToken()
	}
	if err == nil && addr.IsUnspecified() {
		host = ownAddress()
	}
	s.URL = "http://" + net.JoinHostPort(host, port) + "/"
	s.server = &http.Server{
		Handler:           guard{token: s.Token, port: port, next: s.handler(pages, now)},
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: 16 << 10,
		ErrorLog:       log.New(io.Discard, "", 0), // what strangers send is no concern of the run
	}
	go func() {
		defer close(s.served)
		_ = s.server.Serve(listener) // it ends when it is closed; a run does not end because nobody can look
	}()
	return s, nil
}

// ownAddress is by which address others reach this machine, if they can: one that listens on all has none that opens.
func ownAddress() string {
	all, _ := net.InterfaceAddrs() // without any, only this machine is there to look
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			return n.IP.String()
		}
	}
	return "127.0.0.1"
}

// closeLimit is how long answers under way may take when a run ends.
const closeLimit = 500 * time.Millisecond

// Close ends the server and waits for its goroutines. Where the run is over it first leaves pages that follow it the time
// to see that.
func (s *Server) Close() error {
	if s.tracker.finished() && s.follower.here() {
		time.Sleep(lastLook)
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.server.Close()
	}
	<-s.served
	return err
}

func (s *Server) handler(pages Pages, now func() time.Duration) http.Handler {
	mux, t := http.NewServeMux(), s.tracker
	if pages.Web {
		html := func(write func(io.Writer, *report.Live) error) http.Handler {
			return &cached{now: now, over: t.finished, kind: "text/html; charset=utf-8", policy: report.LivePolicy(),
				write: func(w io.Writer) error { return write(w, t.History(now())) }}
		}
		mux.Handle("GET /{$}", html(report.LivePage))
		mux.Handle("GET /body", s.follower.see(html(report.LiveBody)))
	}
	if pages.Metrics {
		mux.Handle("GET /metrics", &cached{now: now, over: t.finished, kind: "text/plain; version=0.0.4; charset=utf-8", policy: "default-src 'none'",
			write: func(w io.Writer) error { return t.WriteMetrics(w, now()) }})
		if !pages.Web {
			mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "metrics are at /metrics\n") })
		}
	}
	return mux
}

// freshFor is how long an answer is given again, so that many who look cost no more than one.
const freshFor = 900 * time.Millisecond

// cached makes a text anew at most every freshFor, and when the run is over.
type cached struct {
	now          func() time.Duration
	over         func() bool
	kind, policy string
	write        func(io.Writer) error

	mu   sync.Mutex
	at   time.Duration
	last bool   // text is of a run that was over
	text []byte // never changed once it is here
}

func (c *cached) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := c.fresh()
	if err != nil {
		http.Error(w, strings.ToValidUTF8(err.Error(), "?"), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", c.kind)
	w.Header().Set("Content-Security-Policy", c.policy)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
}

func (c *cached) fresh() ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	over := c.over()
	if c.text != nil && c.now()-c.at < freshFor && c.last == over {
		return c.text, nil
	}
	var b bytes.Buffer
	if err := c.write(&b); err != nil {
		return nil, err
	}
	c.at, c.last, c.text = c.now(), over, b.Bytes()
	return c.text, nil
}
