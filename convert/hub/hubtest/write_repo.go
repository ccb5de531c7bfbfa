package hubtest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// newAttributes is what a new dataset starts with.
const newAttributes = "*.parquet filter=lfs diff=lfs merge=lfs -text\n*.arrow filter=lfs diff=lfs merge=lfs -text\n"

// whoami answers GET /api/whoami-v2.
func (h *Hub) whoami(w http.ResponseWriter, req *http.Request, _ []string) {
	token, sent := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	if !sent {
		deny(w, http.StatusUnauthorized, "", "Invalid username or password.")
		return
	}
	if h.opts.Tokens != nil && !slices.Contains(h.opts.Tokens, token) {
		deny(w, http.StatusUnauthorized, "", "Invalid credentials in Authorization header")
		return
	}
	a := h.opts.Accounts[token]
	role := "write"
	if a.ReadOnly {
		role = "read"
	}
	orgs := []map[string]any{}
	for _, o := range a.Orgs {
		orgs = append(orgs, map[string]any{"type": "org", "name": o, "roleInOrg": "write"})
	}
	sendJSON(w, map[string]any{
		"type": "user", "name": cmp.Or(a.Name, "me"), "fullname": cmp.Or(a.Name, "me"), "orgs": orgs,
		"auth": map[string]any{"type": "access_token", "accessToken": map[string]any{"displayName": "double", "role": role}},
	})
}

// createRepo answers POST /api/repos/create.
func (h *Hub) createRepo(w http.ResponseWriter, req *http.Request, _ []string) {
	var ask struct {
		Type         string `json:"type"`
		Name         string `json:"name"`
		Organization string `json:"organization"`
		Visibility   string `json:"visibility"`
		Private      bool   `json:"private"`
	}
	if !readJSON(w, req, &ask) {
		return
	}
	token := strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")
	namespace := cmp.Or(ask.Organization, h.opts.Accounts[token].Name, "me")
	name := namespace + "/" + ask.Name
	account, ok := h.author(w, req, name, true)
	switch {
	case !ok:
	case ask.Type != "dataset":
		deny(w, http.StatusBadRequest, "", "the double only has datasets")
	case ask.Name == "" || strings.ContainsAny(name, "@\\") || strings.Count(name, "/") != 1:
		deny(w, http.StatusBadRequest, "", "Invalid name")
	case !account.mayWrite(namespace):
		deny(w, http.StatusForbidden, "", `You don't have the rights to create a dataset under the namespace "`+namespace+`"`)
	default:
		h.makeRepo(w, req, name, ask.Private || ask.Visibility == "private")
	}
}

func (h *Hub) makeRepo(w http.ResponseWriter, req *http.Request, name string, private bool) {
	answer := map[string]any{"url": schemeOf(req) + "://" + req.Host + "/datasets/" + name, "name": name, "id": gitSHA1("repo", name)[:24]}
	t := &tree{files: map[string]*file{".gitattributes": h.uploads.keep([]byte(newAttributes), false)}}
	t.commit = commitName("", "initial commit", t)
	h.mu.Lock()
	exists := h.repos[name] != nil
	if !exists {
		h.repos[name] = &repo{name: name, revs: map[string]*tree{"main": t}, private: private}
	}
	h.mu.Unlock()
	if exists {
		w.Header().Set("X-Error-Message", "You already created this dataset repo")
		w.WriteHeader(http.StatusConflict)
		answer["error"] = "You already created this dataset repo"
	}
	sendJSON(w, answer)
}

// branch answers POST /api/datasets/ORG/NAME/branch/NEW: a branch that starts where main is.
func (h *Hub) branch(w http.ResponseWriter, r *repo, name string) {
	h.mu.Lock()
	r = h.repos[r.name]
	exists := r.revs[name] != nil
	if !exists {
		h.repos[r.name] = r.with(name, r.revs["main"])
	}
	h.mu.Unlock()
	if exists {
		deny(w, http.StatusConflict, "", "Reference already exists: "+name)
		return
	}
	sendJSON(w, map[string]any{"success": true})
}

// validateYAML answers POST /api/validate-yaml: it finds nothing to object to.
func validateYAML(w http.ResponseWriter, _ *http.Request, _ []string) {
	sendJSON(w, map[string]any{"errors": []any{}, "warnings": []any{}})
}
