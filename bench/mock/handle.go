package mock

import (
	"cmp"
	"crypto/subtle"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// A call is one request that has been read.
type call struct {
	conn     *conn
	req      *http.Request
	body     []byte
	received time.Time
	arrived  int64 // at the kernel, in nanoseconds since 1970; 0 is unknown
}

// closing says that the client wants the connection closed after the response.
func (c *call) closing() bool { return c.req.Close || !c.req.ProtoAtLeast(1, 1) }

// handle answers a call, or starts the stream that will. It runs on the connection's goroutine.
func (s *Server) handle(c *call) {
	path := c.req.URL.Path
	if s.handleMock(c, path) {
		return
	}
	if time.Now().Before(s.readyAt) {
		s.refuse(c, loading, reply{})
		return
	}
	switch c.req.Method + " " + path {
	case "GET /health":
		if s.dialect.health == nil {
			s.refuse(c, notFound, reply{})
			return
		}
		s.page(c, *s.dialect.health, reply{})
	case "GET /v1/models":
		if !s.dialect.openModels && !s.authorized(c) {
			s.refuse(c, unauthorized, reply{})
			return
		}
		s.page(c, page{status: 200, body: s.dialect.models}, reply{context: cmp.Or(s.cfg.ContextTokens, 32768)})
	case "GET /metrics":
		if s.dialect.metrics == "" {
			s.refuse(c, notFound, reply{})
			return
		}
		s.metrics(c)
	default:
		ep := s.dialect.at(path)
		if c.req.Method != http.MethodPost || ep == nil {
			s.refuse(c, notFound, reply{})
			return
		}
		s.generate(c, ep)
	}
}

// generate checks a generation request and starts it.
func (s *Server) generate(c *call, ep *endpoint) {
	if !s.authorized(c) {
		s.refuse(c, unauthorized, reply{})
		return
	}
	r, bad := parse(c.body)
	if bad != nil {
		s.refuse(c, bad.why, reply{detail: escape(bad.detail)})
		return
	}
	if s.cfg.StrictModel && r.Model != s.cfg.Model {
		s.refuse(c, unknownModel, reply{model: escape(r.Model)})
		return
	}
	size, bad := s.cfg.measure(s.dialect, r, ep)
	if bad != nil {
		s.refuse(c, bad.why, reply{detail: escape(bad.detail), prompt: size.prompt, context: s.cfg.ContextTokens})
		return
	}
	st := s.newStream(c, r, ep, size)
	if st.fate.kind == faultStatus {
		s.tally.end(outcomeFailed)
		c.conn.respond(s.appendPage(nil, s.injectedPage(), &st.reply, c.closing()), c.closing())
		return
	}
	switch s.slots.admit(st) {
	case refused:
		s.tally.end(outcomeRefused)
		s.refuse(c, overload, reply{})
	case queued:
		c.conn.active = st
	case admitted:
		c.conn.active = st
		st.begin(c.received)
	}
}

// newStream makes the stream of a request that passed all checks.
func (s *Server) newStream(c *call, r *request, ep *endpoint, sz size) *stream {
	ordinal := s.tally.arrive()
	rng := rand.New(rand.NewPCG(uint64(s.cfg.Seed), ordinal))
	fate := s.cfg.Failures.draw(rng, sz.tokens)
	st := &stream{
		srv: s, conn: c.conn, ep: ep, size: sz, hash: sz.hash, fate: fate,
		over: make(chan struct{}), ttft: s.cfg.TTFT,
		form: form{
			stream:     r.Stream && ep.generates(),
			usage:      r.StreamOptions.IncludeUsage && !s.cfg.quirk(QuirkNoUsage),
			continuous: r.StreamOptions.ContinuousUsageStats && r.StreamOptions.IncludeUsage && !s.cfg.quirk(QuirkNoUsage),
			close:      c.closing(),
			http10:     !c.req.ProtoAtLeast(1, 1),
		},
		reply: s.reply(r, sz, ep.idPrefix+s.dialect.id(rng)),
		sent:  Sent{ID: c.req.Header.Get("X-Request-Id"), ArrivedNS: c.arrived, ReceivedNS: c.received.UnixNano()},
	}
	st.alarm.keep, st.onDrain = st.step, st.resume
	if st.sent.ID == "" {
		st.sent.ID = st.reply.id
	}
	if s.cfg.TTFTJitter > 0 || s.cfg.ITLJitter > 0 {
		st.rng = rng
	}
	st.reply.usage = st.form.usageMode(s.dialect)
	if s.cfg.PromptCache && s.prompts.seen(sz.hash) {
		st.reply.cached = max(sz.prompt-1, 0) // the last token is always computed
		if s.cfg.CachedTTFT > 0 {
			st.ttft = s.cfg.CachedTTFT
		}
	}
	return st
}

func (s *Server) reply(r *request, sz size, id string) reply {
	model := r.Model
	if model == "" {
		model = s.cfg.Model
	}
	return reply{
		d: s.dialect, id: id, created: time.Now().Unix(), model: escape(model), finish: sz.finish,
		prompt: sz.prompt, details: s.cfg.PromptCache || sz.thought > 0, noUsage: s.cfg.quirk(QuirkNoUsage),
		code: s.cfg.Failures.Status, context: s.cfg.ContextTokens,
	}
}

func (f *form) usageMode(d *dialect) usageMode {
	switch {
	case f.continuous:
		return usageRunning
	case f.usage || d.nullUsage:
		return usageNull
	}
	return usageAbsent
}

func (s *Server) authorized(c *call) bool {
	if s.cfg.APIKey == "" {
		return true
	}
	key, ok := strings.CutPrefix(c.req.Header.Get("Authorization"), "Bearer ")
	if !ok {
		key = c.req.Header.Get("X-Api-Key") // as Anthropic has it
	}
	return subtle.ConstantTimeCompare([]byte(key), []byte(s.cfg.APIKey)) == 1
}
