package hubtest_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

func TestHub_notModified(t *testing.T) {
	s := start(t, hubtest.Options{})
	readme, _ := ask(t, "GET", s.URL+"/datasets/org/name/resolve/main/README.md")
	large, _ := ask(t, "GET", s.URL+"/datasets/org/name/resolve/main/data/a%20b%23%C3%A9.parquet")
	for path, etag := range map[string]string{
		"/datasets/org/name/resolve/main/README.md":                   readme.Header.Get("ETag"),
		"/datasets/org/name/resolve/main/data/a%20b%23%C3%A9.parquet": large.Header.Get("X-Linked-ETag"),
		readme.Header.Get("Location"):                                 readme.Header.Get("ETag"),
	} {
		for _, name := range []string{etag, "W/" + etag, `"x", ` + etag, "*"} {
			if resp, body := ask(t, "GET", s.URL+path, "If-None-Match", name); resp.StatusCode != 304 || body != "" {
				t.Errorf("%s with %s: %d %q", path, name, resp.StatusCode, body)
			}
		}
		if resp, _ := ask(t, "GET", s.URL+path, "If-None-Match", `"other"`); resp.StatusCode == 304 {
			t.Errorf("%s: 304 for another name", path)
		}
	}
}

// Small files are compressed for whoever does not refuse it, without a length and without ranges.
func TestHub_gzip(t *testing.T) {
	s := start(t, hubtest.Options{})
	url := s.URL + "/api/resolve-cache/datasets/org/name/" + s.Commit("org/name", "") + "/README.md"
	for accept, packed := range map[string]bool{
		"gzip": true, "gzip, deflate, br": true, "br;q=1, GZIP;q=0.5": true,
		"": false, "identity": false, "br": false, "gzip;q=0": false, "identity, gzip;q=0.0": false,
	} {
		for _, method := range []string{"GET", "HEAD"} {
			resp, body := ask(t, method, url, "Accept-Encoding", accept, "Range", "bytes=0-0")
			if !packed {
				if resp.StatusCode != 206 || resp.ContentLength != 1 || method == "GET" && body != "#" {
					t.Errorf("%s with %q: %d, %d bytes, %q", method, accept, resp.StatusCode, resp.ContentLength, body)
				}
				continue
			}
			if resp.StatusCode != 200 || resp.Header.Get("Content-Encoding") != "gzip" || method == "GET" && resp.ContentLength != -1 || !strings.HasPrefix(resp.Header.Get("ETag"), `W/"`) {
				t.Errorf("%s with %q: %d, %d bytes, %v", method, accept, resp.StatusCode, resp.ContentLength, resp.Header)
			}
			if method == "GET" && unpack(t, body) != "# Name\n" {
				t.Errorf("%q: %q", accept, body)
			}
		}
	}
	resp, _ := ask(t, "GET", url, "Accept-Encoding", "gzip")
	if resp, _ := ask(t, "GET", url, "Accept-Encoding", "gzip", "If-None-Match", resp.Header.Get("ETag")); resp.StatusCode != 304 {
		t.Errorf("If-None-Match: %d", resp.StatusCode)
	}
}

func unpack(t *testing.T, s string) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Error(err)
	}
	return string(out)
}

// The counts are those of the bodies, of the kernel's copying too; asking for them counts nowhere.
func TestHub_stats(t *testing.T) {
	dir := t.TempDir()
	content := strings.Repeat("0123456789abcdef", 3<<20/16)
	write(t, filepath.Join(dir, "org", "name", "big.parquet"), content)
	s, err := hubtest.Start(os.DirFS(dir), hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Fail, On: hubtest.API, Skip: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	redirect, text := ask(t, "GET", s.URL+"/datasets/org/name/resolve/main/big.parquet")
	link := redirect.Header.Get("Location")
	for _, asked := range []string{"", "bytes=5-1048999", "bytes=3145727-"} {
		if resp, body := ask(t, "GET", link, "Range", asked); len(body) != int(resp.ContentLength) || !strings.Contains(content, body) {
			t.Errorf("%s: %d bytes of %d", asked, len(body), resp.ContentLength)
		}
	}
	_, _ = ask(t, "HEAD", link)
	_, info := ask(t, "GET", s.URL+"/api/datasets/org/name")
	_, failed := ask(t, "GET", s.URL+"/api/datasets/org/name")
	want := hubtest.Stats{
		Requests:    map[hubtest.Route]int64{hubtest.API: 2, hubtest.Resolve: 1, hubtest.CDN: 4},
		Bytes:       map[hubtest.Route]int64{hubtest.API: int64(len(info) + len(failed)), hubtest.Resolve: int64(len(text)), hubtest.CDN: 3<<20 + 1048995 + 1},
		Connections: 7,
		Faults:      map[hubtest.Kind]int64{hubtest.Fail: 1},
	}
	for range 2 {
		if diff := cmp.Diff(want, s.Stats()); diff != "" {
			t.Errorf("stats (-want +got):\n%s", diff)
		}
		if _, body := ask(t, "GET", s.URL+"/double/stats"); !strings.HasPrefix(body, `{"requests":{"api":2,"cdn":4,"resolve":1},"bytes":{"api":`) || !strings.HasSuffix(body, `"connections":7,"faults":{"fail":1}}`) {
			t.Errorf("stats %s", body)
		}
	}
}

// A file that has another length than when it was hashed is not served as if it had not.
func TestHub_changedFolder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.parquet", "b.parquet", "c.txt"} {
		write(t, filepath.Join(dir, "org", "name", name), "content")
	}
	s, err := hubtest.Start(os.DirFS(dir), hubtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	write(t, filepath.Join(dir, "org", "name", "a.parquet"), "other content")
	for _, name := range []string{"b.parquet", "c.txt"} {
		if err := os.Remove(filepath.Join(dir, "org", "name", name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"a.parquet", "b.parquet", "c.txt"} {
		to, _ := ask(t, "GET", s.URL+"/datasets/org/name/resolve/main/"+name)
		url := to.Header.Get("Location")
		if strings.HasPrefix(url, "/") {
			url = s.URL + url
		}
		for _, encoding := range []string{"gzip", "identity"} {
			if resp, body := ask(t, "GET", url, "Accept-Encoding", encoding); resp.StatusCode != http.StatusInternalServerError || strings.Contains(body, "(cut)") {
				t.Errorf("%s as %s: %d %q", name, encoding, resp.StatusCode, body)
			}
		}
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}
