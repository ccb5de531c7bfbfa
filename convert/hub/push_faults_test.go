package hub_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// Each of these strikes once or twice and is overcome.
func TestPush_faults(t *testing.T) {
	strike := func(kind hubtest.Kind, path string, status int) hubtest.Fault {
		return hubtest.Fault{Kind: kind, Path: path, Times: 2, Status: status}
	}
	for name, f := range map[string]hubtest.Fault{
		"create 503":       strike(hubtest.Fail, "repos/create", 503),
		"preupload 500":    strike(hubtest.Fail, "preupload", 500),
		"preupload cut":    strike(hubtest.Cut, "preupload", 0),
		"batch 429":        strike(hubtest.Fail, "objects/batch", 429),
		"upload 503":       strike(hubtest.Fail, "/upload/", 503),
		"upload cut":       {Kind: hubtest.CutUpload, Path: "/upload/", Times: 2, Bytes: 700_000},
		"link expired":     strike(hubtest.Expire, "/upload/", 0),
		"complete 500":     strike(hubtest.Fail, "complete_multipart", 500),
		"complete cut":     strike(hubtest.Cut, "complete_multipart", 0),
		"verify 404":       strike(hubtest.Fail, "objects/verify", 404),
		"verify 504":       strike(hubtest.Fail, "objects/verify", 504),
		"commit 503":       strike(hubtest.Fail, "/commit/", 503),
		"commit answer":    {Kind: hubtest.Cut, Path: "/commit/", Times: 1}, // made, but nobody hears of it
		"commit half sent": {Kind: hubtest.CutUpload, Path: "/commit/", Times: 2, Bytes: 20},
	} {
		t.Run(name, func(t *testing.T) {
			srv, c, log := writable(t, hubtest.Options{Faults: []hubtest.Fault{f}, PartSize: 1 << 20})
			path := randomFile(t, "r.parquet", 5<<19)
			done, err := c.Push(t.Context(), hub.Push{Ref: hub.Ref{Repo: "me/new"}, Files: []hub.Upload{{RepoPath: "r.parquet", LocalPath: path}, readme("x\n")}})
			if err != nil {
				t.Fatal(err)
			}
			if done.Commit != srv.Commit("me/new", "main") {
				t.Errorf("commit %s, the double is at %s", done.Commit, srv.Commit("me/new", "main"))
			}
			want, _ := os.ReadFile(path)
			if got := served(t, srv, "me/new", "main", "r.parquet"); !bytes.Equal(got, want) {
				t.Error("the file is served with other bytes")
			}
			if got := served(t, srv, "me/new", "main", "README.md"); string(got) != "x\n" {
				t.Errorf("README.md = %q: the change was made twice", got)
			}
			if calls := log.take(); slices.Index(calls, "POST api/datasets/me/new/commit/main") < 0 {
				t.Errorf("no commit in %q", calls)
			}
		})
	}
}

// Somebody else commits in between: what they wrote is merged, not lost.
func TestPush_conflict(t *testing.T) {
	srv, c, log := writable(t, hubtest.Options{})
	other, _ := client(t, srv, t.TempDir(), func(cfg *hub.Config) { cfg.Token = pushToken })
	var came atomic.Bool
	log.before = func(call string) {
		if call != "POST api/datasets/org/old/preupload/main" || came.Swap(true) {
			return
		}
		if _, err := other.Push(t.Context(), hub.Push{Ref: hub.Ref{Repo: "org/old"}, Files: []hub.Upload{readme("theirs\n")}}); err != nil {
			t.Error(err)
		}
	}
	if _, err := c.Push(t.Context(), hub.Push{Ref: hub.Ref{Repo: "org/old"}, Files: []hub.Upload{readme("ours\n")}}); err != nil {
		t.Fatal(err)
	}
	if got := served(t, srv, "org/old", "main", "README.md"); string(got) != "# Old\ntheirs\nours\n" {
		t.Errorf("README.md = %q", got)
	}
}

