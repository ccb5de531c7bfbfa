package hub_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

const testRecord = ".cache/huggingface/download/" + testFile + ".metadata"

// bring resolves and downloads to a folder.
func bring(t *testing.T, c *hub.Client, ref hub.Ref, dir string) (*hub.Dataset, []hub.LocalFile, error) {
	t.Helper()
	d, err := c.Resolve(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	files, err := c.DownloadTo(t.Context(), d, dir)
	return d, files, err
}

func mustBring(t *testing.T, c *hub.Client, ref hub.Ref, dir string) *hub.Dataset {
	t.Helper()
	d, files, err := bring(t, c, ref, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if want := filepath.Join(dir, filepath.FromSlash(f.RepoPath)); f.Path != want {
			t.Errorf("at %s, want %s", f.Path, want)
		}
	}
	return d
}

func TestDownloadTo_layout(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{})
	cache, dir := t.TempDir(), filepath.Join(t.TempDir(), "new", "folder")
	c, _ := client(t, srv, cache, nil)
	d := mustBring(t, c, testRef, dir)
	mode := plainMode(t)
	size := len(d.Commit) + len(sha(testBytes)) + 2
	var got []string
	for _, line := range tree(t, dir) {
		if strings.Contains(line, "/trees/") || strings.Contains(line, ".metadata") {
			line = line[:strings.LastIndex(line, " ")] // their lengths are other tests'
		}
		got = append(got, line)
	}
	want := []string{
		".cache/huggingface/.gitignore " + mode + " 1",
		".cache/huggingface/CACHEDIR.TAG " + mode + " 191",
		".cache/huggingface/download/" + testFile + ".lock -rw-rw-r-- 0",
		testRecord + " " + mode,
		".cache/huggingface/trees/" + d.Commit + ".json -rw-------",
		testFile + " " + mode + fmt.Sprint(" ", len(testBytes)),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("folder (-want +got):\n%s", diff)
	}
	text, err := os.ReadFile(filepath.Join(dir, testRecord))
	if err != nil || !regexp.MustCompile(`^`+d.Commit+"\n"+sha(testBytes)+"\n"+`\d+\.\d+`+"\n$").Match(text) || len(text) <= size {
		t.Errorf("record %q, %v", text, err)
	}
	if left := tree(t, cache); len(left) > 0 {
		t.Errorf("in the cache: %q", left)
	}
	log.take()
	mustBring(t, c, testRef, dir)
	if n := fetched(log.take()); n > 0 {
		t.Errorf("fetched %d times again", n)
	}
}

// What a user has under the name of a file decides whether the file is fetched.
func TestDownloadTo_existingFile(t *testing.T) {
	changed := strings.Replace(testBytes, "test", "tent", 1)
	past := time.Now().Add(-time.Hour)
	for name, tt := range map[string]struct {
		text, record string
		fetched      int
		warned       bool
	}{
		"the right bytes":                      {text: testBytes},
		"others of the same size":              {text: changed, fetched: 1, warned: true},
		"others":                               {text: "mine", fetched: 1, warned: true},
		"the right bytes, a broken record":     {text: testBytes, record: "\x00"},
		"the right bytes, an old record":       {text: testBytes, record: strings.Repeat("0", 40) + "\n" + sha("old") + "\n1.5\n"},
		"other bytes, a record of other bytes": {text: "old", record: strings.Repeat("0", 40) + "\n" + sha("old") + "\n9999999999.5\n", fetched: 1},
		"changed after the record":             {text: changed, record: strings.Repeat("0", 40) + "\n" + sha(testBytes) + "\n1.5\n", fetched: 1, warned: true},
		"a record of the same bytes":           {text: testBytes, record: strings.Repeat("0", 40) + "\n" + sha(testBytes) + "\n9999999999.5\n"},
		"a record of an endless time":          {text: testBytes, record: strings.Repeat("0", 40) + "\n" + sha(testBytes) + "\ninf\n"},
	} {
		t.Run(name, func(t *testing.T) {
			srv, log := start(t, dataset(), hubtest.Options{})
			dir := t.TempDir()
			file := filepath.Join(dir, testFile)
			write(t, file, tt.text)
			if err := os.Chtimes(file, past, past); err != nil {
				t.Fatal(err)
			}
			if tt.record != "" {
				write(t, filepath.Join(dir, testRecord), tt.record)
			}
			var said []string
			c, _ := client(t, srv, t.TempDir(), func(cfg *hub.Config) {
				cfg.Logf = func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
			})
			d := mustBring(t, c, testRef, dir)
			if warned := strings.Contains(strings.Join(said, "\n"), "WARNING: "+file+": replaced"); warned != tt.warned {
				t.Errorf("said %q, warned that the user's file is replaced: %v, want %v", said, warned, tt.warned)
			}
			if n := fetched(log.take()); n != tt.fetched {
				t.Errorf("fetched %d times, want %d", n, tt.fetched)
			}
			wantText(t, file, testBytes)
			record, err := os.ReadFile(filepath.Join(dir, testRecord))
			if err != nil || !strings.HasPrefix(string(record), d.Commit+"\n"+sha(testBytes)+"\n") {
				t.Errorf("record %q, %v; want one of this commit", record, err)
			}
			noTemporary(t, dir)
		})
	}
}

