package hub_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

func TestPush_refused(t *testing.T) {
	accounts := map[string]hubtest.Account{pushToken: {Name: "me", Orgs: []string{"team"}}}
	for name, test := range map[string]struct {
		opts hubtest.Options
		push hub.Push
		is   error
		says []string
	}{
		"read-only token": {hubtest.Options{Accounts: map[string]hubtest.Account{pushToken: {Name: "me", ReadOnly: true}}}, hub.Push{Ref: hub.Ref{Repo: "me/new"}},
			hub.ErrUnauthorized, []string{"the token may only read", "/settings/tokens", "HF_TOKEN", "POST", "403"}},
		"other namespace": {hubtest.Options{Accounts: accounts}, hub.Push{Ref: hub.Ref{Repo: "them/new"}},
			hub.ErrUnauthorized, []string{"create them/new", "me, team"}},
		"other's dataset": {hubtest.Options{Accounts: accounts}, hub.Push{Ref: hub.Ref{Repo: "org/old"}},
			hub.ErrUnauthorized, []string{"me, team", "push to org/old"}},
		"bad token": {hubtest.Options{Tokens: []string{"hf_other"}}, hub.Push{Ref: hub.Ref{Repo: "me/new"}},
			hub.ErrUnauthorized, []string{"does not accept the token", "HF_TOKEN"}},
		"public, not private": {hubtest.Options{}, hub.Push{Ref: hub.Ref{Repo: "org/old"}, Private: true},
			hub.ErrUnauthorized, []string{"is public", "/datasets/org/old/settings"}},
		"too large": {hubtest.Options{MaxUpload: 10}, hub.Push{Ref: hub.Ref{Repo: "me/new"}},
			hub.ErrUnauthorized, []string{"r.parquet (100 bytes)", "files > 5GB"}},
		"no pull request of that number": {hubtest.Options{}, hub.Push{Ref: hub.Ref{Repo: "org/old", Revision: "refs/pr/7"}},
			hub.ErrNotFound, []string{"no such revision"}},
		"always in the way": {hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Fail, Path: "/commit/", Status: 412}}}, hub.Push{Ref: hub.Ref{Repo: "me/new"}},
			hub.ErrConflict, []string{"push again later"}},
		"storage is down": {hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Fail, Path: "/upload/"}}}, hub.Push{Ref: hub.Ref{Repo: "me/new"}},
			hub.ErrUnavailable, []string{"upload me/new: r.parquet", "PUT", "503"}},
		"links always expired": {hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Expire, Path: "/upload/"}}}, hub.Push{Ref: hub.Ref{Repo: "me/new"}},
			hub.ErrUnavailable, []string{"the storage server refuses"}},
		"a web page": {hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Web, Path: "preupload"}}}, hub.Push{Ref: hub.Ref{Repo: "me/new"}},
			hub.ErrCorrupt, []string{"not the Hub's JSON"}},
		"storage redirects to the web": {hubtest.Options{Faults: []hubtest.Fault{{Kind: hubtest.Redirect, Path: "/upload/", Header: http.Header{"Location": {"/login"}}}}}, hub.Push{Ref: hub.Ref{Repo: "me/new"}},
			hub.ErrCorrupt, []string{"redirect (302)"}},
	} {
		t.Run(name, func(t *testing.T) {
			srv, c, _ := writable(t, test.opts)
			old := srv.Commit("org/old", "main")
			test.push.Files = []hub.Upload{{RepoPath: "r.parquet", LocalPath: randomFile(t, "r.parquet", 100)}}
			_, err := c.Push(t.Context(), test.push)
			if !errors.Is(err, test.is) {
				t.Fatalf("err = %v, want %v", err, test.is)
			}
			for _, want := range test.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), pushToken) || strings.Contains(err.Error(), "Signature") || strings.ContainsAny(err.Error(), "\n") {
				t.Errorf("the error is more than one line, or holds a secret: %v", err)
			}
			if srv.Commit("org/old", "main") != old {
				t.Error("a commit was made")
			}
		})
	}
}

