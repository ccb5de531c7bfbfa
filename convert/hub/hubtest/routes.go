package hubtest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ServeHTTP answers one request.
func (h *Hub) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	parts, ok := splitPath(req.URL)
	switch {
	case !ok || len(parts) < 2:
		http.NotFound(w, req)
	case parts[0] == "double" && parts[1] == "stats":
		sendJSON(w, h.Stats())
	default:
		if route, rest, handle := h.route(req, parts); handle != nil {
			h.serve(w, req, route, rest, handle)
			return
		}
		http.NotFound(w, req)
	}
}

// handler answers a request of which parts is what follows the route in the path.
type handler = func(w http.ResponseWriter, req *http.Request, parts []string)

// route returns who answers a request, with the parts of the path that are left for it; nil is nobody.
func (h *Hub) route(req *http.Request, parts []string) (Route, []string, handler) {
	below := func(prefix ...string) bool {
		return len(parts) >= len(prefix) && slices.Equal(parts[:len(prefix)], prefix)
	}
	asksPaths := req.Method == http.MethodPost && below("api", "datasets") && len(parts) > 4 && parts[4] == "paths-info"
	if asksPaths { // the one question that is asked with POST
		return API, parts[2:], h.api
	}
	if route, rest, handle := h.writing(req, parts); handle != nil {
		return route, rest, handle
	}
	switch {
	case below("cdn"):
		return CDN, parts[1:], readOnly(h.cdn)
	case below("api", "datasets"):
		return API, parts[2:], readOnly(h.api)
	case below("api", "resolve-cache", "datasets"):
		return Resolve, parts[3:], readOnly(h.resolveCache)
	case below("datasets"):
		return Resolve, parts[1:], readOnly(h.resolve)
	}
	return "", nil, nil
}

// serve is what all routes have in common: the counts, the observer, the delay, the quota, the faults and the headers
// of every answer.
func (h *Hub) serve(w http.ResponseWriter, req *http.Request, route Route, parts []string, handle handler) {
	h.counts.request(route, req)
	if h.opts.Observe != nil {
		h.opts.Observe(route, req)
	}
	if !pause(req.Context(), h.opts.Delay) {
		return
	}
	w = &counter{ResponseWriter: w, counts: h.counts, route: route, none: req.Method == http.MethodHead}
	w.Header().Set("X-Request-Id", "Root=1-hub-double")
	if route != CDN && !h.pass(w.Header(), route, req) {
		deny(w, http.StatusTooManyRequests, "", "You have reached your rate limit: see the RateLimit header")
		return
	}
	next := func(w http.ResponseWriter) { handle(w, req, parts) }
	if f := h.strike(route, req); f != nil {
		f.serve(w, req, next)
		return
	}
	next(w)
}

// readOnly keeps handle from requests that would change something.
func readOnly(handle handler) handler {
	return func(w http.ResponseWriter, req *http.Request, parts []string) {
		if req.Method == http.MethodGet || req.Method == http.MethodHead {
			handle(w, req, parts)
			return
		}
		methodNotAllowed(w, req, parts)
	}
}

// splitPath returns the segments of the path, each decoded on its own, so that %2F stays inside of one.
func splitPath(u *url.URL) ([]string, bool) {
	parts := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i, p := range parts {
		s, err := url.PathUnescape(p)
		if err != nil {
			return nil, false
		}
		parts[i] = s
	}
	return parts, true
}
