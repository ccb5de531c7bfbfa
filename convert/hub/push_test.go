package hub_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

func TestPush_newDataset(t *testing.T) {
	for name, partSize := range map[string]int64{"one piece": 0, "parts": 1000} {
		t.Run(name, func(t *testing.T) {
			srv, c, log := writable(t, hubtest.Options{PartSize: partSize})
			path := randomFile(t, "r.parquet", 2500)
			want, _ := os.ReadFile(path)
			var progress []int64
			done, err := c.Push(t.Context(), hub.Push{
				Ref: hub.Ref{Repo: "me/new"}, Message: "first",
				Files:    []hub.Upload{{RepoPath: "data/r 1#é.parquet", LocalPath: path}, readme("# Hello\n"), {RepoPath: "empty.parquet"}},
				Progress: func(sent, total int64) { progress = append(progress, sent, total) },
			})
			if err != nil {
				t.Fatal(err)
			}
			head := srv.Commit("me/new", "main")
			wantDone := &hub.Pushed{
				Repo: "me/new", Revision: "main", Commit: head, URL: srv.URL + "/datasets/me/new/commit/" + head, Created: true,
				Files: []hub.PushedFile{
					{RepoPath: "data/r 1#é.parquet", Size: 2500, SHA256: sha(string(want)), Changed: true, Sent: 2500},
					{RepoPath: "README.md", Size: 8, SHA256: sha("# Hello\n"), Changed: true, Content: []byte("# Hello\n")},
					{RepoPath: "empty.parquet", SHA256: sha(""), Changed: true},
				},
			}
			if diff := cmp.Diff(wantDone, done); diff != "" {
				t.Errorf("pushed (-want +got):\n%s", diff)
			}
			if got := served(t, srv, "me/new", "main", "data/r%201%23%C3%A9.parquet"); !bytes.Equal(got, want) {
				t.Error("the file is served with other bytes")
			}
			if got := served(t, srv, "me/new", head, "README.md"); string(got) != "# Hello\n" {
				t.Errorf("README.md = %q", got)
			}
			if n := len(progress); n == 0 || progress[n-2] != 2500 || progress[n-1] != 2500 {
				t.Errorf("progress = %v", progress)
			}
			puts := []string{"PUT cdn/me/new/upload 1"}
			if partSize > 0 {
				puts = append(puts, "PUT cdn/me/new/upload 2", "PUT cdn/me/new/upload 3", "POST api/complete_multipart/me/new")
			}
			wantCalls := slices.Concat([]string{"POST api/repos/create", "POST api/datasets/me/new/preupload/main", "POST datasets/me/new.git/info/lfs/objects/batch"},
				puts, []string{"POST datasets/me/new.git/info/lfs/objects/verify", "POST api/datasets/me/new/commit/main"})
			if diff := cmp.Diff(wantCalls, log.take()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// What the Hub has is not sent again, and nothing new is no commit.
func TestPush_again(t *testing.T) {
	srv, c, log := writable(t, hubtest.Options{})
	path := randomFile(t, "r.parquet", 100)
	p := hub.Push{Ref: hub.Ref{Repo: "me/new"}, Files: []hub.Upload{{RepoPath: "r.parquet", LocalPath: path}, {RepoPath: "a.txt", Bytes: []byte("a")}}}
	first, err := c.Push(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	log.take()
	second, err := c.Push(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if second.Commit != first.Commit || second.Created || second.Files[0].Changed || second.Files[1].Changed {
		t.Errorf("pushing the same again gave %+v after %+v", second, first)
	}
	if diff := cmp.Diff([]string{"POST api/repos/create", "POST api/datasets/me/new/preupload/main"}, log.take()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}

	// The same bytes under another name are in the storage already.
	p.Files[0].RepoPath = "copy.parquet"
	third, err := c.Push(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if !third.Files[0].Changed || third.Files[0].Sent != 0 || third.Commit == first.Commit {
		t.Errorf("a copy: %+v", third)
	}
	if calls := log.take(); slices.ContainsFunc(calls, func(s string) bool { return strings.HasPrefix(s, "PUT") }) {
		t.Errorf("bytes were sent twice: %q", calls)
	}
	if got := served(t, srv, "me/new", "main", "copy.parquet"); len(got) != 100 {
		t.Errorf("the copy has %d bytes", len(got))
	}
}

func TestPush_branchAndPullRequest(t *testing.T) {
	srv, c, _ := writable(t, hubtest.Options{Accounts: map[string]hubtest.Account{pushToken: {Name: "me"}}})
	main := srv.Commit("org/old", "main")
	file := []hub.Upload{{RepoPath: "a.txt", Bytes: []byte("a")}}
	done, err := c.Push(t.Context(), hub.Push{Ref: hub.Ref{Repo: "org/old"}, Files: file, AsPR: true})
	if err != nil {
		t.Fatal(err)
	}
	if done.Revision != "refs/pr/1" || done.PullRequest != srv.URL+"/datasets/org/old/discussions/1" || srv.Commit("org/old", "refs/pr/1") != done.Commit || srv.Commit("org/old", "main") != main {
		t.Errorf("pull request: %+v", done)
	}
	if _, err := c.Push(t.Context(), hub.Push{Ref: hub.Ref{Repo: "me/new", Revision: "v/2"}, Files: file}); err != nil {
		t.Fatal(err)
	}
	if got := served(t, srv, "me/new", "v%2F2", "a.txt"); string(got) != "a" {
		t.Errorf("a.txt on the branch = %q", got)
	}
}

func TestPush_dryRun(t *testing.T) {
	srv, c, log := writable(t, hubtest.Options{})
	commit := srv.Commit("org/old", "main")
	p := hub.Push{Ref: hub.Ref{Repo: "org/old"}, DryRun: true, Files: []hub.Upload{{RepoPath: "r.parquet", Bytes: []byte("r")}, readme("more\n")}}
	done, err := c.Push(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if done.Commit != commit || done.Created || string(done.Files[1].Content) != "# Old\nmore\n" || !done.Files[0].Changed {
		t.Errorf("dry run: %+v", done)
	}
	p.Ref.Repo = "me/new"
	if done, err = c.Push(t.Context(), p); err != nil || !done.Created || string(done.Files[1].Content) != "more\n" {
		t.Errorf("dry run for a new dataset: %+v, %v", done, err)
	}
	if calls := log.take(); len(calls) > 0 || srv.Commit("org/old", "main") != commit || srv.Commit("me/new", "") != "" {
		t.Errorf("a dry run changes something: %q", calls)
	}
}
