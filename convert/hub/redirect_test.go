package hub_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// fronted is a double behind a server of ours, which may answer some requests itself, and a storage host that redirects
// everything to a place at the Hub with a given status.
type fronted struct {
	hub, storage *httptest.Server

	mu     sync.Mutex
	chosen []string // requests for the place that the storage chose: method and Authorization
}

const chosenPath = "/api/chosen/by/the/storage"

func front(t *testing.T, status int, answer func(f *fronted, w http.ResponseWriter, r *http.Request) bool) *fronted {
	t.Helper()
	fsys := dataset()
	fsys["me/x/README.md"] = &fstest.MapFile{Data: []byte("x")}
	double, err := hubtest.New(fsys, hubtest.Options{Writable: true})
	if err != nil {
		t.Fatal(err)
	}
	f := &fronted{}
	f.storage = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, f.hub.URL+chosenPath, status)
	}))
	t.Cleanup(f.storage.Close)
	f.hub = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == chosenPath {
			f.mu.Lock()
			f.chosen = append(f.chosen, r.Method+" "+r.Header.Get("Authorization"))
			f.mu.Unlock()
			_, _ = io.WriteString(w, testBytes)
			return
		}
		if !answer(f, w, r) {
			double.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(f.hub.Close)
	return f
}

func (f *fronted) client(t *testing.T) *hub.Client {
	t.Helper()
	return configured(t, hub.Config{Endpoint: f.hub.URL, Token: token})
}

// configured returns a client that does not wait between tries.
func configured(t *testing.T, cfg hub.Config) *hub.Client {
	t.Helper()
	cfg.CacheDir = t.TempDir()
	c, err := hub.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdle)
	c.SetSleep(noWait)
	return c
}

// A storage host cannot have the client send something to the Hub in the user's name.
func TestPush_storageRedirectsToHub(t *testing.T) {
	f := front(t, http.StatusTemporaryRedirect, func(f *fronted, w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/objects/batch") {
			return false
		}
		raw, _ := io.ReadAll(r.Body)
		_, oid, _ := strings.Cut(string(raw), `"oid":"`)
		_, _ = fmt.Fprintf(w, `{"objects":[{"oid":%q,"actions":{"upload":{"href":%q}}}]}`, oid[:64], f.storage.URL+"/put")
		return true
	})
	_, err := f.client(t).Push(t.Context(), hub.Push{Ref: hub.Ref{Repo: "me/x"}, Files: []hub.Upload{{RepoPath: "a.parquet", Bytes: []byte("PAR1 \x00\x01 PAR1")}}})
	if !errors.Is(err, hub.ErrCorrupt) || !strings.Contains(err.Error(), "an upload must not follow") || len(f.chosen) > 0 {
		t.Errorf("error %v, and the storage host made the client send %q", err, f.chosen)
	}
}

// The Hub cannot have what is sent to it, with the token's rights, go elsewhere; nor become a GET.
func TestPush_hubRedirects(t *testing.T) {
	for status, elsewhere := range map[int]bool{http.StatusTemporaryRedirect: true, http.StatusPermanentRedirect: true, http.StatusFound: false, http.StatusSeeOther: false} {
		f := front(t, status, func(f *fronted, w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/objects/batch") {
				return false
			}
			to := f.hub.URL + chosenPath
			if elsewhere {
				to = f.storage.URL
			}
			http.Redirect(w, r, to, status)
			return true
		})
		_, err := f.client(t).Push(t.Context(), hub.Push{Ref: hub.Ref{Repo: "me/x"}, Files: []hub.Upload{{RepoPath: "a.parquet", Bytes: []byte("PAR1 \x00\x01 PAR1")}}})
		if !errors.Is(err, hub.ErrCorrupt) || !strings.Contains(err.Error(), "an upload must not follow") || len(f.chosen) > 0 {
			t.Errorf("%d: error %v, sent %q", status, err, f.chosen)
		}
	}
}

// What a storage host redirects to the Hub is asked for without the token: the Hub's answer is for whoever asks.
func TestDownload_storageRedirectsToHub(t *testing.T) {
	f := front(t, http.StatusFound, func(f *fronted, w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/resolve/") || !strings.HasSuffix(r.URL.Path, "test-00000-of-00001.parquet") {
			return false
		}
		http.Redirect(w, r, f.storage.URL+"/x", http.StatusFound)
		return true
	})
	mustPull(t, f.client(t), testRef)
	if len(f.chosen) == 0 {
		t.Error("the redirect was not followed")
	}
	for _, r := range f.chosen {
		if r != "GET " {
			t.Errorf("the storage host made the client send %q", r)
		}
	}
}

func noWait(ctx context.Context, _ time.Duration) error { return ctx.Err() }
