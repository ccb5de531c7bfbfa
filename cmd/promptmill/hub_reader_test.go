package main

import (
	"bytes"
	"crypto/sha1" // git's hash
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// exam is a row of a large dataset, of which convert needs two columns.
type exam struct {
	ID       int64  `parquet:"id"`
	Notes    string `parquet:"notes"`
	Question string `parquet:"question"`
	Answer   string `parquet:"answer"`
	More     string `parquet:"more"`
}

// exams returns a parquet file of about 5 KB a row, which no codec makes smaller, in row groups of 2000.
func exams(t *testing.T, rows int) []byte {
	t.Helper()
	random := rand.NewChaCha8([32]byte{7})
	text := func(n int) string {
		b := make([]byte, n*3/4)
		_, _ = random.Read(b) // never fails
		return base64.StdEncoding.EncodeToString(b)
	}
	var buf bytes.Buffer
	w := parquet.NewGenericWriter[exam](&buf, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(2000))
	for i := range rows {
		row := exam{int64(i), text(2000), text(1000), text(400), text(1600)}
		if _, err := w.Write([]exam{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// traffic adds up the ranges that are asked of the storage host.
type traffic struct {
	mu              sync.Mutex
	bytes, requests int64
}

func (c *traffic) observe(route hubtest.Route, req *http.Request) {
	if route != hubtest.CDN {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var from, to int64
	if _, err := fmt.Sscanf(req.Header.Get("Range"), "bytes=%d-%d", &from, &to); err == nil {
		c.bytes += to + 1 - from
	} else {
		c.bytes += 1 << 40 // all of it, which no test here wants
	}
	c.requests++
}

func (c *traffic) take() (bytes, requests int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	bytes, requests = c.bytes, c.requests
	c.bytes, c.requests = 0, 0
	return bytes, requests
}

// shop is a place to run promptmill in, with a Hub.
type shop struct {
	dir string
	env map[string]string
}

func newShop(t *testing.T, fsys fs.FS, opts hubtest.Options) *shop {
	t.Helper()
	srv, err := hubtest.Start(fsys, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	s := &shop{dir: t.TempDir()}
	s.env = map[string]string{"HF_ENDPOINT": srv.URL, "HF_HOME": filepath.Join(s.dir, "hf")}
	return s
}

func (s *shop) run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &process{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs,
		getenv: func(name string) string { return s.env[name] }, home: s.dir,
	})
	return code, out.String(), errs.String()
}

// convert converts and returns the lines and the manifest.
func (s *shop) convert(t *testing.T, name string, args ...string) (lines, manifest string) {
	t.Helper()
	out := filepath.Join(s.dir, name+".jsonl")
	code, _, stderr := s.run(t, append([]string{"convert", "-o", out}, args...)...)
	if code != exitOK {
		t.Fatalf("convert %v: exit code %d: %s", args, code, stderr)
	}
	return read(t, out), read(t, out+manifestSuffix)
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

const bigURL = "hf://datasets/org/big/default/train"

// What is read by range is what is needed, and gives the same bytes as what is downloaded, manifest included.
func TestConvert_byRange(t *testing.T) {
	t.Parallel()
	const rows = 8000
	file := exams(t, rows)
	var moved traffic
	s := newShop(t, fstest.MapFS{
		"org/big/data/train-00000-of-00002.parquet": {Data: file},
		"org/big/data/train-00001-of-00002.parquet": {Data: exams(t, 3000)},
	}, hubtest.Options{Observe: moved.observe})

	few, fewManifest := s.convert(t, "few", bigURL, "--limit", "100")
	bytes, requests := moved.take()
	t.Logf("%d MiB: --limit 100 moves %d KiB in %d requests", len(file)>>20, bytes>>10, requests)
	if bytes > 2<<20 || requests > 12 {
		t.Errorf("--limit 100 moves %d bytes in %d requests", bytes, requests)
	}
	if n := strings.Count(few, "\n"); n != 100 {
		t.Errorf("%d lines, want 100", n)
	}

	streamed, streamedManifest := s.convert(t, "streamed", bigURL, "--stream")
	bytes, requests = moved.take()
	needed := int64(1400 * (rows + 3000))
	t.Logf("--stream moves %d KiB for %d KiB in %d requests", bytes>>10, needed>>10, requests)
	if bytes < needed || bytes > needed+needed/10 {
		t.Errorf("--stream moves %d bytes, the columns have about %d", bytes, needed)
	}
	if _, err := os.Stat(s.env["HF_HOME"]); !os.IsNotExist(err) {
		t.Errorf("reading by range made a cache: %v", err)
	}

	whole, wholeManifest := s.convert(t, "whole", bigURL)
	if bytes, _ := moved.take(); bytes < int64(len(file)) {
		t.Errorf("the download moved %d bytes", bytes)
	}
	if streamed != whole {
		t.Error("--stream gives other lines than the downloaded dataset")
	}
	if diff := cmp.Diff(wholeManifest, streamedManifest); diff != "" {
		t.Errorf("manifest (-downloaded +streamed):\n%s", diff)
	}
	cached, cachedManifest := s.convert(t, "cached", bigURL, "--limit", "100")
	if cached != few || cachedManifest != fewManifest {
		t.Errorf("--limit 100 from the cache gives other bytes; manifest (-cache +range):\n%s", cmp.Diff(cachedManifest, fewManifest))
	}
	s.convert(t, "again", bigURL, "--stream", "--offline")
	if bytes, requests := moved.take(); bytes+requests != 0 {
		t.Errorf("what is in the cache was fetched: %d bytes, %d requests", bytes, requests)
	}
}

// A file that git holds has no sha256 in the listing: it is read whole, checked, and gets the one of its bytes.
func TestConvert_byRangeOfGitFile(t *testing.T) {
	file := exams(t, 500)
	sum := sha1.Sum(append(fmt.Appendf(nil, "blob %d\x00", len(file)), file...))
	s := newShop(t, fstest.MapFS{"org/big/data/train.parquet": {Data: file}}, hubtest.Options{
		Items: func(_ string, items []hubtest.Item) []hubtest.Item {
			for i := range items {
				items[i].LFS, items[i].OID = nil, hex.EncodeToString(sum[:])
			}
			return items
		},
	})
	ranged, rangedManifest := s.convert(t, "ranged", bigURL, "--limit", "5")
	if want := fmt.Sprintf("%x", sha256.Sum256(file)); !strings.Contains(rangedManifest, want) {
		t.Errorf("the manifest lacks the sha256 of the file, %s:\n%s", want, rangedManifest)
	}
	s.convert(t, "whole", bigURL)
	cached, cachedManifest := s.convert(t, "cached", bigURL, "--limit", "5")
	if cached != ranged || cachedManifest != rangedManifest {
		t.Errorf("the cache gives other bytes; manifest (-cache +range):\n%s", cmp.Diff(cachedManifest, rangedManifest))
	}
}

func TestConvert_byRangeNotices(t *testing.T) {
	s := newShop(t, fstest.MapFS{"org/big/data/train.parquet": {Data: exams(t, 500)}}, hubtest.Options{})
	code, _, stderr := s.run(t, "convert", bigURL, "--limit", "3", "-o", "-")
	if code != exitOK || !strings.Contains(stderr, "MiB came over the network; parts of a file cannot be checked") {
		t.Errorf("exit code %d, stderr:\n%s", code, stderr)
	}
	code, _, stderr = s.run(t, "convert", "-q", bigURL, "--limit", "3", "-o", "-")
	if code != exitOK || stderr != "" {
		t.Errorf("exit code %d, stderr:\n%s", code, stderr)
	}
}

func TestConvert_byRangeFaults(t *testing.T) {
	t.Parallel()
	file := exams(t, 1000)
	cdn := func(f hubtest.Fault) []hubtest.Fault { f.On = hubtest.CDN; return []hubtest.Fault{f} }
	for name, tt := range map[string]struct {
		faults []hubtest.Fault
		code   int
		text   string
	}{
		"ranges are ignored": {cdn(hubtest.Fault{Kind: hubtest.IgnoreRange}), exitRemote, "the server ignores ranges; download the dataset instead: promptmill pull"},
		"not there any more": {cdn(hubtest.Fault{Kind: hubtest.Fail, Status: 501, Skip: 1}), exitRemote, "the storage server refuses"},
		"pages are damaged":  {cdn(hubtest.Fault{Kind: hubtest.Flip, Bytes: 3, Skip: 1}), exitInput, "corrupt"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, fstest.MapFS{"org/big/data/train.parquet": {Data: file}}, hubtest.Options{Faults: tt.faults})
			out := filepath.Join(s.dir, "out.jsonl")
			code, _, stderr := s.run(t, "convert", bigURL, "--stream", "-q", "--limit", "10", "-o", out)
			if code != tt.code || !strings.Contains(stderr, tt.text) || strings.Count(stderr, "\n") != 1 || strings.Count(stderr, "org/big@") != 1 {
				t.Errorf("exit code %d, want %d; stderr, which should be a line about %q:\n%s", code, tt.code, tt.text, stderr)
			}
			if left, _ := filepath.Glob(filepath.Join(s.dir, "*out*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}
