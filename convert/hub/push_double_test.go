package hub_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

const pushToken = "hf_secretTokenOfTheTest"

// calls records method and path of what a double is asked, hashes cut, and which hosts saw the token.
type calls struct {
	mu     sync.Mutex
	list   []string
	tokens []string
	before func(call string) // called first, when not nil
}

func (l *calls) observe(route hubtest.Route, r *http.Request) {
	call := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/")
	if i := strings.Index(call, "/upload/"); i >= 0 {
		call = call[:i+7] + " " + r.URL.Query().Get("partNumber")
	}
	if l.before != nil {
		l.before(call)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !strings.HasPrefix(call, "GET ") || strings.Contains(call, "whoami") {
		l.list = append(l.list, call)
	}
	if r.Header.Get("Authorization") != "" && route == hubtest.CDN {
		l.tokens = append(l.tokens, call)
	}
}

// take returns what was recorded since the last call.
func (l *calls) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := l.list
	l.list = nil
	return out
}

// noticeLog keeps what a client says.
type noticeLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (n *noticeLog) logf(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	fmt.Fprintf(&n.text, format+"\n", args...)
}

// writable starts a double that takes uploads, and a client with a token. At the end it checks that no notice and no
// request to the storage had the token.
func writable(t *testing.T, opts hubtest.Options) (*hubtest.Server, *hub.Client, *calls) {
	t.Helper()
	var log calls
	var said noticeLog
	opts.Writable, opts.Observe = true, log.observe
	srv, err := hubtest.Start(fstest.MapFS{"org/old/README.md": {Data: []byte("# Old\n")}}, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		if len(log.tokens) > 0 {
			t.Errorf("the storage host saw the token: %q", log.tokens)
		}
		if strings.Contains(said.text.String(), pushToken) {
			t.Errorf("the notices hold the token:\n%s", said.text.String())
		}
	})
	c, _ := client(t, srv, t.TempDir(), func(cfg *hub.Config) { cfg.Token, cfg.Logf = pushToken, said.logf })
	return srv, c, &log
}

// randomFile writes n random bytes to a file called name.
func randomFile(t *testing.T, name string, n int) string {
	t.Helper()
	content := make([]byte, n)
	_, _ = rand.Read(content) // never fails
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// served returns a file as the double serves it.
func served(t *testing.T, srv *hubtest.Server, repo, rev, name string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/datasets/"+repo+"/resolve/"+rev+"/"+name, nil)
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	resp, err := (&http.Client{Transport: tr}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v: %s", name, resp.StatusCode, err, body)
	}
	return body
}

func readme(text string) hub.Upload {
	return hub.Upload{RepoPath: "README.md", Merge: func(was hub.Before) ([]byte, error) { return append(bytes.Clone(was.Content), text...), nil }}
}
