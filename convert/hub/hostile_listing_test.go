package hub_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// lister is a Hub whose listing is what pages says: each is a body, and the path of the next page or "".
func lister(t *testing.T, pages func(r *http.Request) (body, next string)) (c *hub.Client, asked *int) {
	t.Helper()
	asked = new(int)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/revision/") {
			_, _ = fmt.Fprint(w, found.body)
			return
		}
		*asked++
		body, next := pages(r)
		if next != "" {
			w.Header().Set("Link", "<"+next+`>; rel="next"`)
		}
		_, _ = fmt.Fprint(w, body)
	}))
	t.Cleanup(srv.Close)
	return configured(t, hub.Config{Endpoint: srv.URL, Token: token}), asked
}

// entry is an entry of a listing with a size as JSON.
func entry(name, size string) string {
	quoted, err := json.Marshal(name)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"type":"file","oid":"%040x","path":%s,"size":%s}`, 1, quoted, size)
}

func TestResolve_untrueListing(t *testing.T) {
	lfs := func(size string) string {
		return fmt.Sprintf(`{"type":"file","oid":"%040x","path":"a.parquet","size":1,"lfs":{"oid":"%064x"%s}}`, 1, 1, size)
	}
	many := func(n int) string {
		var list []string
		for i := range n {
			list = append(list, entry(fmt.Sprintf("f%d", i), "4398046511104"))
		}
		return strings.Join(list, ",")
	}
	for name, tt := range map[string]struct{ entries, says string }{
		"twice":                   {entry("a.parquet", "1") + "," + entry("a.parquet", "2"), `"a.parquet" twice, differently`},
		"a file that is a folder": {entry("a.parquet", "1") + "," + entry("a.parquet/b/c.parquet", "1"), `"a.parquet" as if that were a folder`},
		"and in the other order":  {entry("a.parquet/b.parquet", "1") + "," + entry("a.parquet", "1"), `"a.parquet" as if that were a folder`},
		"a line feed":             {entry("a\nb.parquet", "1"), "control character"},
		"an escape":               {entry("a\x1b[2Jb.parquet", "1"), "control character"},
		"NUL":                     {`{"type":"file","oid":"` + strings.Repeat("1", 40) + `","path":"a\u0000b","size":1}`, "control character"},
		"a long name":             {entry("d/"+strings.Repeat("é", 128), "1"), "a part has 256 bytes"},
		"a long path":             {entry(strings.Repeat("abc/", 1024)+"d", "1"), "4097 bytes"},
		"size null":               {entry("a.parquet", "null"), `"a.parquet" no size`},
		"no size":                 {`{"type":"file","oid":"` + strings.Repeat("1", 40) + `","path":"a.parquet"}`, `"a.parquet" no size`},
		"lfs size null":           {lfs(`,"size":null`), `"a.parquet" no size`},
		"no lfs size":             {lfs(""), `"a.parquet" no size`},
		"a sum that overflows":    {many(1<<18 + 1), "more than 1048576 TiB"},
	} {
		t.Run(name, func(t *testing.T) {
			c, asked := lister(t, func(*http.Request) (string, string) { return "[" + tt.entries + "]", "" })
			_, err := c.Resolve(t.Context(), testRef)
			if !errors.Is(err, hub.ErrCorrupt) || !strings.Contains(err.Error(), tt.says) || strings.ContainsAny(err.Error(), "\n\x1b\x00") || len(err.Error()) > 1000 {
				t.Errorf("error = %v, want one that says %q", err, tt.says)
			}
			if *asked != 1 {
				t.Errorf("asked %d times", *asked)
			}
		})
	}
}

func TestNameFault(t *testing.T) {
	for _, name := range []string{
		".gitattributes", "..a", "a..", " a ", "a b/c%2Fd.parquet", "日本/é😀#.parquet", `a:b?*"<>|`, "\u202etxt", "a\u0085b\x7f", "CON/aux.parquet", "-rf", "~",
		strings.Repeat("n", 255), strings.Repeat("abc/", 1023) + "abcd",
	} {
		if fault := hub.NameFault(name, true); fault != "" {
			t.Errorf("%q is refused: %s", name, fault)
		}
	}
	for _, windows := range []bool{true, false} {
		if fault := hub.NameFault(`data\evil.parquet`, windows); (fault != "") != windows {
			t.Errorf("a backslash, on Windows %v: %q", windows, fault)
		}
	}
}

