package hubtest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server is a running double: the Hub on one port of loopback and its storage host on another, so that redirects
// cross hosts as they do in the real world.
type Server struct {
	*Hub
	URL    string // the Hub: what HF_ENDPOINT has to be
	CDNURL string // the storage host

	servers []*http.Server
	done    sync.WaitGroup
}

// Start serves fsys until Close.
func Start(fsys fs.FS, opts Options) (*Server, error) {
	if opts.Addr == "" {
		opts.Addr = "127.0.0.1:0"
	}
	hub, err := net.Listen("tcp", opts.Addr)
	if err != nil {
		return nil, fmt.Errorf("hub double: %w", err)
	}
	host, _, err := net.SplitHostPort(hub.Addr().String())
	if err != nil {
		return nil, errors.Join(err, hub.Close())
	}
	cdn, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("hub double: storage host: %w", err), hub.Close())
	}
	opts.CDN = "http://" + reachable(cdn.Addr())
	h, err := New(fsys, opts)
	if err != nil {
		return nil, errors.Join(err, hub.Close(), cdn.Close())
	}
	if t, ok := hub.Addr().(*net.TCPAddr); ok {
		h.anyHost = t.IP.IsUnspecified()
	}
	s := &Server{Hub: h, URL: "http://" + reachable(hub.Addr()), CDNURL: opts.CDN}
	slow := opts.Delay > 0 || opts.ConnectionRate > 0 || opts.TotalRate > 0
	down, up := newPacer(opts.TotalRate), newPacer(opts.TotalRate)
	for _, l := range []net.Listener{hub, cdn} {
		if slow {
			l = &line{Listener: l, delay: opts.Delay, connection: opts.ConnectionRate, down: down, up: up}
		}
		s.serve(l, h)
	}
	return s, nil
}

func (s *Server) serve(l net.Listener, h http.Handler) {
	srv := &http.Server{Handler: h, ConnContext: markConnection, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	s.servers = append(s.servers, srv)
	s.done.Go(func() { _ = srv.Serve(l) }) // ends with Close, by design
}

// Close stops serving at once.
func (s *Server) Close() error {
	var errs []error
	for _, srv := range s.servers {
		errs = append(errs, srv.Close())
	}
	s.done.Wait()
	return errors.Join(errs...)
}

// reachable returns an address that a client can connect to; a listener on all addresses is one on loopback too.
func reachable(a net.Addr) string {
	t, ok := a.(*net.TCPAddr)
	if ok && t.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", t.Port)
	}
	return a.String()
}