func TestDownloadTo_copiesFromCache(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{})
	cache := t.TempDir()
	c, _ := client(t, srv, cache, nil)
	_, files := mustPull(t, c, testRef)
	log.take()
	dir := t.TempDir()
	mustBring(t, c, testRef, dir)
	wantText(t, filepath.Join(dir, testFile), testBytes)
	if n := fetched(log.take()); n > 0 {
		t.Errorf("fetched %d times what the cache has", n)
	}
	spoil(t, files[0].Path, strings.Repeat("x", len(testBytes)))
	dir = t.TempDir()
	mustBring(t, c, testRef, dir)
	wantText(t, filepath.Join(dir, testFile), testBytes)
	noTemporary(t, dir)
}

func TestDownloadTo_symlinksOut(t *testing.T) {
	for _, name := range []string{"main", ".cache", ".cache/huggingface/download", ".cache/huggingface/trees"} {
		t.Run(name, func(t *testing.T) {
			srv, _ := start(t, dataset(), hubtest.Options{})
			dir, outside := t.TempDir(), t.TempDir()
			symlink(t, outside, filepath.Join(dir, name))
			c, _ := client(t, srv, t.TempDir(), nil)
			_, _, err := bring(t, c, testRef, dir)
			if !errors.Is(err, hub.ErrEscapes) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error = %v, want one line that says that a link leads out", err)
			}
			if left := tree(t, outside); len(left) > 0 {
				t.Errorf("written outside: %q", left)
			}
		})
	}
}

// A link to a file elsewhere is replaced, not written through.
func TestDownloadTo_fileLinkOut(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "mine")
	write(t, outside, "mine")
	symlink(t, outside, filepath.Join(dir, testFile))
	c, _ := client(t, srv, t.TempDir(), nil)
	mustBring(t, c, testRef, dir)
	wantText(t, filepath.Join(dir, testFile), testBytes)
	wantText(t, outside, "mine")
}

func TestDownloadTo_namesOfTheRecords(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), nil)
	d, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/sums", Config: "main", Split: "train"})
	if err != nil {
		t.Fatal(err)
	}
	d.Files[0].Path = ".Cache/huggingface/download/main/test-0.parquet"
	dir := t.TempDir()
	if _, err := c.DownloadTo(t.Context(), d, dir); !errors.Is(err, hub.ErrCorrupt) {
		t.Errorf("error = %v, want ErrCorrupt", err)
	}
}

func TestDownloadTo_folderIsAFile(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	c, _ := client(t, srv, t.TempDir(), nil)
	_, _, err := bring(t, c, testRef, file)
	if _, ok := errors.AsType[*hub.DiskError](err); !ok || !strings.Contains(err.Error(), file) {
		t.Errorf("error = %v, want one that names the folder", err)
	}
}

func FuzzRecord(f *testing.F) {
	f.Add("c1\n" + sha("x") + "\n1712656091.123\n")
	f.Add("\n\n1e300\n")
	f.Add("a\nb\nnan")
	f.Add("a\r\nb\r\n 5 \r\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := hub.DecodeRecord(text)
		if err != nil {
			if !errors.Is(err, hub.ErrCorrupt) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		out, commit, etag, at := hub.RecordText(r)
		back, err := hub.DecodeRecord(out)
		_, commit2, etag2, at2 := hub.RecordText(back)
		if err != nil || commit != commit2 || etag != etag2 || at != at2 {
			t.Errorf("%q was written as %q, which reads as %q %q %v (%v)", text, out, commit2, etag2, at2, err)
		}
	})
}