func TestPush_noToken(t *testing.T) {
	srv, _, log := writable(t, hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), nil)
	_, err := c.Push(t.Context(), hub.Push{Ref: hub.Ref{Repo: "me/new"}, Files: []hub.Upload{{RepoPath: "a", Bytes: []byte("a")}}})
	if !errors.Is(err, hub.ErrUnauthorized) || !strings.Contains(err.Error(), "HF_TOKEN") || len(log.take()) > 0 {
		t.Errorf("err = %v", err)
	}
}

func TestPush_impossible(t *testing.T) {
	_, c, log := writable(t, hubtest.Options{})
	one := []hub.Upload{{RepoPath: "a", Bytes: []byte("a")}}
	for name, p := range map[string]hub.Push{
		"no file":          {Ref: hub.Ref{Repo: "me/new"}},
		"a config":         {Ref: hub.Ref{Repo: "me/new", Config: "x"}, Files: one},
		"a commit":         {Ref: hub.Ref{Repo: "me/new", Revision: strings.Repeat("a", 40)}, Files: one},
		"bad repository":   {Ref: hub.Ref{Repo: "new"}, Files: one},
		"bad revision":     {Ref: hub.Ref{Repo: "me/new", Revision: "../x"}, Files: one},
		"request on other": {Ref: hub.Ref{Repo: "me/new", Revision: "v1"}, AsPR: true, Files: one},
		"twice":            {Ref: hub.Ref{Repo: "me/new"}, Files: slices.Concat(one, one)},
		"way out":          {Ref: hub.Ref{Repo: "me/new"}, Files: []hub.Upload{{RepoPath: "a/../../b"}}},
		"absolute":         {Ref: hub.Ref{Repo: "me/new"}, Files: []hub.Upload{{RepoPath: "/a"}}},
		"git's own":        {Ref: hub.Ref{Repo: "me/new"}, Files: []hub.Upload{{RepoPath: "a/.git/config"}}},
		"no name":          {Ref: hub.Ref{Repo: "me/new"}, Files: []hub.Upload{{}}},
	} {
		if _, err := c.Push(t.Context(), p); !errors.Is(err, hub.ErrPush) || len(log.take()) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPush_badFiles(t *testing.T) {
	srv, c, log := writable(t, hubtest.Options{})
	dir := t.TempDir()
	push := func(path string) error {
		_, err := c.Push(t.Context(), hub.Push{Ref: hub.Ref{Repo: "me/new"}, Files: []hub.Upload{{RepoPath: "a.parquet", LocalPath: path}}})
		return err
	}
	if err := push(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) || len(log.take()) > 0 {
		t.Errorf("a missing file: %v", err)
	}
	if err := push(dir); err == nil || len(log.take()) > 0 {
		t.Error("a folder is pushed")
	}
	path := randomFile(t, "r.parquet", 1000)
	log.before = func(call string) {
		if strings.HasSuffix(call, "/batch") {
			if err := os.WriteFile(path, []byte("other"), 0o600); err != nil {
				t.Error(err)
			}
		}
	}
	if err := push(path); err == nil || !strings.Contains(err.Error(), "has changed since") || !strings.Contains(err.Error(), path) {
		t.Errorf("a file that changes: %v", err)
	}
	if _, err := os.Stat(path); err != nil || len(listFiles(t, srv, "me/new")) > 1 {
		t.Errorf("something was committed: %v, %v", listFiles(t, srv, "me/new"), err)
	}
}

// listFiles returns the paths of the files of a dataset on a double.
func listFiles(t *testing.T, srv *hubtest.Server, repo string) []string {
	t.Helper()
	var out []string
	for _, name := range []string{".gitattributes", "a.parquet", "r.parquet"} {
		resp, err := http.Head(srv.URL + "/datasets/" + repo + "/resolve/main/" + name)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			out = append(out, name)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	return out
}