// Several push to one dataset at once: each finds its turn, and nothing is lost.
func TestPush_crowd(t *testing.T) {
	const pushes = 5
	srv, _, log := writable(t, hubtest.Options{})
	var arrived sync.WaitGroup // all have decided what to commit before the first does
	var early atomic.Int32
	arrived.Add(pushes)
	log.before = func(call string) {
		if call == "POST api/datasets/org/old/commit/main" && early.Add(1) <= pushes {
			arrived.Done()
			arrived.Wait()
		}
	}
	var done sync.WaitGroup
	for i := range pushes {
		c, _ := client(t, srv, t.TempDir(), func(cfg *hub.Config) { cfg.Token = pushToken })
		done.Go(func() {
			if _, err := c.Push(t.Context(), hub.Push{Ref: hub.Ref{Repo: "org/old"}, Files: []hub.Upload{readme(fmt.Sprintf("%d\n", i))}}); err != nil {
				t.Errorf("push %d: %v", i, err)
			}
		})
	}
	done.Wait()
	lines := strings.Split(string(served(t, srv, "org/old", "main", "README.md")), "\n")
	slices.Sort(lines)
	if diff := cmp.Diff([]string{"", "# Old", "0", "1", "2", "3", "4"}, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// The pauses of those who are overtaken are short, grow and have an end.
func TestPush_overtaken(t *testing.T) {
	for refusals, succeeds := range map[int]bool{7: true, 8: false} {
		srv, _, log := writable(t, hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Fail, Path: "/commit/", Status: 412, Times: refusals}}})
		c, waits := client(t, srv, t.TempDir(), func(cfg *hub.Config) { cfg.Token = pushToken })
		_, err := c.Push(t.Context(), hub.Push{Ref: hub.Ref{Repo: "org/old"}, Files: []hub.Upload{readme("x\n")}})
		if succeeds != (err == nil) || !succeeds && !errors.Is(err, hub.ErrConflict) {
			t.Errorf("%d refusals: %v", refusals, err)
		}
		const ms = time.Millisecond // half of the longest pause, by the chance of the test
		if diff := cmp.Diff([]time.Duration{250 * ms, 500 * ms, 1000 * ms, 2000 * ms, 4000 * ms, 4000 * ms, 4000 * ms}, *waits); diff != "" {
			t.Errorf("%d refusals: waits (-want +got):\n%s", refusals, diff)
		}
		if calls := log.take(); slices.ContainsFunc(calls, func(s string) bool { return strings.HasPrefix(s, "PUT") }) {
			t.Errorf("sent: %q", calls)
		}
	}
}

// Whenever a push is cancelled, the dataset is what it was.
func TestPush_cancelled(t *testing.T) {
	for _, at := range []string{"POST api/repos/create", "POST api/datasets/org/old/preupload/main", "POST datasets/org/old.git/info/lfs/objects/batch",
		"PUT cdn/org/old/upload 2", "POST api/complete_multipart/org/old"} {
		t.Run(at, func(t *testing.T) {
			srv, c, log := writable(t, hubtest.Options{PartSize: 400})
			stop := errors.New("enough")
			ctx, cancel := context.WithCancelCause(t.Context())
			log.before = func(call string) {
				if call == at {
					cancel(stop)
				}
			}
			old := srv.Commit("org/old", "main")
			_, err := c.Push(ctx, hub.Push{Ref: hub.Ref{Repo: "org/old"}, Files: []hub.Upload{{RepoPath: "r.parquet", LocalPath: randomFile(t, "r.parquet", 1000)}}})
			if !errors.Is(err, stop) || srv.Commit("org/old", "main") != old {
				t.Errorf("err = %v; the dataset is at %s, was at %s", err, srv.Commit("org/old", "main"), old)
			}
		})
	}
}

