package hubtest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// Whatever is asked, there is an answer, and content only for whom it is.
func FuzzHub_request(f *testing.F) {
	h, err := hubtest.New(folder(), hubtest.Options{
		Tokens: []string{"good"}, Repos: map[string]hubtest.Access{"org/name": {Private: true}},
	})
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range []string{
		"/api/datasets/org/name/tree/main/data?recursive=true&cursor=-1&limit=x", "/api/datasets/org/name/paths-info/main",
		"/datasets/org/name/resolve/refs%2Fconvert%2Fparquet/default/0.parquet", "/cdn/org/name/00?Policy=9&Signature=x",
		"/api/resolve-cache/datasets/org/name/main/%2e%2e/README.md", "/double/stats", "//", "/datasets/org/name/resolve/refs/a",
	} {
		f.Add("GET", path, "bytes=0-1", "")
		f.Add("POST", path, "", "paths=README.md&paths=..")
	}
	f.Fuzz(func(t *testing.T, method, path, asked, body string) {
		u, err := url.ParseRequestURI(path)
		if err != nil || strings.ContainsAny(method, " \r\n") {
			return
		}
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://hub/", strings.NewReader(body))
		req.Method, req.URL = method, u
		req.Header.Set("Range", asked)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code < 200 || w.Code > 599 {
			t.Errorf("%s %s: %d", method, path, w.Code)
		}
		if got := w.Body.String(); strings.Contains(got, "PAR1") || strings.Contains(got, "# Name") || strings.Contains(got, "parquet\"") {
			t.Errorf("%s %s: an anonymous client got %q", method, path, got)
		}
	})
}
