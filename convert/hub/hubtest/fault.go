package hubtest

import (
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Fault is something that goes wrong with the requests it matches. Each request suffers the first of the faults in
// [Options] that matches it and has strikes left. A fault matches only where it makes sense: those of the body
// no HEAD, IgnoreRange only requests for a range, Expire only the storage host, CutUpload only requests with a body.
type Fault struct {
	Kind  Kind
	On    Route   // only requests of this route; "" means all
	Path  string  // only URLs whose decoded path contains this; "" means all
	Skip  int     // this many matching requests go well first
	Times int     // how many requests it strikes; 0 means every one
	Share float64 // of the matching requests, by chance: 0.05 strikes one in 20; 0 means every one

	Status int           // for Fail; 0 means 503
	Bytes  int64         // where in the body it happens, from 0; Anywhere means by chance
	Wait   time.Duration // for the kinds of 429, how long they ask to wait; 0 means a second
	Header http.Header   // added to the answer, as Retry-After or RateLimit

	roll float64 // in [0, 1): the luck of one request
}

// Anywhere is a place in the body that chance chooses, when it is the Bytes of a [Fault].
const Anywhere = -1

// Kind is what a [Fault] does.
type Kind string

// The kinds of faults.
const (
	Fail        Kind = "fail"         // answer with Status, as 429 or 503
	Expire      Kind = "expire"       // 403, as for a signed link that is too old
	Limit       Kind = "limit"        // 429 with a used-up RateLimit
	RetryAfter  Kind = "retry-after"  // 429 with Retry-After in seconds
	RetryDate   Kind = "retry-date"   // 429 with Retry-After as a date
	Drop        Kind = "drop"         // close the connection instead of an answer
	Hang        Kind = "hang"         // no answer, while the connection stays open
	Cut         Kind = "cut"          // close the connection after Bytes of the body
	Reset       Kind = "reset"        // reset the connection after Bytes of the body
	Stall       Kind = "stall"        // stop after Bytes of the body, while the connection stays open
	Shorten     Kind = "shorten"      // end the body, and its Content-Length, after Bytes
	IgnoreRange Kind = "ignore-range" // answer 200 with everything to a request for a part
	Flip        Kind = "flip"         // change byte number Bytes of the body
	Inflate     Kind = "inflate"      // send a byte more than there is
	Redirect    Kind = "redirect"     // 302 to the Location in Header
	Web         Kind = "web"          // 200 with a web page, as a captive portal does
	Annotate    Kind = "annotate"     // nothing but the Header
	CutUpload   Kind = "cut-upload"   // close the connection after reading Bytes of what the client sends
)

// Kinds returns the names of all kinds, sorted.
func Kinds() []Kind { return slices.Sorted(maps.Keys(kinds)) }

// luck is what a fault has met so far.
type luck struct {
	seen   int // matching requests that no earlier fault struck
	struck int
}

// strike returns the fault that the request suffers, if any. The seed decides about the n-th match of a fault alone:
// the same requests in the same order suffer the same.
func (h *Hub) strike(route Route, req *http.Request) *Fault {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, f := range h.opts.Faults {
		l := &h.luck[i]
		if !f.matches(route, req) || f.Times > 0 && l.struck >= f.Times {
			continue
		}
		chance := chanceOf(h.opts.Seed, i, l.seen)
		l.seen++
		if l.seen <= f.Skip || f.Share > 0 && chance.Float64() >= f.Share {
			continue
		}
		l.struck++
		f.roll = chance.Float64()
		h.counts.fault(f.Kind)
		return &f
	}
	return nil
}

func (f *Fault) matches(route Route, req *http.Request) bool {
	if f.On != "" && f.On != route || !strings.Contains(req.URL.Path, f.Path) {
		return false
	}
	switch f.Kind {
	case Cut, Reset, Stall, Shorten, Flip, Inflate:
		return req.Method != http.MethodHead
	case IgnoreRange:
		return req.Header.Get("Range") != ""
	case Expire:
		return route == CDN
	case CutUpload:
		return req.ContentLength != 0
	}
	return true
}

// chanceOf returns the dice for the n-th match of a fault.
func chanceOf(seed int64, fault, n int) *rand.Rand {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], uint64(seed))
	binary.LittleEndian.PutUint64(key[8:], uint64(fault))
	binary.LittleEndian.PutUint64(key[16:], uint64(n))
	return rand.New(rand.NewChaCha8(key))
}

// place returns where in a body of so many bytes the fault happens.
func (f *Fault) place(length int64) int64 {
	if f.Bytes >= 0 {
		return f.Bytes
	}
	return int64(f.roll * float64(length))
}
