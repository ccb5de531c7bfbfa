package hubtest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const parquet = "PAR1 0123456789 PAR1"

func folder() fstest.MapFS {
	return fstest.MapFS{
		"org/name/README.md":                                  {Data: []byte("# Name\n")},
		"org/name/data/a b#é.parquet":                         {Data: []byte(parquet)},
		"org/name/data/deep/x.txt":                            {Data: []byte("x")},
		"org/name@refs%2Fconvert%2Fparquet/default/0.parquet": {Data: []byte("export")},
		"org/name@v1/README.md":                               {Data: []byte("# Old\n")},
		"stray file":                                          {Data: []byte("ignored")},
	}
}

func start(t *testing.T, opts hubtest.Options) *hubtest.Server {
	t.Helper()
	s, err := hubtest.Start(folder(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ask performs one request without following redirects.
func ask(t *testing.T, method, url string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	tr := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	resp, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		body = append(body, "(cut)"...)
	}
	return resp, string(body)
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

func TestHub_revision(t *testing.T) {
	s := start(t, hubtest.Options{})
	for _, tail := range []string{"", "/revision/main", "/revision/" + s.Commit("org/name", "main")} {
		resp, body := ask(t, "GET", s.URL+"/api/datasets/org/name"+tail)
		var got struct {
			SHA      string
			Siblings []struct{ Rfilename string }
		}
		if err := json.Unmarshal([]byte(body), &got); err != nil || got.SHA != s.Commit("org/name", "") || len(got.SHA) != 40 || len(got.Siblings) != 3 {
			t.Errorf("%q: %d %s", tail, resp.StatusCode, body)
		}
		if resp.Header.Get("RateLimit") != `"api";r=499;t=300` || resp.Header.Get("RateLimit-Policy") == "" {
			t.Errorf("%q: no quota in %v", tail, resp.Header)
		}
	}
	for _, rev := range []string{"refs%2Fconvert%2Fparquet", "refs/convert/parquet", "v1"} {
		if resp, body := ask(t, "GET", s.URL+"/api/datasets/org/name/revision/"+rev); resp.StatusCode != 200 || strings.Contains(body, s.Commit("org/name", "main")) {
			t.Errorf("%s: %d %s", rev, resp.StatusCode, body)
		}
	}
}

func TestHub_commitsComeFromContent(t *testing.T) {
	commit := func(fsys fs.FS) string {
		h, err := hubtest.New(fsys, hubtest.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return h.Commit("org/name", "")
	}
	a, b := commit(folder()), commit(folder())
	changed := folder()
	changed["org/name/README.md"] = &fstest.MapFile{Data: []byte("# Other\n")}
	if c := commit(changed); a != b || a == c {
		t.Errorf("commits %s, %s, of other content %s", a, b, c)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, folder()); err != nil {
		t.Fatal(err)
	}
	if d := commit(os.DirFS(dir)); d != a {
		t.Errorf("from a folder %s, from memory %s", d, a)
	}
}

func TestHub_tree(t *testing.T) {
	s := start(t, hubtest.Options{PageSize: 2})
	list := func(url string) (paths []string) {
		for url != "" {
			resp, body := ask(t, "GET", url)
			var page []hubtest.Item
			if err := json.Unmarshal([]byte(body), &page); err != nil || len(page) > 2 {
				t.Fatalf("%s: %d items, %v", url, len(page), err)
			}
			for _, it := range page {
				paths = append(paths, it.Type+" "+it.Path)
			}
			url, _, _ = strings.Cut(strings.TrimPrefix(resp.Header.Get("Link"), "<"), ">")
		}
		return paths
	}
	base := s.URL + "/api/datasets/org/name/tree/main"
	for url, want := range map[string][]string{
		base:                      {"file README.md", "directory data"},
		base + "/data":            {"file data/a b#é.parquet", "directory data/deep"},
		base + "?recursive=true":  {"file README.md", "directory data", "file data/a b#é.parquet", "directory data/deep", "file data/deep/x.txt"},
		base + "/data%2Fdeep":     {"file data/deep/x.txt"},
		base + "/data/deep":       {"file data/deep/x.txt"},
		base + "?recursive=False": {"file README.md", "directory data"},
	} {
		if diff := cmp.Diff(want, list(url)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", url, diff)
		}
	}
}

func TestHub_smallFile(t *testing.T) {
	s := start(t, hubtest.Options{})
	for _, method := range []string{"GET", "HEAD"} {
		resp, _ := ask(t, method, s.URL+"/datasets/org/name/resolve/main/README.md")
		to := resp.Header.Get("Location")
		if resp.StatusCode != 307 || !strings.HasPrefix(to, "/api/resolve-cache/datasets/org/name/"+s.Commit("org/name", "")) {
			t.Errorf("%s: %d to %q", method, resp.StatusCode, to)
		}
		resp, body := ask(t, method, s.URL+to)
		if resp.StatusCode != 200 || resp.ContentLength != 7 || body != "# Name\n" && method == "GET" {
			t.Errorf("%s: %d, %d bytes, %q", method, resp.StatusCode, resp.ContentLength, body)
		}
	}
}

func TestHub_largeFile(t *testing.T) {
	s := start(t, hubtest.Options{})
	for _, method := range []string{"GET", "HEAD"} {
		resp, _ := ask(t, method, s.URL+"/datasets/org/name/resolve/main/data/a%20b%23%C3%A9.parquet")
		h := resp.Header
		if resp.StatusCode != 302 || h.Get("X-Linked-ETag") != `"`+sum(parquet)+`"` || h.Get("X-Linked-Size") != "20" || h.Get("X-Repo-Commit") != s.Commit("org/name", "") {
			t.Errorf("%s: %d %v", method, resp.StatusCode, h)
		}
		if resp.ContentLength == 20 || resp.ContentLength <= 0 {
			t.Errorf("%s: a Content-Length of %d does not mislead", method, resp.ContentLength)
		}
		link := h.Get("Location")
		if !strings.HasPrefix(link, s.CDNURL+"/cdn/") || s.CDNURL == s.URL {
			t.Fatalf("%s: redirects to %s", method, link)
		}
		resp, body := ask(t, method, link)
		if resp.StatusCode != 200 || resp.ContentLength != 20 || method == "GET" && body != parquet || resp.Header.Get("ETag") == `"`+sum(parquet)+`"` {
			t.Errorf("%s: %d %q %v", method, resp.StatusCode, body, resp.Header)
		}
		resp, body = ask(t, method, link, "Range", "bytes=5-8")
		if resp.StatusCode != 206 || resp.Header.Get("Content-Range") != "bytes 5-8/20" || method == "GET" && body != "0123" {
			t.Errorf("%s: %d %q %v", method, resp.StatusCode, body, resp.Header)
		}
		for _, tt := range []struct {
			url, key, value string
			status          int
		}{
			{link, "Range", "bytes=20-", 416},
			{link, "Authorization", "Bearer x", 400},
			{strings.Replace(link, "Signature=", "Signature=0", 1), "X", "", 403},
		} {
			if resp, _ := ask(t, method, tt.url, tt.key, tt.value); resp.StatusCode != tt.status {
				t.Errorf("%s with %s: %d, want %d", method, tt.key, resp.StatusCode, tt.status)
			}
		}
	}
}

// One handler on one port does it all, for those who bring their own server.
func TestHub_withoutStorageHost(t *testing.T) {
	h, err := hubtest.New(folder(), hubtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	defer s.Close()
	resp, _ := ask(t, "GET", s.URL+"/datasets/org/name/resolve/main/data/a%20b%23%C3%A9.parquet")
	link := resp.Header.Get("Location")
	if !strings.HasPrefix(link, s.URL+"/cdn/org/name/") {
		t.Fatalf("redirects to %q", link)
	}
	if resp, body := ask(t, "GET", link, "Authorization", "Bearer x"); resp.StatusCode != 200 || body != parquet {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
}

func TestStart_refuses(t *testing.T) {
	s := start(t, hubtest.Options{})
	if again, err := hubtest.Start(folder(), hubtest.Options{Addr: strings.TrimPrefix(s.URL, "http://")}); err == nil {
		t.Error("two servers on one port")
		_ = again.Close()
	}
	bad := fstest.MapFS{"org/name@%zz/README.md": {}}
	if again, err := hubtest.Start(bad, hubtest.Options{}); err == nil {
		t.Error("a revision that cannot be decoded")
		_ = again.Close()
	}
	if _, err := hubtest.New(os.DirFS("/nonexistent/folder"), hubtest.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such folder: %v", err)
	}
	if _, err := hubtest.New(fstest.MapFS{"data.parquet": {}}, hubtest.Options{}); err == nil || !strings.Contains(err.Error(), "ORG/NAME") {
		t.Errorf("no datasets: %v", err)
	}
}

func TestServer_close(t *testing.T) {
	s, err := hubtest.Start(folder(), hubtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, body := ask(t, "GET", s.URL+"/api/datasets/org/name/refs"); !strings.Contains(body, `"refs/convert/parquet"`) {
		t.Errorf("refs: %s", body)
	}
	if got := s.Repos(); len(got) != 1 || got[0] != "org/name" {
		t.Errorf("repos %q", got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
