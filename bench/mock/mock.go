// Package mock is an HTTP server that behaves like the LLM servers that promptmill measures, with known timing:
// it answers POST /v1/chat/completions and /v1/completions (streamed or not), GET /v1/models and, where the
// imitated server has them, POST /v1/responses, /v1/messages, /v1/embeddings and /v1/rerank, and GET /health, in that
// server's shapes, errors and habits. Answers are words, the same ones for the same prompt; a token is a word, in answers
// and prompts alike.
//
// It is made to be a measure for clients: tokens are due at absolute instants, one thread sends all of them, each
// content chunk in one write of its own, and with [Config.RecordSends] it says when it did. What follows the last
// content (finish reason, usage, [DONE]) is one write more.
package mock

import (
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"sync"
	"syscall"
	"time"
)

// A Server is a mock LLM server. Its methods are safe for concurrent use.
type Server struct {
	cfg           Config
	dialect       *dialect
	framing       framing
	pings         bool
	closesStreams bool
	born          time.Time

	agenda  *agenda
	scratch []byte // the agenda goroutine's
	slots   slots
	log     sendLog
	prompts promptCache
	tally   tally
	readyAt time.Time // set once, before the first connection

	wg        sync.WaitGroup // every goroutine of the server
	mu        sync.Mutex
	started   bool
	closed    bool
	listeners map[net.Listener]struct{}
	conns     map[*conn]struct{}
}

// New returns a server that does nothing until [Server.Serve]. It starts no goroutine.
func New(cfg Config) (*Server, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	s := &Server{
		cfg:       cfg,
		dialect:   dialects[cfg.Like],
		framing:   cfg.framing(),
		pings:     cfg.quirk(QuirkPing),
		born:      time.Now(),
		slots:     slots{limit: cfg.Slots, queue: cfg.Queue},
		listeners: make(map[net.Listener]struct{}),
		conns:     make(map[*conn]struct{}),
	}
	s.closesStreams = cfg.CloseAfter == 0 && s.dialect.closesStreams
	if s.dialect.shuffles {
		s.slots.rng = rand.New(rand.NewPCG(uint64(cfg.Seed), math.MaxUint64))
	}
	if cfg.RecordSends {
		s.log.limit = cfg.MaxRecorded
	}
	return s, nil
}

// Serve answers the connections of ln until [Server.Close], and then returns nil. It owns ln. Any other end is an
// error. Several listeners may be served at once.
func (s *Server) Serve(ln net.Listener) error {
	if !s.listen(ln) {
		_ = ln.Close() // never used
		return nil
	}
	defer s.unlisten(ln)
	for {
		nc, err := ln.Accept()
		switch {
		case err == nil:
			s.ServeConn(nc)
		case s.isClosed():
			return nil
		case isTemporary(err):
			time.Sleep(5 * time.Millisecond) // out of file descriptors: some connection will close
		default:
			return err
		}
	}
}

// ServeConn answers one connection, which it owns, and returns at once. It also serves a net.Pipe.
func (s *Server) ServeConn(nc net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = nc.Close() // never used
		return
	}
	s.launch()
	c := newConn(s, nc)
	s.conns[c] = struct{}{}
	s.wg.Go(c.serve)
}

// Close ends all connections and streams at once, as a killed server does, and returns when no goroutine of the
// server is left, but for callers of Serve on their way out. A second Close waits too.
func (s *Server) Close() {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	for ln := range s.listeners {
		_ = ln.Close() // Serve sees the end
	}
	for c := range s.conns {
		c.wire.abort(false)
	}
	if s.started {
		s.agenda.stop()
	}
	s.mu.Unlock()
	s.wg.Wait()
	if first && s.agenda != nil {
		s.agenda.alarm.close()
	}
}

// Sends returns what has been recorded of requests that have ended, in the order in which they did. A request is
// there before its client can have read the end of its answer. The caller must not change the slices in it.
func (s *Server) Sends() []Sent {
	sent, _ := s.log.snapshot(false)
	return sent
}

// launch starts what all connections share. The lock is held.
func (s *Server) launch() {
	if s.started {
		return
	}
	s.started = true
	s.readyAt = time.Now().Add(s.cfg.Failures.Loading)
	var a alarm
	if s.cfg.GoTimers {
		a = newTimerAlarm()
	} else {
		a = newAlarm()
	}
	s.agenda = newAgenda(time.Now(), a)
	s.wg.Go(s.agenda.run)
}

func (s *Server) listen(ln net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.launch()
	s.listeners[ln] = struct{}{}
	return true
}

func (s *Server) unlisten(ln net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, ln)
	_ = ln.Close() // nothing accepted is lost
}

func (s *Server) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

func (s *Server) forget(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// start begins a stream that has a slot. If it was cancelled meanwhile, its slot goes to the next in line.
func (s *Server) start(st *stream) {
	for st != nil && !st.begin(time.Now()) {
		st = s.slots.release()
	}
}

// gap draws the time between two tokens.
func (s *Server) gap(rng *rand.Rand) time.Duration { return s.jitter(rng, s.cfg.ITL, s.cfg.ITLJitter) }

// jitter draws from a normal distribution, cut at zero.
func (s *Server) jitter(rng *rand.Rand, mean, deviation time.Duration) time.Duration {
	if rng == nil || deviation == 0 {
		return mean
	}
	return max(0, mean+time.Duration(rng.NormFloat64()*float64(deviation)))
}

// isTemporary reports whether a failed Accept may succeed later.
func isTemporary(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ECONNABORTED)
}
