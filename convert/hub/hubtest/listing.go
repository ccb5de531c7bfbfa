package hubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// expandedPage is the most entries of a page with everything about each.
const expandedPage = 50

// Commit is the last change of an entry. The double has one for each revision.
type Commit struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Date  string `json:"date"`
}

// Security is what the scanners of the Hub say about a file.
type Security struct {
	Status string          `json:"status"`
	Virus  json.RawMessage `json:"avScan"`
	Pickle json.RawMessage `json:"pickleImportScan"`
}

// tree lists a folder, page by page.
func (h *Hub) tree(w http.ResponseWriter, req *http.Request, r *repo, t *tree, dir string) {
	q := req.URL.Query()
	items := t.items(dir, isTrue(q.Get("recursive")))
	if len(items) == 0 && dir != "" {
		w.Header().Set("X-Repo-Commit", t.commit)
		deny(w, http.StatusNotFound, "EntryNotFound", dir+" does not exist on \""+t.commit+"\"")
		return
	}
	items = h.changed(r, items)
	size, expand := h.opts.PageSize, isTrue(q.Get("expand"))
	if expand {
		size = min(size, expandedPage)
	}
	if n, err := strconv.Atoi(q.Get("limit")); err == nil && n > 0 {
		size = min(size, n)
	}
	from, _ := strconv.Atoi(q.Get("cursor")) // no cursor: the first page
	from = min(max(from, 0), len(items))
	to := min(from+size, len(items))
	if to < len(items) {
		q.Set("cursor", strconv.Itoa(to))
		next := url.URL{Scheme: schemeOf(req), Host: req.Host, Path: req.URL.Path, RawPath: req.URL.RawPath, RawQuery: q.Encode()}
		w.Header().Set("Link", fmt.Sprintf(`<%s>; rel="next"`, next.String()))
	}
	sendItems(w, t, items[from:to], expand)
}

// pathsInfo answers POST .../paths-info/REVISION with the entries of the paths that exist, from a form or from JSON.
func (h *Hub) pathsInfo(w http.ResponseWriter, req *http.Request, r *repo, t *tree) {
	var ask struct {
		Paths  []string `json:"paths"`
		Expand bool     `json:"expand"`
	}
	req.Body = http.MaxBytesReader(w, req.Body, 16<<20)
	if strings.HasPrefix(req.Header.Get("Content-Type"), "application/json") {
		if err := json.NewDecoder(req.Body).Decode(&ask); err != nil {
			deny(w, http.StatusBadRequest, "", "Malformed JSON: "+err.Error())
			return
		}
	} else if err := req.ParseForm(); err != nil {
		deny(w, http.StatusBadRequest, "", "Malformed form: "+err.Error())
		return
	} else {
		ask.Paths, ask.Expand = req.PostForm["paths"], isTrue(req.PostForm.Get("expand"))
	}
	byPath := map[string]Item{}
	for _, it := range h.changed(r, t.items("", true)) {
		byPath[it.Path] = it
	}
	var items []Item
	for _, p := range ask.Paths {
		if it, ok := byPath[strings.Trim(p, "/")]; ok {
			items = append(items, it)
		}
	}
	sendItems(w, t, items, ask.Expand)
}

// changed lets the Items of Options change a listing.
func (h *Hub) changed(r *repo, items []Item) []Item {
	if h.opts.Items == nil {
		return items
	}
	return h.opts.Items(r.name, items)
}

func sendItems(w http.ResponseWriter, t *tree, items []Item, expand bool) {
	out := make([]Item, len(items)) // never null
	copy(out, items)
	for i := range out {
		if !expand {
			break
		}
		out[i].LastCommit = &Commit{ID: t.commit, Title: "Upload files", Date: timeOfAll}
		if out[i].Type == "file" {
			out[i].Security = &Security{Status: "unscanned"}
		}
	}
	sendJSON(w, out)
}

func isTrue(s string) bool { return s == "1" || strings.EqualFold(s, "true") }
