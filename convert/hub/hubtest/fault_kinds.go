package hubtest

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// kinds says what each kind does with a request; next serves it well.
var kinds = map[Kind]func(f *Fault, w http.ResponseWriter, req *http.Request, next func(http.ResponseWriter)){
	Fail:        (*Fault).fail,
	Expire:      (*Fault).expire,
	Limit:       (*Fault).tooMany,
	RetryAfter:  (*Fault).tooMany,
	RetryDate:   (*Fault).tooMany,
	Drop:        (*Fault).drop,
	Hang:        (*Fault).hang,
	Cut:         (*Fault).stop,
	Reset:       (*Fault).stop,
	Stall:       (*Fault).stop,
	Shorten:     (*Fault).shorten,
	IgnoreRange: (*Fault).ignoreRange,
	Flip:        (*Fault).flip,
	Inflate:     (*Fault).inflate,
	Redirect:    (*Fault).redirect,
	Web:         (*Fault).web,
	Annotate:    (*Fault).annotate,
	CutUpload:   (*Fault).cutUpload,
}

func (f *Fault) serve(w http.ResponseWriter, req *http.Request, next func(http.ResponseWriter)) {
	maps.Copy(w.Header(), f.Header)
	do, ok := kinds[f.Kind]
	if !ok {
		http.Error(w, "hub double: unknown fault "+string(f.Kind), http.StatusNotImplemented)
		return
	}
	do(f, w, req, next)
}

func (f *Fault) fail(w http.ResponseWriter, _ *http.Request, _ func(http.ResponseWriter)) {
	status := cmp.Or(f.Status, http.StatusServiceUnavailable)
	deny(w, status, "", http.StatusText(status))
}

func (*Fault) expire(w http.ResponseWriter, _ *http.Request, _ func(http.ResponseWriter)) {
	denyXML(w, http.StatusForbidden, "AccessDenied", "Request has expired")
}

// tooMany answers 429. Only one of the headers asks to wait: RateLimit is used up, or it is fine and Retry-After asks.
func (f *Fault) tooMany(w http.ResponseWriter, req *http.Request, _ func(http.ResponseWriter)) {
	wait := cmp.Or(f.Wait, time.Second)
	switch f.Kind {
	case Limit:
		limitHeaders(w.Header(), "api", anonymousAPI, 0, wait, anonymousWindow)
	case RetryAfter:
		w.Header().Set("Retry-After", strconv.Itoa(seconds(wait)))
	default: // a date has whole seconds
		at := time.Now().Add(wait + time.Second - 1).UTC()
		w.Header().Set("Retry-After", at.Format(http.TimeFormat))
	}
	deny(w, http.StatusTooManyRequests, "", fmt.Sprintf("%s: too many requests", req.Host))
}

func (*Fault) drop(http.ResponseWriter, *http.Request, func(http.ResponseWriter)) {
	panic(http.ErrAbortHandler)
}

func (*Fault) hang(_ http.ResponseWriter, req *http.Request, _ func(http.ResponseWriter)) {
	<-req.Context().Done()
	panic(http.ErrAbortHandler)
}

// stop serves the body up to a place. A body that ends before it is not served at all.
func (f *Fault) stop(w http.ResponseWriter, req *http.Request, next func(http.ResponseWriter)) {
	next(&stopper{ResponseWriter: w, fault: f, req: req})
	f.end(w, req)
}

// end is how a body stops that is not complete.
func (f *Fault) end(w http.ResponseWriter, req *http.Request) {
	switch f.Kind {
	case Reset:
		reset(w)
	case Stall:
		<-req.Context().Done()
	}
	panic(http.ErrAbortHandler) // closes the connection
}

// reset closes the connection in such a way that the client gets a reset.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // not HTTP/1: closed without a reset
	}
	if c, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = c.SetLinger(0) // without it, closed all the same
	}
	_ = conn.Close()
}

func (f *Fault) shorten(w http.ResponseWriter, _ *http.Request, next func(http.ResponseWriter)) {
	next(&shortener{ResponseWriter: w, fault: f})
}

func (*Fault) ignoreRange(w http.ResponseWriter, req *http.Request, next func(http.ResponseWriter)) {
	req.Header.Del("Range")
	next(w)
}

func (f *Fault) flip(w http.ResponseWriter, _ *http.Request, next func(http.ResponseWriter)) {
	next(&flipper{ResponseWriter: w, fault: f})
}

func (*Fault) inflate(w http.ResponseWriter, _ *http.Request, next func(http.ResponseWriter)) {
	next(&inflater{ResponseWriter: w})
	_, _ = io.WriteString(w, "!") // whoever went away misses it
}

func (*Fault) annotate(w http.ResponseWriter, _ *http.Request, next func(http.ResponseWriter)) {
	next(w)
}

func (*Fault) redirect(w http.ResponseWriter, _ *http.Request, _ func(http.ResponseWriter)) {
	w.WriteHeader(http.StatusFound)
}

func (*Fault) web(w http.ResponseWriter, _ *http.Request, _ func(http.ResponseWriter)) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, "<!DOCTYPE html><title>Welcome to our network</title>") // as above
}
