package hubtest

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Fault is something that goes wrong with the requests it matches. Each request suffers the first of the
// faults in [Options] that matches it and has strikes left.
type Fault struct {
	Kind  Kind
	On    Route  // only requests of this route; "" means all
	Path  string // only URLs whose decoded path contains this; "" means all
	Skip  int    // this many matching requests go well first
	Times int    // how many requests it strikes; 0 means every one

	Status int         // for Fail; 0 means 503
	Bytes  int64       // for Cut, how many go out before the connection closes; for Flip, which byte is wrong
	Header http.Header // added to the answer, as Retry-After or RateLimit
}

// Kind is what a [Fault] does.
type Kind string

// The kinds of faults.
const (
	Fail        Kind = "fail"         // answer with Status, as 429 or 503
	Expire      Kind = "expire"       // 403, as for a signed link that is too old
	Cut         Kind = "cut"          // close the connection after Bytes of the body
	IgnoreRange Kind = "ignore-range" // answer 200 with everything to a request for a part
	Flip        Kind = "flip"         // change byte number Bytes of the body
	Inflate     Kind = "inflate"      // send a byte more than there is
	Redirect    Kind = "redirect"     // 302 to the Location in Header
	Web         Kind = "web"          // 200 with a web page, as a captive portal does
)

// kinds says what each kind does with a request; next serves it well.
var kinds = map[Kind]func(f *Fault, w http.ResponseWriter, req *http.Request, next func(http.ResponseWriter)){
	Fail: func(f *Fault, w http.ResponseWriter, _ *http.Request, _ func(http.ResponseWriter)) {
		status := f.Status
		if status == 0 {
			status = http.StatusServiceUnavailable
		}
		deny(w, status, "", http.StatusText(status))
	},
	Expire: func(_ *Fault, w http.ResponseWriter, _ *http.Request, _ func(http.ResponseWriter)) {
		denyXML(w, http.StatusForbidden, "AccessDenied", "Request has expired")
	},
	Cut: func(f *Fault, w http.ResponseWriter, _ *http.Request, next func(http.ResponseWriter)) {
		next(&cutter{ResponseWriter: w, left: f.Bytes})
		panic(http.ErrAbortHandler) // the body was shorter than Bytes: cut all the same
	},
	IgnoreRange: func(_ *Fault, w http.ResponseWriter, req *http.Request, next func(http.ResponseWriter)) {
		req.Header.Del("Range")
		next(w)
	},
	Flip: func(f *Fault, w http.ResponseWriter, _ *http.Request, next func(http.ResponseWriter)) {
		next(&flipper{ResponseWriter: w, at: f.Bytes})
	},
	Inflate: func(_ *Fault, w http.ResponseWriter, _ *http.Request, next func(http.ResponseWriter)) {
		next(&inflater{w})
		_, _ = io.WriteString(w, "!") // whoever went away misses it
	},
	Redirect: func(_ *Fault, w http.ResponseWriter, _ *http.Request, _ func(http.ResponseWriter)) {
		w.WriteHeader(http.StatusFound)
	},
	Web: func(_ *Fault, w http.ResponseWriter, _ *http.Request, _ func(http.ResponseWriter)) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Welcome to our network</title>") // as above
	},
}

// strike returns the fault that the request suffers, if any.
func (h *Hub) strike(route Route, req *http.Request) *Fault {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.opts.Faults {
		f := &h.opts.Faults[i]
		if f.On != "" && f.On != route || !strings.Contains(req.URL.Path, f.Path) {
			continue
		}
		if f.Times > 0 && h.hits[i] >= f.Skip+f.Times {
			continue
		}
		if h.hits[i]++; h.hits[i] > f.Skip {
			return f
		}
	}
	return nil
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

// cutter closes the connection after some bytes.
type cutter struct {
	http.ResponseWriter
	left int64
}

func (c *cutter) Write(p []byte) (int, error) {
	if int64(len(p)) < c.left {
		c.left -= int64(len(p))
		return c.ResponseWriter.Write(p)
	}
	_, _ = c.ResponseWriter.Write(p[:c.left])                // the connection is closed in any case
	_ = http.NewResponseController(c.ResponseWriter).Flush() // as above
	panic(http.ErrAbortHandler)
}

// flipper changes one byte.
type flipper struct {
	http.ResponseWriter
	at int64
}

func (f *flipper) Write(p []byte) (int, error) {
	if f.at >= 0 && f.at < int64(len(p)) {
		p = slices.Clone(p) // it is the caller's
		p[f.at] ^= 0xff
	}
	f.at -= int64(len(p))
	return f.ResponseWriter.Write(p)
}

// inflater announces one byte more.
type inflater struct{ http.ResponseWriter }

func (i *inflater) WriteHeader(status int) {
	if n, err := strconv.ParseInt(i.Header().Get("Content-Length"), 10, 64); err == nil {
		i.Header().Set("Content-Length", strconv.FormatInt(n+1, 10))
	}
	i.ResponseWriter.WriteHeader(status)
}