// A listing that leads nowhere new ends at once.
func TestResolve_endlessListing(t *testing.T) {
	first := entry("a.parquet", "1")
	for name, tt := range map[string]struct {
		page func(n int) (body, next string)
		most int
	}{
		"the same page":              {func(int) (string, string) { return first, "?recursive=true&expand=false" }, 1},
		"a circle":                   {func(n int) (string, string) { return entry(fmt.Sprint(n), "1"), fmt.Sprintf("?p=%d", n%2) }, 3},
		"pages without entries":      {func(n int) (string, string) { return "", fmt.Sprintf("?p=%d", n) }, 1},
		"pages of nothing that is":   {func(n int) (string, string) { return "{},{}", fmt.Sprintf("?p=%d", n) }, 1},
		"the same entries elsewhere": {func(n int) (string, string) { return first, fmt.Sprintf("?p=%d", n) }, 2},
		"a long link":                {func(n int) (string, string) { return first, "?p=" + strings.Repeat("x", 8<<10) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			c, asked := lister(t, func(*http.Request) (string, string) {
				n++
				body, next := tt.page(n)
				return "[" + body + "]", next
			})
			if _, err := c.Resolve(t.Context(), testRef); !errors.Is(err, hub.ErrCorrupt) || *asked > tt.most {
				t.Errorf("asked %d times, %v; want at most %d", *asked, err, tt.most)
			}
		})
	}
}

// A page may have nothing but folders, or end the listing with nothing.
func TestResolve_thinPages(t *testing.T) {
	pages := []string{`{"type":"directory","path":"a"}`, `{"type":"directory","path":"b"}`, entry("a/x.parquet", "1"), ""}
	n := 0
	c, _ := lister(t, func(*http.Request) (string, string) {
		n++
		if n == len(pages) {
			return "[]", ""
		}
		return "[" + pages[n-1] + "]", fmt.Sprintf("?p=%d", n)
	})
	d, err := c.Select(t.Context(), hub.Selection{Ref: hub.Ref{Repo: "org/x"}, Include: []string{"*"}})
	if err != nil || len(d.Files) != 1 {
		t.Errorf("%+v, %v", d, err)
	}
}

// What an entry takes in memory has no relation to what it takes on the line.
func TestResolve_pageOfNothing(t *testing.T) {
	body := "[{}" + strings.Repeat(",{}", 4<<20) + "]"
	c, asked := lister(t, func(*http.Request) (string, string) { return body, "" })
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := c.Resolve(t.Context(), testRef)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, hub.ErrCorrupt) || !strings.Contains(err.Error(), "more than 1048576 entries") || *asked != 1 {
		t.Errorf("asked %d times, %v", *asked, err)
	}
	if grown := int64(after.HeapSys - before.HeapSys); grown > 128<<20 {
		t.Errorf("%d MiB of page take %d MiB", len(body)>>20, grown>>20)
	}
}

// The user of a link to the next page is not sent to anybody, not even to the Hub.
func TestResolve_nextPageWithUser(t *testing.T) {
	c, asked := lister(t, func(r *http.Request) (string, string) {
		return "[" + entry("a.parquet", "1") + "]", "http://me:pw@" + r.Host + "/x"
	})
	if _, err := c.Resolve(t.Context(), testRef); !errors.Is(err, hub.ErrCorrupt) || strings.Contains(err.Error(), "pw") || *asked != 1 {
		t.Errorf("asked %d times, %v", *asked, err)
	}
}

func TestResolve_escapedRevision(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), nil)
	_, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/sums", Revision: "refs%2Fconvert%2fparquet"})
	if !errors.Is(err, hub.ErrNotFound) || !strings.Contains(err.Error(), "--revision refs/convert/parquet") {
		t.Errorf("error = %v, want one that says how to write it", err)
	}
}
