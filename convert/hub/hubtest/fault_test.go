package hubtest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

func TestHub_errors(t *testing.T) {
	s := start(t, hubtest.Options{
		Tokens: []string{"good", "other"},
		Repos:  map[string]hubtest.Access{"org/name": {Gated: true, Granted: []string{"good"}}},
	})
	const file = "/datasets/org/name/resolve/main/README.md"
	for _, tt := range []struct {
		path, auth string
		status     int
		code, says string
	}{
		{"/api/datasets/org/none", "", 401, "RepoNotFound", ""},
		{"/api/datasets/org/none", "good", 404, "RepoNotFound", ""},
		{"/api/datasets/org/name/revision/none", "", 404, "RevisionNotFound", ""},
		{"/api/datasets/org/name/tree/none", "", 404, "RevisionNotFound", ""},
		{"/api/datasets/org/name/tree/main/none", "", 404, "EntryNotFound", ""},
		{"/api/datasets/org/name", "", 200, "", ""},
		{"/api/datasets/org/name", "bad", 401, "", "Invalid credentials in Authorization header"},
		{file, "", 401, "GatedRepo", ""},
		{file, "other", 403, "GatedRepo", ""},
		{file, "good", 307, "", ""},
		{"/datasets/org/name/resolve/main/none", "good", 404, "EntryNotFound", "Entry not found"},
		{"/datasets/org/name/resolve/none/README.md", "good", 404, "RevisionNotFound", ""},
		{"/datasets/org/name", "good", 404, "", ""},
		{"/", "", 404, "", ""},
	} {
		var auth []string
		if tt.auth != "" {
			auth = []string{"Authorization", "Bearer " + tt.auth}
		}
		resp, body := ask(t, "GET", s.URL+tt.path, auth...)
		if resp.StatusCode != tt.status || resp.Header.Get("X-Error-Code") != tt.code || !strings.Contains(resp.Header.Get("X-Error-Message"), tt.says) {
			t.Errorf("%s as %q: %d %v %s", tt.path, tt.auth, resp.StatusCode, resp.Header, body)
		}
	}
	if resp, _ := ask(t, "POST", s.URL+"/api/datasets/org/name"); resp.StatusCode != 405 {
		t.Errorf("POST: %d", resp.StatusCode)
	}
}

func TestHub_faults(t *testing.T) {
	s := start(t, hubtest.Options{Faults: []hubtest.Fault{
		{Kind: hubtest.Fail, On: hubtest.API, Skip: 1, Times: 2, Status: 429, Header: http.Header{"Retry-After": {"3"}}},
		{Kind: hubtest.Cut, Path: "/resolve-cache/", Bytes: 3, Times: 1},
		{Kind: hubtest.Flip, Path: "/resolve-cache/", Bytes: 0, Times: 1},
		{Kind: hubtest.Inflate, Path: "/resolve-cache/", Times: 1},
		{Kind: "nonsense", Path: "/resolve-cache/", Times: 1},
	}})
	for i, want := range []int{200, 429, 429, 200} {
		resp, _ := ask(t, "GET", s.URL+"/api/datasets/org/name")
		if resp.StatusCode != want || want == 429 && resp.Header.Get("Retry-After") != "3" {
			t.Errorf("request %d: %d %v", i, resp.StatusCode, resp.Header)
		}
	}
	small := s.URL + "/api/resolve-cache/datasets/org/name/" + s.Commit("org/name", "") + "/README.md"
	for i, want := range []string{"# N(cut)", "\xdc Name\n", "# Name\n!", "hub double: unknown fault nonsense\n", "# Name\n"} {
		if _, body := ask(t, "GET", small); body != want {
			t.Errorf("request %d: %q, want %q", i, body, want)
		}
	}
}