// What a hostile Hub may answer to the question where to send a file.
func TestPush_hostileBatch(t *testing.T) {
	upload := func(s string) string { return `"actions":{"upload":` + s + `}` }
	for name, object := range map[string]string{
		"no place":       upload(`{"href":""}`),
		"a script":       upload(`{"href":"javascript:alert(1)"}`),
		"a user":         upload(`{"href":"http://me:secret@127.0.0.1/x"}`),
		"no parts":       upload(`{"href":"HUB/x","header":{"chunk_size":"10"}}`),
		"tiny parts":     upload(`{"href":"HUB/x","header":{"chunk_size":"1","1":"HUB/a"}}`),
		"negative parts": upload(`{"href":"HUB/x","header":{"chunk_size":"-5","1":"HUB/a"}}`),
		"parts of words": upload(`{"href":"HUB/x","header":{"chunk_size":"many","1":"HUB/a"}}`),
		"gap":            upload(`{"href":"HUB/x","header":{"chunk_size":60,"1":"HUB/a","3":"HUB/b"}}`),
		"no name":        upload(`{"href":"HUB/x","header":{"chunk_size":100,"1":"HUB/nameless"}}`),
		"other object":   `"oid":"abc"`,
		"not JSON":       `]`,
	} {
		t.Run(name, func(t *testing.T) {
			srv, _, _ := writable(t, hubtest.Options{})
			content := []byte(strings.Repeat("x", 100))
			var base string
			front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasSuffix(r.URL.Path, "/batch"):
					text := strings.ReplaceAll(object, "HUB", base)
					_, _ = fmt.Fprintf(w, `{"objects":[{"oid":%q,"size":100,%s}]}`, sha(string(content)), text)
				case r.URL.Path == "/nameless":
				default:
					srv.ServeHTTP(w, r)
				}
			}))
			defer front.Close()
			base = front.URL
			c, err := hub.New(hub.Config{Endpoint: base, CacheDir: t.TempDir(), Token: pushToken})
			if err != nil {
				t.Fatal(err)
			}
			defer c.CloseIdle()
			_, err = c.Push(t.Context(), hub.Push{Ref: hub.Ref{Repo: "me/new"}, Files: []hub.Upload{{RepoPath: "r.parquet", Bytes: content}}})
			if !errors.Is(err, hub.ErrCorrupt) || strings.Contains(err.Error(), "secret") {
				t.Errorf("err = %v, want %v", err, hub.ErrCorrupt)
			}
		})
	}
}

// An upload never leaves https, and a mirror's links to the original Hub lead to the mirror.
func TestPush_schemes(t *testing.T) {
	srv, _, _ := writable(t, hubtest.Options{})
	content := []byte(strings.Repeat("x", 100))
	href := srv.URL + "/plain"
	front := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/batch"):
			_, _ = fmt.Fprintf(w, `{"objects":[{"oid":%q,"size":100,"actions":{"upload":{"href":%q}}}]}`, sha(string(content)), href)
		case r.URL.Path == "/put-here":
			w.WriteHeader(http.StatusTeapot)
		default:
			srv.ServeHTTP(w, r)
		}
	}))
	defer front.Close()
	c, err := hub.New(hub.Config{Endpoint: front.URL, CacheDir: t.TempDir(), Token: pushToken, HTTP: front.Client()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseIdle()
	p := hub.Push{Ref: hub.Ref{Repo: "me/new"}, Files: []hub.Upload{{RepoPath: "r.parquet", Bytes: content}}}
	if _, err := c.Push(t.Context(), p); !errors.Is(err, hub.ErrCorrupt) || !strings.Contains(err.Error(), "over http") {
		t.Errorf("err = %v", err)
	}
	href = hub.DefaultEndpoint + "/put-here"
	if _, err := c.Push(t.Context(), p); err == nil || !strings.Contains(err.Error(), front.URL+"/put-here: 418") {
		t.Errorf("err = %v, want it to be sent to the mirror", err)
	}
}
