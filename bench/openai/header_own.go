package openai

import (
	"errors"
	"maps"
	"net/http"
)

// A HeaderField is a header of one request.
type HeaderField struct{ Name, Value string }

// ofOneRequest says whether requests can differ in a header: it is neither of the connection nor a name of the request.
func ofOneRequest(name string) bool {
	name = http.CanonicalHeaderKey(name)
	return name != "Host" && name != requestID && plainHeader(http.Header{name: nil})
}

// header is that of every request, with what is of this one alone.
func (r *Request) header(every http.Header) http.Header {
	if len(r.Header) == 0 {
		return every
	}
	all := maps.Clone(every)
	for _, f := range r.Header {
		all.Set(f.Name, f.Value)
	}
	return all
}

// sendable says whether what the request brings for its header can stand there.
func (r *Request) sendable() bool {
	for _, f := range r.Header {
		if !validName(f.Name) || !ofOneRequest(f.Name) || !validValue(f.Value) {
			return false
		}
	}
	return validValue(r.ID)
}

var errUnsendable = errors.New("the request's ID, or a header of its own, has a character that cannot be sent, maybe a line end; or another name than it may have")
