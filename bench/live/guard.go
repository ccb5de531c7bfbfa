package live

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// A guard lets those requests through that may see a run. On a loopback address that is whoever is on this machine,
// but no page of another site that a browser here has open: the request must name a loopback host (a name that
// another site had pointed here does not) and come from no other origin. Elsewhere it is whoever has the token.
type guard struct {
	token string // "" on a loopback address
	port  string
	next  http.Handler
}

func (g guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are served", http.StatusMethodNotAllowed)
	case g.token == "" && !g.isOwn(r.Host):
		http.Error(w, "the host that was asked for is not a loopback address", http.StatusForbidden)
	case !sameOrigin(r):
		http.Error(w, "pages of other origins may not ask", http.StatusForbidden)
	case g.token == "" || g.hasToken(r):
		g.next.ServeHTTP(w, r)
	case g.isToken(r.URL.Query().Get("token")):
		g.remember(w, r)
	default:
		h.Set("WWW-Authenticate", `Bearer realm="promptmill"`)
		http.Error(w, "a token is needed: open the URL that promptmill printed, or send it as Authorization: Bearer", http.StatusUnauthorized)
	}
}

// isOwn reports whether a Host header names this machine by a loopback address and the port that is served.
func (g guard) isOwn(hostport string) bool {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil || port != g.port {
		return false
	}
	return isLoopback(host)
}

// sameOrigin reports whether a request comes from the page itself, or from no page.
func sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == "http" && u.Host == r.Host
}

func (g guard) isToken(s string) bool {
	return subtle.ConstantTimeCompare([]byte(s), []byte(g.token)) == 1
}

func (g guard) hasToken(r *http.Request) bool {
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return g.isToken(bearer)
	}
	c, err := r.Cookie(g.cookie())
	return err == nil && g.isToken(c.Value)
}

// remember puts the token of a URL into a cookie and shows the page without it: URLs are kept and passed on.
func (g guard) remember(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: g.cookie(), Value: g.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode}) //nolint:gosec // there is no TLS to ask for
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// cookie is one name for each port: browsers share cookies among the ports of a host.
func (g guard) cookie() string { return "promptmill-" + g.port }
