package hubtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// admit finds the repository and checks whether the request may see it; if not, it answers as the Hub does. To an
// anonymous user a missing and a private dataset look the same.
func (h *Hub) admit(w http.ResponseWriter, req *http.Request, name string, content bool) (*repo, bool) {
	token, sent := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	if sent && h.opts.Tokens != nil && !slices.Contains(h.opts.Tokens, token) {
		deny(w, http.StatusUnauthorized, "", "Invalid credentials in Authorization header")
		return nil, false
	}
	r, a := h.repo(name), h.access(name)
	granted := sent && (a.Granted == nil || slices.Contains(a.Granted, token))
	switch {
	case (r == nil || a.Private && !granted) && !sent:
		deny(w, http.StatusUnauthorized, "RepoNotFound", "Repository not found")
	case r == nil || a.Private && !granted:
		deny(w, http.StatusNotFound, "RepoNotFound", "Repository not found")
	case a.Disabled:
		deny(w, http.StatusForbidden, "", "Access to this resource is disabled.")
	case content && a.Gated && !sent:
		deny(w, http.StatusUnauthorized, "GatedRepo", "Access to dataset "+name+" is restricted. You must be authenticated to access it.")
	case content && a.Gated && !granted:
		deny(w, http.StatusForbidden, "GatedRepo", "Access to dataset "+name+" is restricted and you are not in the authorized list.")
	default:
		return r, true
	}
	return nil, false
}

// deny answers with an error in the Hub's form: in headers and in the body.
func deny(w http.ResponseWriter, status int, code, message string) {
	hd := w.Header()
	if code != "" {
		hd.Set("X-Error-Code", code)
	}
	hd.Set("X-Error-Message", message)
	hd.Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(errorBody(message)) // whoever went away misses it
}

func errorBody(message string) []byte {
	body, err := json.Marshal(map[string]string{"error": message})
	if err != nil {
		return []byte(`{"error":"unprintable"}`)
	}
	return body
}
