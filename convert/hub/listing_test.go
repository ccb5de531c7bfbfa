package hub_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

func TestResolve_pages(t *testing.T) {
	for _, size := range []int{1, 2, 3, 100} {
		srv, log := start(t, dataset(), hubtest.Options{PageSize: size})
		c, _ := client(t, srv, t.TempDir(), nil)
		d, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/sums", Config: "socratic"})
		if err != nil {
			t.Fatal(err)
		}
		want := []hub.ConfigInfo{{Name: "main", Splits: []string{"train", "test"}}, {Name: "socratic", Splits: []string{"train"}}}
		if diff := cmp.Diff(want, d.Configs); diff != "" || len(d.Files) != 2 || d.Size() != 6 {
			t.Errorf("pages of %d: %d files of %d bytes, configs (-want +got):\n%s", size, len(d.Files), d.Size(), diff)
		}
		pages := 0
		for _, r := range log.take() {
			if strings.Contains(r.Path, "/tree/") {
				pages++
			}
		}
		if want := (8 + size - 1) / size; pages != want { // six files and two folders
			t.Errorf("pages of %d: %d requests, want %d", size, pages, want)
		}
	}
}

func TestResolve_hostileListing(t *testing.T) {
	ok := strings.Repeat("a", 40)
	lfs := func(oid string) *hubtest.LFS { return &hubtest.LFS{OID: oid, Size: 1} }
	tests := map[string]hubtest.Item{
		"parent":             {Type: "file", OID: ok, Path: "../../../evil.parquet"},
		"parent inside":      {Type: "file", OID: ok, Path: "data/../../../evil.parquet"},
		"absolute":           {Type: "file", OID: ok, Path: "/etc/cron.d/evil.parquet"},
		"empty":              {Type: "file", OID: ok, Path: ""},
		"dot":                {Type: "file", OID: ok, Path: "."},
		"empty part":         {Type: "file", OID: ok, Path: "data//evil.parquet"},
		"not UTF-8":          {Type: "file", OID: ok, Path: "data/\xff.parquet"},
		"hash is a path":     {Type: "file", OID: "../../evil", Path: "evil.parquet"},
		"sha256 is a path":   {Type: "file", OID: ok, Path: "evil.parquet", LFS: lfs("../../evil")},
		"no hash":            {Type: "file", Path: "evil.parquet"},
		"upper-case hash":    {Type: "file", OID: strings.ToUpper(ok), Path: "evil.parquet"},
		"negative size":      {Type: "file", OID: ok, Size: -1, Path: "evil.parquet"},
		"twice, differently": {Type: "file", OID: ok, Path: "README.md"},
	}
	delete(tests, "not UTF-8") // JSON cannot carry it: the decoder makes it U+FFFD
	for name, item := range tests {
		t.Run(name, func(t *testing.T) {
			add := func(_ string, items []hubtest.Item) []hubtest.Item { return append(items, item) }
			srv, _ := start(t, dataset(), hubtest.Options{Items: add})
			dir := t.TempDir()
			c, _ := client(t, srv, dir, nil)
			_, _, err := pull(t, c, hub.Ref{Repo: "org/sums", Config: "socratic"})
			if !errors.Is(err, hub.ErrCorrupt) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error = %v, want ErrCorrupt on one line", err)
			}
			if left := tree(t, dir); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// The next page is asked for only where the first one was.
func TestResolve_nextPageElsewhere(t *testing.T) {
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("asked elsewhere") }))
	defer thief.Close()
	srv, _ := start(t, dataset(), hubtest.Options{Faults: []hubtest.Fault{
		{Kind: hubtest.Annotate, On: hubtest.API, Path: "/tree/", Header: header("Link", "<"+thief.URL+`/x>; rel="next"`)},
	}})
	c, _ := client(t, srv, t.TempDir(), func(cfg *hub.Config) { cfg.Token = token })
	if _, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/sums"}); !errors.Is(err, hub.ErrCorrupt) || !strings.Contains(err.Error(), "another host") {
		t.Errorf("error = %v", err)
	}
}

func TestResolve_notAHub(t *testing.T) {
	for _, body := range []string{`{}`, `{"sha":"main"}`, `{"sha":"../../../../../../../../../../../../../../x"}`, `[]`, `null`, ``} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		c, err := hub.New(hub.Config{Endpoint: srv.URL, CacheDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		c.SetSleep(func(ctx context.Context, _ time.Duration) error { return ctx.Err() })
		if _, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/sums"}); !errors.Is(err, hub.ErrCorrupt) || !strings.Contains(err.Error(), "is HF_ENDPOINT a Hub") {
			t.Errorf("%s: %v", body, err)
		}
		c.CloseIdle()
		srv.Close()
	}
}
